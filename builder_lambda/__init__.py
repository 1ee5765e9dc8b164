"""Turns Python requirements into deterministic AWS Lambda layer archives.

Each name is imported on first use (PEP 562), so that importing the package takes no time. Adapters are not part of this
facade: import ``builder_lambda.hosts.local_ports`` or ``builder_lambda.hosts.function_archive`` by name.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder_lambda.contract.index_login import CodeArtifact, EnvironmentLogin, NetrcLogin, SecretLogin
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.package_index import PackageIndex
    from builder_lambda.contract.request import BuildRequest, BuildResult, PackageSize, ResolveRequest, ResolveResult
    from builder_lambda.contract.targets import ARCHITECTURES, RUNTIMES, Architecture, Target
    from builder_lambda.errors.base import LayerError
    from builder_lambda.errors.indexes import IndexCredentialsMissing, IndexDenied
    from builder_lambda.errors.locks import UnusableLock
    from builder_lambda.errors.wheels import WheelMissing
    from builder_lambda.pipeline.build import build
    from builder_lambda.pipeline.resolve import resolve
    from builder_lambda.pipeline.results import BUILDER_VERSION
    from builder_lambda.ports.ports import ArchiveStore, Ports, Resolver, WheelBuilder, WheelIndex
    from builder_lambda.requirements.files import read_requirements
    from builder_lambda.requirements.requirements import Requirements, parse_requirements

__version__ = "0.1.0"

__all__ = [
    "ARCHITECTURES",
    "BUILDER_VERSION",
    "RUNTIMES",
    "Architecture",
    "ArchiveStore",
    "BuildRequest",
    "BuildResult",
    "CodeArtifact",
    "EnvironmentLogin",
    "IndexCredentialsMissing",
    "IndexDenied",
    "IndexOptions",
    "LayerError",
    "NetrcLogin",
    "PackageIndex",
    "PackageSize",
    "Ports",
    "Requirements",
    "ResolveRequest",
    "ResolveResult",
    "Resolver",
    "SecretLogin",
    "Target",
    "UnusableLock",
    "WheelBuilder",
    "WheelIndex",
    "WheelMissing",
    "__version__",
    "build",
    "parse_requirements",
    "read_requirements",
    "resolve",
]

PLACES = {
    "BUILDER_VERSION": "pipeline.results",
    "build": "pipeline.build",
    "resolve": "pipeline.resolve",
    "ARCHITECTURES": "contract.targets",
    "Architecture": "contract.targets",
    "ArchiveStore": "ports.ports",
    "BuildRequest": "contract.request",
    "BuildResult": "contract.request",
    "CodeArtifact": "contract.index_login",
    "EnvironmentLogin": "contract.index_login",
    "IndexCredentialsMissing": "errors.indexes",
    "IndexDenied": "errors.indexes",
    "IndexOptions": "contract.index_options",
    "LayerError": "errors.base",
    "NetrcLogin": "contract.index_login",
    "PackageIndex": "contract.package_index",
    "PackageSize": "contract.request",
    "Ports": "ports.ports",
    "RUNTIMES": "contract.targets",
    "Requirements": "requirements.requirements",
    "ResolveRequest": "contract.request",
    "ResolveResult": "contract.request",
    "Resolver": "ports.ports",
    "SecretLogin": "contract.index_login",
    "Target": "contract.targets",
    "UnusableLock": "errors.locks",
    "WheelBuilder": "ports.ports",
    "WheelIndex": "ports.ports",
    "WheelMissing": "errors.wheels",
    "parse_requirements": "requirements.requirements",
    "read_requirements": "requirements.files",
}
"""The module of each name."""

if not TYPE_CHECKING:  # a type checker would take this for a facade that has every name

    def __getattr__(name: str) -> object:
        """Import a name of the facade on first use (PEP 562)."""
        if name not in PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
