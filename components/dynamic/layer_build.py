"""LayerBuild: the resource that builds the archive of a layer or function.

- ``check`` asks the builder for the lock, so a preview shows which packages change.
- ``diff`` compares locks, never texts, paths or times.
- ``create`` and ``update`` have the archive built.

The path of this module is part of every stack's state.
"""

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import pulumi
from botocore.exceptions import ClientError
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    UpdateResult,
)

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.request import BuildRequest, BuildResult, ModuleSource, ResolveRequest
from builder_lambda.contract.source_policy import allow_source_builds_of
from builder_lambda.contract.store_keys import PREFIX, lock_key
from builder_lambda.contract.targets import Target
from builder_lambda.contract.upgrade import upgrade_of
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.indexes import IndexLoginNotAllowed
from builder_lambda.errors.wheels import StoredWheelMissing
from builder_lambda.ports.ports import ArchiveStore
from builder_lambda.stores.s3 import S3Archives
from layer_deployment.names import LAYER_BUILD, PACKAGE

from ..engine.unknowns import has_unknown
from ..hosts.builders import Builder
from ..hosts.hosts import Hosts, cost_usd, region_of
from .carried_lock import carry_lock
from .layer_build_args import LayerBuildArgs
from .stack_provider import StackProvider

Props = dict[str, Any]

_QUESTION = (
    "requirements",
    "constraints",
    "runtime",
    "architecture",
    "exclude_newer",
    "allow_source_builds",
    "index",
    "builder_version",
)
_RIGHTS = ("builder", "archive_bucket", "index", "allow_source_builds")
"""The inputs that decide which rights the builder needs, and which builder it is."""

_BUILD_ON = (
    "layer_name",
    "lock_sha256",
    "modules",
    "function_code_sha256",
    "runtime",
    "architecture",
    "options",
    "builder_version",
    "archive_bucket",
)
_BUILT = (
    "content_hash",
    "code_sha256",
    "archive_key",
    "size_bytes",
    "unpacked_bytes",
    "package_sizes",
    "report",
    "seconds",
    "cost_usd",
)


