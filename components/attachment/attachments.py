"""The rules for attaching layers to a function. Pure.

Unknown facts are ``None``, and are not checked: a preview does not know all of them. Sources: "Lambda quotas" (layers,
sizes) and "Working with Lambda layers" (order, region, deleted versions) in the AWS documentation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from packaging.utils import canonicalize_name, canonicalize_version

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES

from .attachment_problems import AttachmentProblem
from .layer_version_arn import LayerVersionArn, is_layer_arn

MAX_LAYERS = 5
"""Most layers of a function (AWS: "Lambda quotas")."""

AllowedNames = Sequence[str] | Literal["all"]

_FUNCTION = "the function itself"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unavailable:
    """The reason why a layer version cannot be read."""

    kind: Literal["denied", "gone", "unanswered"]
    detail: str
    """The message of AWS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedLayer:
    """The known facts of a layer to attach."""

    title: str
    """Its name in messages."""

    arn: str | None = None
    """Text from the user. It may be something else than the ARN of a layer version."""

    region: str | None = None

    runtimes: tuple[str, ...] = ()
    """Runtimes that the version declares. If it declares none, they are not checked."""

    architectures: tuple[str, ...] = ()
    unpacked_bytes: int | None = None
    packages: Mapping[str, str] | None = None
    """Version of each distribution."""

    unavailable: Unavailable | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachingFunction:
    """The known facts of the function."""

    name: str
    region: str
    runtime: str
    architecture: str
    unpacked_bytes: int | None = None
    """Size of its deployment package without layers."""

    packages: Mapping[str, str] | None = None
    """Version of each distribution in the deployment package."""


def attachment_problems(
    function: AttachingFunction, layers: Sequence[AttachedLayer], *, allow_different_versions: AllowedNames = ()
) -> tuple[AttachmentProblem, ...]:
    """Return all broken rules, in a fixed order.

    :param allow_different_versions: distributions that may have several versions.
    """
    return (
        *_count(layers),
        *_sizes(function, layers),
        *_versions(function, layers, allow_different_versions),
        *_same_layer(layers),
        *(problem for layer in layers for problem in _layer_by_itself(function, layer)),
    )


def _count(layers: Sequence[AttachedLayer]) -> Iterator[AttachmentProblem]:
    if len(layers) > MAX_LAYERS:
        yield AttachmentProblem(
            place="too-many-layers",
            reason=f"there are {len(layers)} layers, and Lambda takes {MAX_LAYERS}",
            remedy="build the requirements of several layers as one layer, or bundle them with the function",
        )


def _sizes(function: AttachingFunction, layers: Sequence[AttachedLayer]) -> Iterator[AttachmentProblem]:
    parts = [(_FUNCTION, function.unpacked_bytes), *((layer.title, layer.unpacked_bytes) for layer in layers)]
    known = [(title, size) for title, size in parts if size is not None]
    total = sum(size for _, size in known)
    if total <= MAX_UNPACKED_BYTES:
        return
    least = "at least " if len(known) < len(parts) else ""
    table = [f"{_size(size)}  {title}" for title, size in sorted(known, key=lambda part: -part[1])]
    table += [f"{'not known':>12}  {title}" for title, size in parts if size is None]
    yield AttachmentProblem(
        place="over-size-limit",
        reason=f"function and layers unpack to {least}{total:,} bytes; Lambda allows {MAX_UNPACKED_BYTES:,}",
        remedy=f"leave out, slim or replace what is biggest: {_size(total - MAX_UNPACKED_BYTES).strip()} must go",
        table=tuple(table),
    )


