"""Lambda layers from Python requirements, as Pulumi components.

Names are imported at their first use (PEP 562). Every run of Pulumi starts a process for dynamic resources. It needs no
component, and none of the hundreds of modules of ``pulumi_aws`` that components import.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if not all(map(find_spec, ("pulumi", "pulumi_aws", "boto3", "tenacity"))):
    raise ModuleNotFoundError("python_layers needs Pulumi: pip install 'python-layers[pulumi]'", name="pulumi")

if TYPE_CHECKING:
    from builder_lambda import (
        CodeArtifact,
        EnvironmentLogin,
        IndexOptions,
        LayerError,
        NetrcLogin,
        PackageIndex,
        SecretLogin,
    )
    from builder_lambda.contract.options import BuildOptions
    from layer_deployment.names import Host

    from .builder.layer_builder import LayerBuilder
    from .builder.layer_builder_args import LayerBuilderArgs
    from .deploy.deploy_policies import CircleCiProject, GitHubRepository
    from .deploy.deploy_role import DeployRole, DeployRoleArgs
    from .dynamic.statements import ShareWith
    from .function.python_function import PythonFunction
    from .function.python_function_args import PythonFunctionArgs
    from .layer.python_layer import PythonLayer
    from .layer.python_layer_args import PythonLayerArgs

__all__ = [
    "BuildOptions",
    "CircleCiProject",
    "CodeArtifact",
    "DeployRole",
    "DeployRoleArgs",
    "EnvironmentLogin",
    "GitHubRepository",
    "Host",
    "IndexOptions",
    "LayerBuilder",
    "LayerBuilderArgs",
    "LayerError",
    "NetrcLogin",
    "PackageIndex",
    "PythonFunction",
    "PythonFunctionArgs",
    "PythonLayer",
    "PythonLayerArgs",
    "SecretLogin",
    "ShareWith",
]

_PLACES = {
    "BuildOptions": "builder_lambda.contract.options",
    "CircleCiProject": ".deploy.deploy_policies",
    "DeployRole": ".deploy.deploy_role",
    "DeployRoleArgs": ".deploy.deploy_role",
    "GitHubRepository": ".deploy.deploy_policies",
    "Host": "layer_deployment.names",
    "LayerBuilder": ".builder.layer_builder",
    "LayerBuilderArgs": ".builder.layer_builder_args",
    "PythonFunction": ".function.python_function",
    "PythonFunctionArgs": ".function.python_function_args",
    "PythonLayer": ".layer.python_layer",
    "PythonLayerArgs": ".layer.python_layer_args",
    "ShareWith": ".dynamic.statements",
}
"""Modules of the names that ``builder_lambda`` does not export."""

if not TYPE_CHECKING:  # type checkers would accept every name

    def __getattr__(name: str) -> object:
        """Import a name of the facade."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PLACES.get(name, "builder_lambda"), __name__), name)
