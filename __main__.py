"""The program: reads the settings, registers a builder and the layers, and exports their targets."""

from pathlib import Path

import pulumi

from components import LayerBuilder, PythonLayer, PythonLayerArgs
from components.engine.run_error import as_run_error
from components.settings import read_settings

with as_run_error():
    settings = read_settings(pulumi.Config(), Path(__file__).parent)

builder = LayerBuilder("builder", settings.builder)
layers = {
    name: PythonLayer(
        name,
        PythonLayerArgs(
            requirements=layer.source,
            builder=builder,
            options=layer.options,
            exclude_newer=settings.exclude_newer,
            upgrade=settings.upgrade,
            allow_source_builds=layer.allow_source_builds,
            runtimes=layer.runtimes,
            architectures=layer.architectures,
            share_with=settings.share_with,
            keep_old_versions=settings.keep_old_versions,
            host=layer.host,
        ),
    )
    for name, layer in settings.layers.items()
}

pulumi.export("layers", {name: layer.targets for name, layer in layers.items()})
