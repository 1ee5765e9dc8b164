"""The same function in two regions: built once, in the first region, and copied to the others."""

from pathlib import Path

import pulumi

from python_layers import LayerBuilder, LayerBuilderArgs, PythonFunction, PythonFunctionArgs

regions = ["eu-west-1", "us-east-1"]
runtime = pulumi.Config().get("runtime") or "python3.13"

builder = LayerBuilder("layers", LayerBuilderArgs(regions=regions, runtimes=[runtime]))
function = PythonFunction(
    "where",
    PythonFunctionArgs(
        builder=builder,
        code=Path(__file__).parent / "app",
        handler="where.handler",
        runtime=runtime,
        requirements=["certifi==2024.8.30"],  # becomes a layer of this function, in each of its regions
        regions=regions,
    ),
)

# `function.by_region` has the function resources, for permissions, event sources and URLs.
pulumi.export("functions", function.functions)
pulumi.export("packages", function.packages)
