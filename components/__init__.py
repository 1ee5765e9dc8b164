"""Lambda layers from Python requirements, as Pulumi components."""

from builder_lambda import (
    CodeArtifact,
    EnvironmentLogin,
    IndexOptions,
    LayerError,
    NetrcLogin,
    PackageIndex,
    SecretLogin,
)
from builder_lambda.options import BuildOptions

from .layer_builder import LayerBuilder, LayerBuilderArgs
from .python_layer import PythonLayer, PythonLayerArgs
from .statements import ShareWith

__all__ = [
    "BuildOptions",
    "CodeArtifact",
    "EnvironmentLogin",
    "IndexOptions",
    "LayerBuilder",
    "LayerBuilderArgs",
    "LayerError",
    "NetrcLogin",
    "PackageIndex",
    "PythonLayer",
    "PythonLayerArgs",
    "SecretLogin",
    "ShareWith",
]