def _versions(
    function: AttachingFunction, layers: Sequence[AttachedLayer], allowed: AllowedNames
) -> Iterator[AttachmentProblem]:
    places = [*((layer.title, layer.packages) for layer in layers), (_FUNCTION, function.packages)]
    found: dict[str, list[tuple[str, str]]] = {}
    for title, packages in places:
        for name, version in (packages or {}).items():
            found.setdefault(canonicalize_name(name), []).append((version, title))
    accepted = found.keys() if allowed == "all" else {canonicalize_name(name) for name in allowed}
    table = tuple(
        f"{name}: " + ", ".join(f"{version} in {title}" for version, title in held)
        for name, held in sorted(found.items())
        if name not in accepted and len({canonicalize_version(version) for version, _ in held}) > 1
    )
    if table:
        count = "1 distribution comes" if len(table) == 1 else f"{len(table)} distributions come"
        yield AttachmentProblem(
            place="different-versions",
            reason=f"{count} in more than one version; the order of the layers decides which one is imported",
            remedy="give the layers the same constraints, or add the names to allow_different_versions",
            table=table,
        )


def _same_layer(layers: Sequence[AttachedLayer]) -> Iterator[AttachmentProblem]:
    arns = [arn.layer_arn for layer in layers if layer.arn and (arn := LayerVersionArn.parse(layer.arn))]
    for layer_arn, count in Counter(arns).items():
        if count > 1:
            yield AttachmentProblem(
                place="same-layer-twice",
                reason=f"{layer_arn} is listed {count} times; Lambda takes one version of a layer",
                remedy="list one version of it",
            )


def _layer_by_itself(function: AttachingFunction, layer: AttachedLayer) -> Iterator[AttachmentProblem]:
    yield from _place(function, layer)
    if layer.unavailable is not None:
        yield _unavailable(layer, layer.unavailable)
    if layer.runtimes and function.runtime not in layer.runtimes:
        yield AttachmentProblem(
            place="wrong-runtime",
            reason=f"{layer.title} is for {', '.join(layer.runtimes)}, and the function runs {function.runtime}",
            remedy=f"attach a layer for {function.runtime}, or run the function on a runtime of the layer",
        )
    if layer.architectures and function.architecture not in layer.architectures:
        yield AttachmentProblem(
            place="wrong-architecture",
            reason=f"{layer.title} is for {', '.join(layer.architectures)}, "
            f"and the function runs on {function.architecture}",
            remedy=f"attach a layer for {function.architecture}, or run the function on an architecture of the layer",
        )


def _place(function: AttachingFunction, layer: AttachedLayer) -> Iterator[AttachmentProblem]:
    if layer.arn is not None and LayerVersionArn.parse(layer.arn) is None:
        why = ": a version number is missing at its end" if is_layer_arn(layer.arn) else ""
        yield AttachmentProblem(
            place="not-a-layer-version",
            reason=f"{layer.arn!r} is not the ARN of a layer version{why}",
            remedy="write it as arn:aws:lambda:<region>:<account>:layer:<name>:<version>",
        )
    elif layer.region is not None and layer.region != function.region:
        yield AttachmentProblem(
            place="other-region",
            reason=f"{layer.title} is in {layer.region}, and the function in {function.region}",
            remedy=f"attach a layer version of {function.region}; a layer of your own gets one for each of its regions",
        )


def _unavailable(layer: AttachedLayer, unavailable: Unavailable) -> AttachmentProblem:
    match unavailable.kind:
        case "gone":
            return AttachmentProblem(
                place="version-gone",
                reason=f"{layer.title} does not exist, or no longer",
                remedy="attach a version that exists; functions that have a deleted one keep it until they change",
            )
        case "denied":
            return AttachmentProblem(
                place="not-readable",
                reason=f"this account may not read {layer.title}: {unavailable.detail}",
                remedy="have its owner share the version with the account, and allow lambda:GetLayerVersion on it "
                "to the deploying role",
            )
        case "unanswered":
            return AttachmentProblem(
                place="not-answered",
                reason=f"AWS did not answer for {layer.title}: {unavailable.detail}",
                remedy="check credentials, network and endpoint, then run again",
            )


def _size(size: int) -> str:
    return f"{size / 1_000_000:9,.1f} MB"
