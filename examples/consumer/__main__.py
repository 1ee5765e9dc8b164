"""A program that creates a layer and a function that uses it."""

import pulumi
import pulumi_aws as aws

from components.roles import function_role
from python_layers import LayerBuilder, LayerBuilderArgs, PythonLayer, PythonLayerArgs

region = "eu-west-1"
runtime = pulumi.Config().get("runtime") or "python3.13"

builder = LayerBuilder("layers", LayerBuilderArgs(regions=[region], runtimes=[runtime]))
web = PythonLayer("web", PythonLayerArgs(requirements=["requests==2.32.3"], builder=builder))

function = aws.lambda_.Function(
    "hello",
    code=pulumi.AssetArchive({"hello.py": pulumi.FileAsset("functions/hello.py")}),
    handler="hello.handler",
    runtime=runtime,
    role=function_role("hello"),
    layers=[web.layer_version_arn(region, runtime=runtime)],
    region=region,
)

pulumi.export("function", function.name)
pulumi.export("layer", web.targets)
