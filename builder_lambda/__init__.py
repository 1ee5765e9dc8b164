"""Turn Python requirements into deterministic AWS Lambda layer archives.

Light to import: no AWS, no resolver, no terminal library, and nothing that reads requirements until it is asked for: a
command that answers from its cache starts in half the time. Adapters are imported by name where they are chosen:
``builder_lambda.local_ports``, ``builder_lambda.function_archive``.
"""

from typing import TYPE_CHECKING

from builder_lambda.build import BUILDER_VERSION, build, resolve
from builder_lambda.errors import LayerError
from builder_lambda.index_errors import IndexCredentialsMissing, IndexDenied, UnsupportedIndexes
from builder_lambda.index_login import CodeArtifact, EnvironmentLogin, NetrcLogin, SecretLogin
from builder_lambda.index_options import IndexOptions, PackageIndex
from builder_lambda.lock_errors import UnusableLock, WheelMissing
from builder_lambda.ports import ArchiveStore, Ports, Resolver, WheelBuilder, WheelIndex
from builder_lambda.request import BuildRequest, BuildResult, PackageSize, ResolveRequest, ResolveResult
from builder_lambda.targets import ARCHITECTURES, RUNTIMES, Architecture, Target

if TYPE_CHECKING:
    from builder_lambda.requirement_files import read_requirements
    from builder_lambda.requirements import Requirements, parse_requirements

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

_IMPORTED_LATER = {
    "Requirements": "builder_lambda.requirements",
    "parse_requirements": "builder_lambda.requirements",
    "read_requirements": "builder_lambda.requirement_files",
}

if not TYPE_CHECKING:  # a type checker would take this for a facade that has every name

    def __getattr__(name: str) -> object:
        """Import a name of the facade when it is asked for (PEP 562)."""
        if name not in _IMPORTED_LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_IMPORTED_LATER[name]), name)
