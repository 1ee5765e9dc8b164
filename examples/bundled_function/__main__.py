"""A function with its packages in its own archive: there is no layer to attach."""

from pathlib import Path

import pulumi

from python_layers import BuildOptions, LayerBuilder, LayerBuilderArgs, PythonFunction, PythonFunctionArgs

CODE = Path(__file__).parent / "app"
runtime = pulumi.Config().get("runtime") or "python3.13"

builder = LayerBuilder("layers", LayerBuilderArgs(regions=["eu-west-1"], runtimes=[runtime]))
function = PythonFunction(
    "render",
    PythonFunctionArgs(
        builder=builder,
        code=CODE,
        handler="render.handler",
        runtime=runtime,
        # The file is in the code folder, as with SAM; it is not code, so it is left out of the archive.
        requirements=CODE / "requirements.txt",
        dependencies="bundle",
        options=BuildOptions(slim="safe"),
        exclude=["*.md"],
        memory_mb=256,
        timeout_seconds=10,
    ),
)

pulumi.export("functions", function.functions)
pulumi.export("packages", function.packages)
pulumi.export("unpacked_bytes", function.unpacked_bytes)
