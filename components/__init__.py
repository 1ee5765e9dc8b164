"""Lambda layers from Python requirements, as Pulumi components."""

from builder_lambda import LayerError

from .layer_builder import LayerBuilder, LayerBuilderArgs
from .python_layer import PythonLayer, PythonLayerArgs
from .statements import ShareWith

__all__ = [
    "LayerBuilder",
    "LayerBuilderArgs",
    "LayerError",
    "PythonLayer",
    "PythonLayerArgs",
    "ShareWith",
]
