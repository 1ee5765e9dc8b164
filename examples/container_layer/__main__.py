"""A layer that is built in a container on this machine, by Docker or Podman."""

from pathlib import Path

import pulumi

from python_layers import LayerBuilder, LayerBuilderArgs, PythonLayer, PythonLayerArgs

config = pulumi.Config()
runtime = config.get("runtime") or "python3.13"

layers = {}
for host in config.get_object("hosts") or ["container"]:
    builder = LayerBuilder(
        f"{host}-builder",
        # `auto` builds in a container, and in CodeBuild if there is no container engine, as in some CI.
        LayerBuilderArgs(regions=["eu-west-1"], runtimes=[runtime], host=host, host_order=["container", "codebuild"]),
    )
    layers[host] = PythonLayer(
        f"web-{host}",
        PythonLayerArgs(
            requirements=["markupsafe==3.0.2", "requests==2.32.3"],
            modules=[Path("greeting.py")],
            builder=builder,
        ),
    )

pulumi.export("layers", {host: layer.targets for host, layer in layers.items()})
