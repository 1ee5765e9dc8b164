"""LayerBuildArgs: what is built, for which target, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.request import ModuleSource
from builder_lambda.contract.source_policy import AllowSourceBuilds
from builder_lambda.contract.targets import Target
from builder_lambda.contract.upgrade import Upgrade
from builder_lambda.locks.given import GivenLock
from builder_lambda.pipeline.results import BUILDER_VERSION


@dataclass(frozen=True, kw_only=True)
class LayerBuildArgs:
    """The arguments of a :class:`LayerBuild`. Everything that it reads from the bucket is stored there first."""

    layer_name: str
    """Name of the layer, with its target."""

    requirements: Sequence[str]
    """Normalised requirements (PEP 508). Empty with a given lock, or for code without packages."""

    constraints: Sequence[str]
    """Normalised constraints: versions that hold if a package is installed."""

    target: Target
    """Runtime and architecture."""

    builder: Mapping[str, pulumi.Input[Any]]
    """Where to build, as :meth:`LayerBuilder.host_for` describes it."""

    archive_bucket: pulumi.Input[str]
    """Bucket of the builder."""

    options: BuildOptions = field(default_factory=BuildOptions)
    """How the archive is built."""

    modules: Sequence[ModuleSource] = ()
    """Your own modules."""

    function_code_sha256: str | None = None
    """sha256 that names a function's code in the bucket."""

    given_lock: GivenLock | None = None
    """A lock that is used unchanged."""

    index: IndexOptions = field(default_factory=IndexOptions)
    """Where packages come from."""

    exclude_newer: str | None = None
    """Ignores files uploaded later than this date, time or age."""

    upgrade: Upgrade = ()
    """Projects whose versions may change: ``all``, or names. While this is set, every run asks for the newest."""

    allow_source_builds: AllowSourceBuilds = ()
    """Packages that may be built from source if no wheel fits: ``all``, or names."""

    def inputs(self) -> dict[str, Any]:
        """Return the inputs of the resource."""
        inputs: dict[str, Any] = {
            "layer_name": self.layer_name,
            "requirements": list(self.requirements),
            "constraints": list(self.constraints),
            "runtime": self.target.runtime,
            "architecture": self.target.architecture,
            "builder": dict(self.builder),
            "archive_bucket": self.archive_bucket,
            "options": _without_none(self.options.to_mapping()),
            "modules": [module.to_mapping() for module in sorted(self.modules)],
            "index": _without_none(self.index.to_mapping()),
            "upgrade": self.upgrade if self.upgrade == "all" else list(self.upgrade),
            # Pulumi does not see a change of code as a difference: code that changes bytes has a version.
            "builder_version": BUILDER_VERSION,
        }
        if self.function_code_sha256:
            inputs["function_code_sha256"] = self.function_code_sha256
        if self.exclude_newer:
            inputs["exclude_newer"] = self.exclude_newer
        if allowed := self.allow_source_builds:
            inputs["allow_source_builds"] = allowed if allowed == "all" else list(allowed)
        if lock := self.given_lock:
            inputs["given_lock"] = {"lock_sha256": lock.lock_sha256, "packages": dict(lock.packages)}
        return inputs


def _without_none(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out keys without a value. Pulumi drops them too, and a missing key would look like a change."""
    return {
        key: _without_none(value) if isinstance(value, Mapping) else value
        for key, value in mapping.items()
        if value is not None
    }
