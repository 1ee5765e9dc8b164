"""Two functions and the layer that they share. A change of code changes one function only."""

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

HERE = Path(__file__).parent
runtime = pulumi.Config().get("runtime") or "python3.13"

builder = LayerBuilder("layers", LayerBuilderArgs(regions=["eu-west-1"], runtimes=[runtime]))
shared = PythonLayer("shared", PythonLayerArgs(requirements=HERE / "layers" / "requirements.txt", builder=builder))

# The Globals of a SAM template.
functions = {
    name: PythonFunction(
        name,
        PythonFunctionArgs(
            builder=builder,
            code=HERE / "functions" / name,
            handler="app.handler",
            runtime=runtime,
            layers=[shared],
            publish=True,
            environment={"STAGE": pulumi.get_stack()},
        ),
    )
    for name in ("orders", "reports")
}

pulumi.export("functions", {name: function.functions for name, function in functions.items()})
pulumi.export("content", {name: function.content_hash for name, function in functions.items()})
pulumi.export("layer", shared.targets)
