"""LayerSource: what a layer is made of, read once: requirements or a lock, and modules of one's own."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import pulumi
import pulumi_aws as aws

from builder_lambda.code.modules import PackedModule, pack_modules
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.store_keys import lock_key
from builder_lambda.contract.targets import Target
from builder_lambda.indexes.simple import listing_of_machine
from builder_lambda.locks.given import GivenLock, read_lock
from builder_lambda.requirements.files import read_requirements
from builder_lambda.requirements.local_wheels import LocalWheel, LocalWheels
from builder_lambda.requirements.project_overrides import NO_OVERRIDES, ProjectOverrides
from builder_lambda.requirements.pyproject import read_project
from builder_lambda.requirements.requirements import Requirements, parse_requirements

from ..builder.archive_bucket import ArchiveBucket
from ..engine.collected_errors import CollectedErrors
from ..hosts.archive_keys import PREFIX

_NO_REQUIREMENTS = Requirements()
_CACHE = Path(platformdirs.user_cache_dir("python-layers")) / "modules"


@dataclass(frozen=True, kw_only=True)
class LayerSource:
    """What goes into a layer, apart from how it is built."""

    requirements: Requirements = field(default_factory=lambda: _NO_REQUIREMENTS)
    """What the builder resolves; empty where a lock is given."""

    lock: Path | None = None
    """A lock that is used as it is: ``pylock.toml``, ``uv.lock``, ``poetry.lock`` or ``Pipfile.lock``."""

    groups: Sequence[str] = ()
    extras: Sequence[str] = ()
    """Dependency groups and extras that are taken from the lock."""

    modules: tuple[PackedModule, ...] = ()
    """Modules and packages of one's own."""

    @classmethod
    def read(
        cls,
        requirements: "Sequence[str] | Path | Requirements | LayerSource | None",
        *,
        lock: Path | None = None,
        groups: Sequence[str] = (),
        extras: Sequence[str] = (),
        modules: Sequence[Path] = (),
        base: Path | None = None,
        overrides: ProjectOverrides = NO_OVERRIDES,
    ) -> "LayerSource":
        """Read requirements and modules. The lock is read for each target by :meth:`lock_for`.

        :param requirements: lines, a requirements file, or a project: its folder or ``pyproject.toml``. A
            ``LayerSource`` is returned unchanged.
        :param base: folder that paths in messages are relative to.
        :param overrides: settings that replace those of a project.
        :raises LayerError: with all problems of requirements and modules.
        """
        if isinstance(requirements, LayerSource):
            return requirements
        errors = CollectedErrors()
        wanted = errors.attempt(lambda: _requirements(requirements, groups, extras, base, overrides))
        packed = errors.attempt(lambda: pack_modules(modules))
        errors.raise_all()
        return cls(
            requirements=wanted or _NO_REQUIREMENTS,
            lock=lock,
            groups=tuple(groups),
            extras=tuple(extras),
            modules=packed or (),
        )

    def lock_for(self, target: Target) -> GivenLock | None:
        """Return what the given lock says for a target.

        :raises LayerError: that says why the lock does not cover the target.
        """
        if self.lock is None:
            return None
        return read_lock(self.lock, target, groups=self.groups, extras=self.extras, listing=listing_of_machine)

    @property
    def has_packages(self) -> bool:
        """Whether something is to be installed."""
        return bool(self.requirements.requirements or self.lock)

    def store_modules(self, name: str, home: ArchiveBucket, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Register the objects that carry the modules, and wheels that are files here, to the builder."""
        stored: list[pulumi.Resource] = []
        for wheel in self.requirements.local_wheels:
            stored.append(_stored_wheel(name, wheel, home, opts))
        for module in self.modules:
            stored.append(
                _stored(f"{name}-module-{module.source.name}", module.code.key, _cached(module.code), home, opts)
            )
        return stored


def store_code(name: str, code: PackedCode, home: ArchiveBucket, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Register the object that carries a function's own code to the builder."""
    return _stored(f"{name}-code", code.key, _cached(code), home, opts)


def store_lock(name: str, lock: GivenLock, home: ArchiveBucket, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """Register the objects that carry a given lock, and the wheels beside it, to the builder."""
    text = _stored(f"{name}-lock", lock_key(lock.lock_sha256), pulumi.StringAsset(lock.text), home, opts)
    return [text, *(_stored_wheel(name, wheel, home, opts) for wheel in lock.local_wheels)]


def _stored_wheel(name: str, wheel: LocalWheel, home: ArchiveBucket, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    return _stored(f"{name}-wheel-{wheel.filename}", wheel.key, pulumi.FileAsset(str(wheel.file)), home, opts)


def _cached(code: PackedCode) -> pulumi.Asset:
    """Return the zip as a file, which is deflated once and stays when the program ends."""
    path = _CACHE / f"{code.sha256}.zip"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")  # a run that ends here leaves no half of a file behind
        part.write_bytes(code.zipped())
        part.replace(path)
    return pulumi.FileAsset(str(path))


def _stored(
    name: str, key: str, asset: pulumi.Asset, home: ArchiveBucket, opts: pulumi.ResourceOptions
) -> aws.s3.BucketObjectv2:
    # Named by content, so another layer may have the same object: it goes with the bucket only.
    keep = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True))
    return aws.s3.BucketObjectv2(
        name, bucket=home.bucket, key=f"{PREFIX}{key}", source=asset, region=home.region, opts=keep
    )


def _requirements(
    given: Sequence[str] | Path | Requirements | None,
    groups: Sequence[str],
    extras: Sequence[str],
    base: Path | None,
    overrides: ProjectOverrides,
) -> Requirements:
    match given:
        case None:
            return _NO_REQUIREMENTS
        case Requirements():
            return given
        case Path() if given.is_dir() or given.name == "pyproject.toml":
            return read_project(given, groups=groups, extras=extras, overrides=overrides)
        case Path():
            return read_requirements(given, base=base)
        case str():
            return parse_requirements([given], local_wheels=LocalWheels(base or Path()))
        case _:
            return parse_requirements(list(given), local_wheels=LocalWheels(base or Path()))
