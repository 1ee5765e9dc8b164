"""LayerAttachment: the resource that checks whether a function can have its layers, before anything is deployed.

It stands for nothing in AWS. Its ``check`` runs in every preview and every update. Facts that a preview does not know
are checked by the update: after the layers exist, and before the function changes. The path of this module is part of
every stack's state.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from botocore.config import Config
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    UpdateResult,
)

from builder_lambda.pipeline.runtime_provided import RUNTIME_PROVIDED
from layer_deployment.names import PACKAGE

from ..attachment.attachment_problems import InvalidAttachment
from ..attachment.attachments import AllowedNames, AttachedLayer, AttachingFunction, Unavailable, attachment_problems
from ..attachment.layer_version_arn import LayerVersionArn
from ..attachment.layer_version_facts import LayerVersionFacts, LayerVersions
from ..engine.unknowns import has_unknown
from .layer_attachment_args import LayerAttachmentArgs
from .stack_provider import StackProvider

Props = dict[str, Any]

_ATTACHED = ("layer_version_arns", "region", "runtime", "architecture")
"""The inputs whose changes are shown. Sizes and packages are checked only."""

_READING = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=10, read_timeout=30)
"""Short timeouts: this runs in every preview."""


class LayerAttachmentProvider(StackProvider):
    """Checks a :class:`LayerAttachment`. The other operations only keep its inputs."""

    def layer_versions(self, region: str) -> LayerVersions:
        """Return the layer versions that the stack's account sees in a region."""
        return LayerVersions(self._aws.client("lambda", region=region, config=_READING))

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Report all broken rules, as far as the facts are known."""
        function = AttachingFunction(
            name=news["function_name"],
            region=news["region"],
            runtime=news["runtime"],
            architecture=news["architecture"],
            unpacked_bytes=_unpacked_bytes(news),
            packages=_packages(news),
        )
        facts = self._facts_of_foreign(news["layers"], function.region)
        layers = [_own(layer) if "name" in layer else _foreign(layer, facts, function) for layer in news["layers"]]
        allowed: AllowedNames = news.get("allow_different_versions") or ()
        problems = attachment_problems(function, layers, allow_different_versions=allowed)
        if not problems:
            return CheckResult(news, [])
        error = InvalidAttachment(function=function.name, region=function.region, problems=problems)
        # without a property: the engine would print its whole value before the message
        return CheckResult(news, [CheckFailure("", str(error))])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Return whether other layers are attached, or the same ones to another function."""
        return DiffResult(changes=any(_olds.get(key) != _news.get(key) for key in _ATTACHED))

    def create(self, props: Props) -> CreateResult:
        """Keep the inputs."""
        return CreateResult(f"{props['function_name']}/{props['region']}", props)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Keep the inputs."""
        return UpdateResult(_news)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Keep the inputs: the function itself shows which layers it has."""
        return ReadResult(id_, props)

    def delete(self, _id: str, _props: Props) -> None:
        """Do nothing: it exists in the state only."""

    def _facts_of_foreign(
        self, layers: Sequence[Mapping[str, Any]], region: str
    ) -> dict[str, LayerVersionFacts | Unavailable]:
        """Return the facts of the versions that are not of this program, each read once.

        Versions of other regions are not read: they cannot be attached.
        """
        given = {layer["arn"] for layer in layers if "name" not in layer and not has_unknown(layer["arn"])}
        wanted = sorted(text for text in given if (arn := LayerVersionArn.parse(text)) and arn.region == region)
        if not wanted:
            return {}
        versions = self.layer_versions(region)
        facts = {arn: versions.read(arn) for arn in wanted}
        for arn, found in facts.items():
            if isinstance(found, LayerVersionFacts) and found.not_read:
                # the engine shows it to the user
                print(f"size and packages of {arn} are not checked: {found.not_read}", flush=True)  # noqa: T201
        return facts


def _own(layer: Mapping[str, Any]) -> AttachedLayer:
    return AttachedLayer(
        title=layer["name"],
        region=layer["region"],
        arn=None if has_unknown(layer["arn"]) else layer["arn"],
        runtimes=(layer["runtime"],),
        architectures=(layer["architecture"],),
        unpacked_bytes=_unpacked_bytes(layer),
        packages=_packages(layer),
    )


def _foreign(
    layer: Mapping[str, Any], facts: Mapping[str, LayerVersionFacts | Unavailable], function: AttachingFunction
) -> AttachedLayer:
    if has_unknown(layer["arn"]):
        return AttachedLayer(title="a layer that is not known yet")
    arn: str = layer["arn"]
    found = facts.get(arn)
    if not isinstance(found, LayerVersionFacts):
        return AttachedLayer(title=arn, arn=arn, region=_region(arn), unavailable=found)
    return AttachedLayer(
        title=arn,
        arn=arn,
        region=_region(arn),
        runtimes=found.runtimes,
        architectures=found.architectures,
        unpacked_bytes=found.directory.unpacked_bytes if found.directory else None,
        packages=found.directory.packages(function.runtime) if found.directory else None,
    )


def _region(text: str) -> str | None:
    arn = LayerVersionArn.parse(text)
    return arn.region if arn else None


def _unpacked_bytes(props: Mapping[str, Any]) -> int | None:
    size = props.get("unpacked_bytes")
    return None if size is None or has_unknown(size) else int(size)  # numbers arrive as floats


def _packages(props: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the versions of the distributions that are certainly in an archive."""
    packages = props.get("packages")
    if packages is None or has_unknown(packages):
        return None
    archived = props.get("archived")
    if archived is None:
        return dict(packages)
    if has_unknown(archived):  # before the build: packages of the runtime may be left out
        return {name: version for name, version in packages.items() if name not in RUNTIME_PROVIDED}
    return {name: version for name, version in packages.items() if name in archived}


class LayerAttachment(Resource, module=PACKAGE, name="LayerAttachment"):
    """The layers of a function, checked against the rules of Lambda."""

    layer_version_arns: pulumi.Output[Sequence[str]]
    """ARNs of the versions in order, for the ``layers`` of a function. Known after the check."""

    def __init__(self, name: str, args: LayerAttachmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the attachment."""
        super().__init__(LayerAttachmentProvider(), name, args.inputs(), opts)
