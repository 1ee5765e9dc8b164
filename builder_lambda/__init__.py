"""Turn Python requirements into deterministic AWS Lambda layer archives.

Light to import: no AWS, no resolver, no terminal library, and what is behind most names only when they are asked for: a
command that answers from its cache starts in half the time. Adapters are imported by name where they are chosen:
``builder_lambda.local_ports``, ``builder_lambda.function_archive``.
"""

from typing import TYPE_CHECKING

from builder_lambda.build import BUILDER_VERSION, build, resolve  # at once: there is a module of the name, too

if TYPE_CHECKING:
    from builder_lambda.index_errors import IndexCredentialsMissing, IndexDenied, UnsupportedIndexes
    from builder_lambda.index_login import CodeArtifact, EnvironmentLogin, NetrcLogin, SecretLogin
    from builder_lambda.index_options import IndexOptions, PackageIndex
    from builder_lambda.layer_error import LayerError
    from builder_lambda.lock_errors import UnusableLock, WheelMissing
    from builder_lambda.ports import ArchiveStore, Ports, Resolver, WheelBuilder, WheelIndex
    from builder_lambda.request import BuildRequest, BuildResult, PackageSize, ResolveRequest, ResolveResult
    from builder_lambda.requirement_files import read_requirements
    from builder_lambda.requirements import Requirements, parse_requirements
    from builder_lambda.targets import ARCHITECTURES, RUNTIMES, Architecture, Target

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
    "UnsupportedIndexes",
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
    "ARCHITECTURES": "targets",
    "Architecture": "targets",
    "ArchiveStore": "ports",
    "BuildRequest": "request",
    "BuildResult": "request",
    "CodeArtifact": "index_login",
    "EnvironmentLogin": "index_login",
    "IndexCredentialsMissing": "index_errors",
    "IndexDenied": "index_errors",
    "IndexOptions": "index_options",
    "LayerError": "layer_error",
    "NetrcLogin": "index_login",
    "PackageIndex": "index_options",
    "PackageSize": "request",
    "Ports": "ports",
    "RUNTIMES": "targets",
    "Requirements": "requirements",
    "ResolveRequest": "request",
    "ResolveResult": "request",
    "Resolver": "ports",
    "SecretLogin": "index_login",
    "Target": "targets",
    "UnsupportedIndexes": "index_errors",
    "UnusableLock": "lock_errors",
    "WheelBuilder": "ports",
    "WheelIndex": "ports",
    "WheelMissing": "lock_errors",
    "parse_requirements": "requirements",
    "read_requirements": "requirement_files",
}
"""The module of each name that is imported when it is asked for."""

if not TYPE_CHECKING:  # a type checker would take this for a facade that has every name

    def __getattr__(name: str) -> object:
        """Import a name of the facade when it is asked for (PEP 562)."""
        if name not in PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
