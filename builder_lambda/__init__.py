"""Turn Python requirements into deterministic AWS Lambda layer archives.

Light to import: no AWS, no resolver, no terminal library. Adapters are imported by name where they are chosen:
``builder_lambda.local_ports``, ``builder_lambda.function_archive``.
"""

from builder_lambda.build import BUILDER_VERSION, build, resolve
from builder_lambda.errors import LayerError
from builder_lambda.ports import ArchiveStore, Ports, Resolver, WheelIndex
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
    "LayerError",
    "PackageSize",
    "Ports",
    "Requirements",
    "ResolveRequest",
    "ResolveResult",
    "Resolver",
    "Target",
    "WheelIndex",
    "__version__",
    "build",
    "parse_requirements",
    "read_requirements",
    "resolve",
]