class LayerBuildProvider(StackProvider):
    """Create, read, update, delete of a :class:`LayerBuild`."""

    def builder(self, props: Mapping[str, Any], *, is_first: bool) -> Builder:
        """Return the builder of a resource."""
        hosts = Hosts(
            self._aws,
            bucket=props["archive_bucket"],
            is_first=is_first,
            report=lambda text: _print(props["layer_name"], text),
        )
        return hosts.builder(props["builder"])

    def store(self, props: Mapping[str, Any]) -> ArchiveStore:
        """Return the archive bucket of a resource as a store."""
        client = self._aws.client("s3", region=region_of(props["builder"]))
        return S3Archives(client=client, bucket=props["archive_bucket"], prefix=PREFIX)

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Add ``packages`` and ``lock_sha256``: those given, the old ones for the old question, or resolved ones.

        A builder that changes with this deployment may lack a right until the update. Then the update resolves.
        """
        olds = _olds or {}
        if given := news.get("given_lock"):
            return CheckResult(_locked(news, given["lock_sha256"], given["packages"]), [])
        if not news["requirements"]:
            return CheckResult({**news, "packages": {}}, [])  # code without packages
        is_old_question = all(olds.get(key) == news.get(key) for key in _QUESTION) and not news.get("upgrade")
        if olds.get("lock_sha256") and is_old_question:
            return CheckResult(_locked(news, olds["lock_sha256"], olds["packages"]), [])
        if any(key not in news or has_unknown(news[key]) for key in ("builder", "archive_bucket")):
            return CheckResult(news, [])  # a preview before the builder exists
        try:
            return CheckResult(self._resolved(news, olds, is_fresh=False), [])
        except StoredWheelMissing:
            return CheckResult(news, [])  # a preview: only `up` uploads the wheels of this machine
        except IndexLoginNotAllowed:
            return CheckResult(news, [])  # a preview: only `up` allows the builder the logins of the program
        except BuilderNotPermitted as error:
            if not _is_fresh(olds, news):
                return _refused(news, error)
            _print(news["layer_name"], f"the packages are not known yet: {error.what}")
            return CheckResult(news, [])
        except LayerError as error:
            return _refused(news, error)

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Return whether a build is needed: for another lock, target or builder, or for a lost archive."""
        is_other = any(_olds.get(key) != _news.get(key) for key in _BUILD_ON)
        return DiffResult(changes=is_other or not _olds.get("content_hash"))

    def create(self, props: Props) -> CreateResult:
        """Have the archive built."""
        locked = self._with_lock(props, {}, is_fresh=True)
        return CreateResult(props["layer_name"], self._build(locked, is_fresh=True))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Have the archive built; the old one stays in the bucket."""
        is_fresh = _is_fresh(_olds, _news) or not _news.get("lock_sha256")
        locked = self._with_lock(_news, _olds, is_fresh=is_fresh)
        if (lock_sha256 := locked.get("lock_sha256")) and lock_sha256 == _olds.get("lock_sha256"):
            self._carry_lock(lock_sha256, _olds, locked)
        return UpdateResult(self._build(locked, is_fresh=is_fresh))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Return the outputs, or clear them if the archive is lost: it is then built again from its lock.

        Without its lock, the resource counts as deleted.
        """
        if not props.get("archive_key") or self._has_object(props, props["archive_key"]):
            return ReadResult(id_, props)
        lock_sha256 = props.get("lock_sha256")
        if not lock_sha256 or self._has_object(props, f"{PREFIX}{lock_key(lock_sha256)}"):
            return ReadResult(id_, {**props, **dict.fromkeys(_BUILT)})
        return ReadResult(None, {})

    def delete(self, _id: str, _props: Props) -> None:
        """Keep the archive: it is addressed by content, and is deleted with the bucket."""

    def _resolved(self, news: Props, olds: Mapping[str, Any], *, is_fresh: bool) -> Props:
        if previous := olds.get("lock_sha256"):
            self._carry_lock(previous, olds, news)
        resolved = self.builder(news, is_first=is_fresh).resolve(
            ResolveRequest(
                requirements=tuple(news["requirements"]),
                constraints=tuple(news["constraints"]),
                target=_target(news),
                previous_lock_sha256=previous,
                upgrade=upgrade_of(news.get("upgrade") or ()),
                exclude_newer=news.get("exclude_newer"),
                allow_source_builds=allow_source_builds_of(news.get("allow_source_builds") or ()),
                index=IndexOptions.from_mapping(news.get("index") or {}),
            )
        )
        return _locked(news, resolved.lock_sha256, dict(resolved.packages))

    def _with_lock(self, props: Props, olds: Mapping[str, Any], *, is_fresh: bool) -> Props:
        """Return the inputs with the lock that :meth:`check` could not get, if there are requirements."""
        if not props["requirements"] or props.get("lock_sha256"):
            return props
        return self._resolved(props, olds, is_fresh=is_fresh)

    def _carry_lock(self, lock_sha256: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
        """Copy a lock to the bucket of another home region. The old bucket is there until the end of the update."""
        if olds["archive_bucket"] != news["archive_bucket"]:
            carry_lock(lock_sha256, source=self.store(olds), destination=self.store(news))

    def _has_object(self, props: Mapping[str, Any], key: str) -> bool:
        region = region_of(props["builder"])
        try:
            self._aws.client("s3", region=region).head_object(Bucket=props["archive_bucket"], Key=key)
        except ClientError as error:
            # S3 answers HEAD without a body: 404 can mean a missing bucket or a missing object.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
                raise
            return False
        return True

    def _build(self, props: Props, *, is_fresh: bool) -> Props:
        name = props["layer_name"]
        result = self.builder(props, is_first=is_fresh).build(
            BuildRequest(
                name=name,
                target=_target(props),
                lock_sha256=props.get("lock_sha256"),
                options=BuildOptions.from_mapping(props["options"]),
                modules=tuple(ModuleSource.from_mapping(module) for module in props["modules"]),
                function_code_sha256=props.get("function_code_sha256"),
                index=IndexOptions.from_mapping(props.get("index") or {}),
            )
        )
        cost = cost_usd(props["builder"], result)
        _print(name, _summary(result, cost))
        return {
            **props,
            "content_hash": result.content_hash,
            "code_sha256": result.code_sha256,
            "archive_key": f"{PREFIX}{result.archive_key}",
            "size_bytes": result.size_bytes,
            "unpacked_bytes": result.unpacked_bytes,
            "package_sizes": {package: asdict(size) for package, size in result.packages.items()},
            "report": result.report.to_mapping(),
            "seconds": dict(result.seconds),
            "cost_usd": cost,
        }


def _is_fresh(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Return whether rights of the builder may be as new as this deployment."""
    return any(olds.get(key) != news.get(key) for key in _RIGHTS)


def _refused(news: Props, error: LayerError) -> CheckResult:
    return CheckResult(news, [CheckFailure("requirements", str(error))])


def _print(layer: str, text: str) -> None:
    print(f"[{layer}] {text}", flush=True)  # noqa: T201 - the engine shows it to the user


def _locked(news: Props, lock_sha256: str, packages: Mapping[str, str]) -> Props:
    return {**news, "lock_sha256": lock_sha256, "packages": dict(packages)}


def _target(props: Mapping[str, Any]) -> Target:
    return Target.parse(props["runtime"], props["architecture"])


def _summary(result: BuildResult, cost_usd: float | None) -> str:
    count = len(result.packages)
    parts = [
        f"{count} package{'s' * (count != 1)}",
        f"{result.size_bytes / 1e6:.1f} MB zipped",
        f"{result.unpacked_bytes / 1e6:.1f} MB unpacked ({result.report.limit_share:.0%} of Lambda's limit)",
        f"built in {result.seconds['total']:.1f} s",
    ]
    if cost_usd is not None:
        parts.append(f"billed {result.seconds['billed']:.1f} s, ${cost_usd:.6f}")
    return ", ".join(parts + list(result.report.notes))


class LayerBuild(Resource, module=PACKAGE, name=LAYER_BUILD):
    """An archive in the bucket of the builder."""

    packages: pulumi.Output[Mapping[str, str]]
    """Version of each distribution, by canonical name."""

    lock_sha256: pulumi.Output[str | None]
    """sha256 over the wheels of the lock; ``None`` for code without packages."""

    content_hash: pulumi.Output[str]
    """sha256 over the entries of the archive."""

    code_sha256: pulumi.Output[str]
    """sha256 of the archive's bytes in base64, the form that AWS uses."""

    archive_key: pulumi.Output[str]
    """Key of the archive in the bucket."""

    size_bytes: pulumi.Output[float]
    """Size of the archive."""

    unpacked_bytes: pulumi.Output[float]
    """Size of the files: of a layer under ``/opt``, of a function under ``/var/task``."""

    package_sizes: pulumi.Output[Mapping[str, Mapping[str, Any]]]
    """Version and sizes, packed and unpacked, of each distribution."""

    report: pulumi.Output[Mapping[str, Any]]
    """What was compiled, what was left out, and why."""

    seconds: pulumi.Output[Mapping[str, float]]
    """Time of each stage of the build, ``total``, and ``billed``: the time that AWS charged for."""

    cost_usd: pulumi.Output[float | None]
    """List price of the build."""

    def __init__(self, name: str, args: LayerBuildArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the build."""
        outputs = dict.fromkeys((*_BUILT, "packages", "lock_sha256"))
        super().__init__(LayerBuildProvider(), name, {**args.inputs(), **outputs}, opts)
