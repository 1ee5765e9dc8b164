"""LayerAttachment: the resource that looks, before anything is deployed, whether a function can have its layers.

Nothing in AWS belongs to it. Its ``check`` is what it exists for: it runs in every preview and every update. What a
preview does not know yet is judged by the update, which checks again when the layers are there and before the function
changes. The path of this module is part of every stack's state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

from ..attachment.attachment_faults import InvalidAttachment
from ..attachment.attachments import AllowedNames, AttachedLayer, AttachingFunction, Unavailable, attachment_faults
from ..attachment.layer_version_arn import LayerVersionArn
from ..attachment.layer_version_facts import LayerVersionFacts, LayerVersions
from ..engine.unknowns import has_unknown
from .stack_provider import StackProvider

Props = dict[str, Any]

_ATTACHED = ("layer_version_arns", "region", "runtime", "architecture")
"""What is attached to what. Sizes and packages are judged, but a change of them is no change of the attachment."""

_READING = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=10, read_timeout=30)
"""A preview waits for a person, or a person for it."""


class LayerAttachmentProvider(StackProvider):
    """Check of a :class:`LayerAttachment`; the other operations only keep its inputs."""

    def layer_versions(self, region: str) -> LayerVersions:
        """Return the layer versions of a region, as the stack's account sees them."""
        return LayerVersions(self._aws.client("lambda", region=region, config=_READING))

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Tell everything that is wrong with the attachment, as far as it is known."""
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
        faults = attachment_faults(function, layers, allow_different_versions=allowed)
        if not faults:
            return CheckResult(news, [])
        error = InvalidAttachment(function=function.name, region=function.region, faults=faults)
        # no property is named: the engine would print its whole value before the message
        return CheckResult(news, [CheckFailure("", str(error))])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Tell whether other layers are attached, or the same ones to something else."""
        return DiffResult(changes=any(_olds.get(key) != _news.get(key) for key in _ATTACHED))

    def create(self, props: Props) -> CreateResult:
        """Keep the inputs."""
        return CreateResult(f"{props['function_name']}/{props['region']}", props)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Keep the inputs."""
        return UpdateResult(_news)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Keep the inputs: what is attached is the function's to tell."""
        return ReadResult(id_, props)

    def delete(self, _id: str, _props: Props) -> None:
        """Forget."""

    def _facts_of_foreign(
        self, layers: Sequence[Mapping[str, Any]], region: str
    ) -> dict[str, LayerVersionFacts | Unavailable]:
        """Return what AWS tells of the versions that are not of this program, each asked for once.

        Those of other regions cannot be attached, whatever they are.
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
    """Return the versions of what is in an archive, as far as it is sure to be there."""
    packages = props.get("packages")
    if packages is None or has_unknown(packages):
        return None
    archived = props.get("archived")
    if archived is None:
        return dict(packages)
    if has_unknown(archived):  # before the build, what the runtime brings may yet be left to it
        return {name: version for name, version in packages.items() if name not in RUNTIME_PROVIDED}
    return {name: version for name, version in packages.items() if name in archived}


@dataclass(frozen=True, kw_only=True)
class OwnLayer:
    """A layer version of this program. Its facts come from its build, so that it is judged before it exists."""

    name: str
    """Name of the layer, as messages have it."""

    region: str
    """Where the version is."""

    runtime: str
    """The one runtime that it is built for."""

    architecture: str
    """The one architecture that it is built for."""

    arn: pulumi.Input[str]
    """ARN of the version."""

    unpacked_bytes: pulumi.Input[float]
    """Size of what Lambda puts under ``/opt``."""

    packages: pulumi.Input[Mapping[str, str]]
    """Version of each distribution of the lock."""

    package_sizes: pulumi.Input[Mapping[str, Any]] | None = None
    """By name, the distributions of the lock that are in the archive; without it, all of them are."""


@dataclass(frozen=True, kw_only=True)
class LayerAttachmentArgs:
    """A function, and the layers that it is to have."""

    function_name: str
    """Name of the function, as messages have it."""

    region: str
    """Region of the function."""

    runtime: str
    """Lambda runtime of the function."""

    architecture: str
    """Lambda architecture of the function."""

    layers: Sequence[OwnLayer | pulumi.Input[str]]
    """Layers of this program, and ARNs of any other layer versions, in the function's order."""

    unpacked_bytes: pulumi.Input[float] | None = None
    """Size of what Lambda puts under ``/var/task``."""

    packages: pulumi.Input[Mapping[str, str]] | None = None
    """Version of each distribution that is bundled with the function."""

    package_sizes: pulumi.Input[Mapping[str, Any]] | None = None
    """By name, those of them that are in the payload; without it, all of them are."""

    allow_different_versions: AllowedNames = ()
    """Distributions that may come in several versions, by name; or ``all``."""


class LayerAttachment(Resource, module="layers", name="LayerAttachment"):
    """Layers that a function can have: every rule of Lambda was checked, as far as it can be."""

    layer_version_arns: pulumi.Output[Sequence[str]]
    """ARNs of the versions in order, as a function's ``layers`` wants them; known once they are checked."""

    def __init__(self, name: str, args: LayerAttachmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the attachment."""
        inputs: Props = {
            "function_name": args.function_name,
            "region": args.region,
            "runtime": args.runtime,
            "architecture": args.architecture,
            "layers": [_layer_inputs(layer) for layer in args.layers],
            "layer_version_arns": [layer.arn if isinstance(layer, OwnLayer) else layer for layer in args.layers],
            "allow_different_versions": (
                "all" if args.allow_different_versions == "all" else list(args.allow_different_versions)
            ),
            **_content_inputs(args),
        }
        super().__init__(LayerAttachmentProvider(), name, inputs, opts)


def _layer_inputs(layer: OwnLayer | pulumi.Input[str]) -> Props:
    if not isinstance(layer, OwnLayer):
        return {"arn": layer}
    return {
        "name": layer.name,
        "region": layer.region,
        "arn": layer.arn,
        "runtime": layer.runtime,
        "architecture": layer.architecture,
        **_content_inputs(layer),
    }


def _content_inputs(content: OwnLayer | LayerAttachmentArgs) -> Props:
    inputs: Props = {}
    if content.unpacked_bytes is not None:
        inputs["unpacked_bytes"] = content.unpacked_bytes
    if content.packages is not None:
        inputs["packages"] = content.packages
    if content.package_sizes is not None:
        # names are enough here, and keep the state small
        inputs["archived"] = pulumi.Output.from_input(content.package_sizes).apply(_names)
    return inputs


def _names(package_sizes: Mapping[str, Any] | None) -> list[str] | None:
    return None if package_sizes is None else sorted(package_sizes)
