"""Lambda layers from Python requirements, as Pulumi components.

Each name is imported when it is asked for (PEP 562): the process of the dynamic resources, which every run of Pulumi
starts, needs no component, and none of the hundreds of modules of ``pulumi_aws`` that components bring.
"""

from typing import TYPE_CHECKING

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
    from builder_lambda.options import BuildOptions

    from .deploy_policies import CircleCiProject, GitHubRepository
    from .deploy_role import DeployRole, DeployRoleArgs
    from .hosts import Host
    from .layer_builder import LayerBuilder, LayerBuilderArgs
    from .python_function import PythonFunction
    from .python_function_args import PythonFunctionArgs
    from .python_layer import PythonLayer, PythonLayerArgs
    from .statements import ShareWith

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
    "BuildOptions": "builder_lambda.options",
    "CircleCiProject": ".deploy_policies",
    "DeployRole": ".deploy_role",
    "DeployRoleArgs": ".deploy_role",
    "GitHubRepository": ".deploy_policies",
    "Host": ".hosts",
    "LayerBuilder": ".layer_builder",
    "LayerBuilderArgs": ".layer_builder",
    "PythonFunction": ".python_function",
    "PythonFunctionArgs": ".python_function_args",
    "PythonLayer": ".python_layer",
    "PythonLayerArgs": ".python_layer",
    "ShareWith": ".statements",
}
"""Where names are that are not of ``builder_lambda`` itself."""

if not TYPE_CHECKING:  # a type checker would take this for a facade that has every name

    def __getattr__(name: str) -> object:
        """Import a name of the facade."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_PLACES.get(name, "builder_lambda"), __name__), name)
