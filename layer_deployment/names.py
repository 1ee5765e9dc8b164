"""Names that are part of a deployed stack: hosts, type tokens, parameters. Pure.

Type tokens and parameter names identify resources in the state of a stack, so a change of one replaces resources. The
keys of the archive bucket are in :mod:`builder_lambda.contract.store_keys`.
"""

from __future__ import annotations

from typing import Literal, get_args

Host = Literal["lambda", "local", "container", "codebuild", "auto"]
"""Where builds run. ``auto`` tries several in order."""

HOSTS: tuple[Host, ...] = get_args(Host)

PACKAGE = "layers"
"""Package of the components' type tokens, and module of the dynamic resources'."""

COMPONENTS = f"{PACKAGE}:index:"
"""Start of the type tokens of components."""

ARCHIVE_BUCKET = f"{COMPONENTS}ArchiveBucket"
CODEBUILD_HOST = f"{COMPONENTS}CodeBuildHost"
DEPLOY_ROLE = f"{COMPONENTS}DeployRole"
LAYER_BUILDER = f"{COMPONENTS}LayerBuilder"
PYTHON_FUNCTION = f"{COMPONENTS}PythonFunction"
PYTHON_LAYER = f"{COMPONENTS}PythonLayer"

DYNAMIC_RESOURCES = f"pulumi-python:dynamic/{PACKAGE}:"
"""Start of the type tokens of dynamic resources. Pulumi forms it."""

LAYER_BUILD = "LayerBuild"
"""The dynamic resource that builds an archive: its name within :data:`DYNAMIC_RESOURCES`."""

LAYER_REPLICA = "LayerReplica"
"""The dynamic resource that publishes an archive in one region."""


def dependencies_layer(function: str) -> str:
    """Return the name of the layer that holds the packages of a ``PythonFunction``."""
    return f"{function}-dependencies"


def parameter_name(project: str, stack: str, layer: str) -> str:
    """Return the name of the SSM parameter that holds the newest version of a layer."""
    return f"/python-layers/{project}/{stack}/{layer}"
