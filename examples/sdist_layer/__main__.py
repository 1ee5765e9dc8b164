"""A layer with a package that has no wheels. It is compiled in the cloud, for both architectures."""

from pathlib import Path

import pulumi

from python_layers import (
    LayerBuilder,
    LayerBuilderArgs,
    PythonFunction,
    PythonFunctionArgs,
    PythonLayer,
    PythonLayerArgs,
)

region = "eu-west-1"
runtime = pulumi.Config().get("runtime") or "python3.13"

# A separate function builds from source: it runs code of packages, and may only write its log.
builder = LayerBuilder("layers", LayerBuilderArgs(regions=[region], runtimes=[runtime], source_builds=True))
layer = PythonLayer(
    "checksums",
    PythonLayerArgs(
        requirements=["crcmod==1.7", "idna==3.10"],
        builder=builder,
        allow_source_builds=["crcmod"],  # or "all"
        architectures=["x86_64", "arm64"],
    ),
)
function = PythonFunction(
    "checksum",
    PythonFunctionArgs(
        builder=builder,
        code=Path(__file__).parent / "functions",
        handler="checksum.handler",
        runtime=runtime,
        layers=[layer],
    ),
)

pulumi.export("functions", function.functions)
pulumi.export("layer", layer.targets)
