"""LayerReplica: one layer version of an archive in one region, with its grants and the parameter that names it.

The content decides: the version that has it is taken, and only a content without a version is published. So nothing is
published twice: after a lost answer or a lost state, and when a layer goes back to an older content. pulumi-aws cannot
do this, because its resource publishes whenever it is made. The path of this module is part of every stack's state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    UpdateResult,
)

from builder_lambda.contract.targets import Target
from builder_lambda.errors.archives import ArchiveAltered
from builder_lambda.errors.deployment import NameTaken
from layer_deployment.names import LAYER_REPLICA, PACKAGE
from layer_deployment.version_descriptions import VersionDescription

from ..engine.unknowns import has_unknown
from .announced_version import AnnouncedVersion
from .aws_words import in_words_of_aws
from .published_versions import PublishedVersion, PublishedVersions
from .regional_archive import RegionalArchive
from .stack_provider import StackProvider
from .statements import Statements
from .version_policy import VersionPolicy

Props = dict[str, Any]

_ONCE = Config(retries={"total_max_attempts": 1})
"""A publication is never repeated blindly."""

_LOOKING = Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=10)
"""Short timeouts: this runs in previews, and one region that is down must not stop them."""

_SHOWN = ("content_hash", "statements", "keep", "parameter")
"""The inputs whose changes are updates."""

_PLACE = ("layer_name", "region")


class LayerReplicaProvider(StackProvider):
    """Create, read, update, delete of a :class:`LayerReplica`."""

    def versions(self, props: Mapping[str, Any], config: Config = _ONCE) -> PublishedVersions:
        """Return the versions of the layer."""
        client = self._aws.client("lambda", region=props["region"], config=config)
        return PublishedVersions(client, props["layer_name"])

    def policy(self, props: Mapping[str, Any], arn: str) -> VersionPolicy:
        """Return the policy of a version."""
        return VersionPolicy(self._aws.client("lambda", region=props["region"]), arn)

    def parameter(self, props: Mapping[str, Any], config: Config | None = None) -> AnnouncedVersion:
        """Return the parameter that names the version."""
        return AnnouncedVersion(self._aws.client("ssm", region=props["region"], config=config), props["parameter"])

    def archive(self, props: Mapping[str, Any]) -> RegionalArchive:
        """Return the archive in the bucket of the region."""
        client = self._aws.client("s3", region=props["region"])
        return RegionalArchive(
            client=client, home_bucket=props["home_bucket"], bucket=props["bucket"], key=props["archive_key"]
        )

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Refuse names that belong to others, before anything is made. A parameter keeps its name once it has one."""
        olds = _olds or {}
        kept = None if olds.get("chosen_parameter") else olds.get("parameter")
        named = {**news, "parameter": news.get("chosen_parameter") or kept or news["default_parameter"]}
        taken = [] if all(olds.get(key) == named[key] for key in (*_PLACE, "parameter")) else list(self._taken(named))
        return CheckResult(named, [CheckFailure("", str(error)) for error in taken])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Replace the resource for another layer or region; update it for another content, other grants, or drift."""
        replaces = [key for key in _PLACE if _olds.get(key) != _news.get(key)]
        is_other = any(_olds.get(key) != _news.get(key) for key in _SHOWN)
        has_drifted = _olds.get("announced") != _olds.get("layer_version_arn")
        return DiffResult(changes=bool(replaces) or is_other or has_drifted, replaces=replaces)

    def create(self, props: Props) -> CreateResult:
        """Take or publish the version, grant it, announce it."""
        return CreateResult(f"{props['region']}/{props['layer_name']}", self._deployed(props))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Take or publish the version, grant it, announce it; then remove what came before, unless it is kept."""
        outs = self._deployed(_news)
        with in_words_of_aws(f"removing what layer {_news['layer_name']} replaces", _news["region"]):
            if _olds["parameter"] != _news["parameter"]:
                self.parameter(_olds).delete()
            if _olds["layer_version_arn"] != outs["layer_version_arn"]:
                self._retire(_olds, keep=_news["keep"])
        return UpdateResult(outs)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Return the actual grants and parameter, so a refresh shows changes. A deleted version counts as deleted."""
        arn = props["layer_version_arn"]
        with in_words_of_aws(f"reading {arn}", props["region"]):
            found = self.policy(props, arn).read() if self.versions(props).read(arn) else None
            if found is None:
                return ReadResult(None, {})
            actual = {**props, "statements": dict(found.statements), "announced": self.parameter(props).value()}
        return ReadResult(id_, actual, inputs=actual)

    def delete(self, _id: str, _props: Props) -> None:
        """Remove version and parameter, or print the version that stays with its grants."""
        with in_words_of_aws(f"deleting layer {_props['layer_name']}", _props["region"]):
            parameter = self.parameter(_props)
            if parameter.value() == _props["layer_version_arn"]:  # else another replica of the layer has taken it over
                parameter.delete()
            self._retire(_props, keep=_props["keep"])

    def _taken(self, props: Mapping[str, Any]) -> Iterator[NameTaken]:
        """Yield each name that belongs to another owner. What cannot be looked at is left to the update."""
        if any(has_unknown(props[key]) for key in (*_PLACE, "parameter", "owner")):
            return
        owner, region = props["owner"], props["region"]
        try:
            described = [found for found in self.versions(props, _LOOKING).newest() if found is not None]
            announced = self.parameter(props, _LOOKING).read()
        except (ClientError, BotoCoreError):
            return
        others = [found.owner for found in described if found.owner]
        if others and owner not in others:
            yield NameTaken(kind="layer", name=props["layer_name"], region=region, owner=f"the stack {others[0]}")
        if announced and announced.owner != owner:
            other = f"the stack {announced.owner}" if announced.owner else "something else than python-layers"
            yield NameTaken(kind="parameter", name=props["parameter"], region=region, owner=other)

    def _deployed(self, props: Props) -> Props:
        name, region = props["layer_name"], props["region"]
        with in_words_of_aws(f"publishing layer {name}", region):
            version = self.versions(props).find(_description(props), props["code_sha256"]) or self._published(props)
        with in_words_of_aws(f"granting {version.arn}", region):
            self.policy(props, version.arn).write(props["statements"])
        with in_words_of_aws(f"writing parameter {props['parameter']}", region):
            self.parameter(props).write(version.arn, layer_name=name, owner=props["owner"])
        return {**props, "layer_version_arn": version.arn, "announced": version.arn}

    def _published(self, props: Props) -> PublishedVersion:
        """Publish the archive. A copy with other bytes is replaced once.

        :raises ArchiveAltered: if AWS has other bytes than the builder made. Their version is deleted.
        """
        archive, versions, built = self.archive(props), self.versions(props), props["code_sha256"]
        for again in (False, True):
            archive.copy(again=again)
            version = versions.publish(
                description=_description(props),
                bucket=archive.bucket,
                key=archive.key,
                code_sha256=built,
                target=Target.parse(props["runtime"], props["architecture"]),
            )
            if version.code_sha256 == built:
                return version
            versions.delete(version.arn)
        place = f"s3://{archive.home_bucket}/{archive.key}"
        raise ArchiveAltered(archive=place, published=version.code_sha256, built=built)

    def _retire(self, props: Mapping[str, Any], *, keep: bool) -> None:
        """Print the version that stays with its grants, or delete it, unless another stack published it."""
        if keep:
            print(f"kept with its grants: {props['layer_version_arn']}", flush=True)  # noqa: T201 - for the user
            return
        versions = self.versions(props)
        found = versions.read(props["layer_version_arn"])
        if found and found.description and found.description.owner in (None, props["owner"]):
            versions.delete(found.arn)


def _description(props: Mapping[str, Any]) -> VersionDescription:
    return VersionDescription(props["content_hash"], props["owner"])


@dataclass(frozen=True, kw_only=True)
class LayerReplicaArgs:
    """An archive, the region that gets it, and who may use it there."""

    layer_name: str
    """Name of the layer in AWS."""

    target: Target
    """Runtime and architecture."""

    region: str
    """Region of the version."""

    owner: str
    """The stack, see :func:`layer_deployment.version_descriptions.owner_of`."""

    home_bucket: pulumi.Input[str]
    """Bucket of the home region, which has the archive."""

    bucket: pulumi.Input[str]
    """Bucket of this region."""

    archive_key: pulumi.Input[str]
    """Key of the archive in both buckets."""

    content_hash: pulumi.Input[str]
    """sha256 over the entries of the archive, in hex."""

    code_sha256: pulumi.Input[str]
    """sha256 of the archive's bytes, in base64. The published version must have it."""

    statements: Statements
    """All statements of the version's policy."""

    default_parameter: str
    """Name of the parameter, if it has none yet."""

    chosen_parameter: str | None = None
    """Name of the parameter that the user chose."""

    keep: bool = True
    """Whether versions and their grants stay when the layer changes or is destroyed."""

    def inputs(self) -> Props:
        """Return the inputs of the resource."""
        inputs: Props = {
            "layer_name": self.layer_name,
            "runtime": self.target.runtime,
            "architecture": self.target.architecture,
            "region": self.region,
            "owner": self.owner,
            "home_bucket": self.home_bucket,
            "bucket": self.bucket,
            "archive_key": self.archive_key,
            "content_hash": self.content_hash,
            "code_sha256": self.code_sha256,
            "statements": {sid: dict(statement) for sid, statement in self.statements.items()},
            "default_parameter": self.default_parameter,
            "keep": self.keep,
        }
        return {**inputs, "chosen_parameter": self.chosen_parameter} if self.chosen_parameter else inputs


class LayerReplica(Resource, module=PACKAGE, name=LAYER_REPLICA):
    """The layer version of one region."""

    layer_version_arn: pulumi.Output[str]
    """ARN of the version. Known after its bytes are verified and the grants are written."""

    parameter: pulumi.Output[str]
    """Name of the SSM parameter that holds the ARN."""

    def __init__(self, name: str, args: LayerReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the replica."""
        outputs = dict.fromkeys(("layer_version_arn", "parameter", "announced"))
        super().__init__(LayerReplicaProvider(), name, {**args.inputs(), **outputs}, opts)
