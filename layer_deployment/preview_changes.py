"""Reads the output of ``pulumi preview --json``: changes of layers, their packages, functions and other resources.

Pure. Resources are recognised by their type tokens, which are part of every stack's state (``components/DESIGN.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from builder_lambda.inspection.package_changes import PackageSet, PackageState, package_changes
from layer_deployment.errors import UnreadablePreview
from layer_deployment.names import COMPONENTS, DYNAMIC_RESOURCES, LAYER_BUILD, LAYER_BUILDER, LAYER_REPLICA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder_lambda.inspection.package_changes import PackageChange

Operation = Literal["create", "update", "replace", "delete", "same"]

_BUILD = f"{DYNAMIC_RESOURCES}{LAYER_BUILD}"
_REPLICA = f"{DYNAMIC_RESOURCES}{LAYER_REPLICA}"
_FUNCTION = "aws:lambda/function:Function"
_BUILDER = f"{LAYER_BUILDER}$"
_COMPONENTS = (COMPONENTS, "pulumi:pulumi:Stack", "pulumi:providers:")
_QUIET: dict[str, Operation] = {"same": "same", "read": "same", "refresh": "same"}
_PARTS: dict[str, Operation | None] = {
    "create-replacement": "replace",
    "delete-replaced": None,
    "discard-replaced": None,
    "read-replacement": None,
}
"""A replacement has several steps. One of them is reported."""

_LAYER_INPUTS = {
    "function_code_sha256": "code",
    "modules": "modules",
    "options": "options",
    "constraints": "constraints",
    "runtime": "runtime",
    "architecture": "architecture",
    "index": "index",
    "allow_source_builds": "allow_source_builds",
    "builder_version": "version of the builder",
}
"""Inputs of a build other than packages, and their names in the report, in this order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerChange:
    """The change of one archive: a layer for one target, or a deployment package."""

    name: str
    """With the target, such as ``web-python313-x86_64``."""

    is_deployment_package: bool
    """Whether it is the code of a function, not a layer."""

    operation: Operation
    changes: tuple[PackageChange, ...]
    """Packages that differ. All packages of a new archive are added; all of a deleted one are removed."""

    are_packages_known: bool
    """Whether the preview could ask the builder. It cannot before the builder is deployed."""

    unchanged: int
    """Number of unchanged packages."""

    other_inputs: tuple[str, ...]
    """Names of the other inputs that change."""

    regions: tuple[str, ...]
    """Regions in which a version is published if the content changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceChange:
    """The change of any other resource."""

    name: str
    """Its name in the program."""

    type: str
    """Its type token, such as ``aws:lambda/function:Function``."""

    operation: Operation
    reasons: tuple[str, ...]
    """Properties that differ, as the provider reports them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewChanges:
    """All changes of a preview."""

    layers: tuple[LayerChange, ...]
    """Layers and deployment packages that change."""

    unchanged: int
    """Number of unchanged resources of all kinds, as Pulumi counts them."""

    functions: tuple[ResourceChange, ...]
    """Functions that change, except those of the builder."""

    others: tuple[ResourceChange, ...]
    """Other resources that change, without components."""

    errors: tuple[str, ...]
    """Errors that ended the preview."""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing changes and nothing failed."""
        return not (self.layers or self.functions or self.others or self.errors)


def read_preview(document: object) -> PreviewChanges:
    """Return the changes in the output of ``pulumi preview --json``.

    :raises UnreadablePreview: if it is not such output.
    """
    steps = _steps(document)
    versions: dict[str, set[str]] = {}
    layers, functions, others = list[LayerChange](), list[ResourceChange](), list[ResourceChange]()
    for step in steps:
        if _type(step) == _REPLICA and _operation(step) in ("create", "update", "replace"):
            old, new = _inputs(step, "oldState"), _inputs(step, "newState")
            if old.get("content_hash") != new.get("content_hash"):  # else its grants or its parameter change
                versions.setdefault(str(new.get("layer_name")), set()).add(str(new.get("region")))
    reported = set[str]()
    for step in steps:
        kind, operation = _type(step), _operation(step)
        if operation is None or operation == "same" or kind.startswith(_COMPONENTS) or step["urn"] in reported:
            continue
        reported.add(str(step["urn"]))
        if kind == _BUILD:
            layers.append(_layer_change(step, operation, versions))
        else:
            change = ResourceChange(
                name=_name(step),
                type=kind,
                operation=operation,
                reasons=tuple(str(reason) for reason in _list(step.get("diffReasons"))),
            )
            is_of_user = kind == _FUNCTION and _BUILDER not in str(step["urn"])
            (functions if is_of_user else others).append(change)
    return PreviewChanges(
        layers=tuple(sorted(layers, key=lambda layer: layer.name)),
        unchanged=_unchanged(cast("Mapping[str, object]", document)),
        functions=tuple(sorted(functions, key=lambda change: change.name)),
        others=tuple(sorted(others, key=lambda change: (change.type, change.name))),
        errors=tuple(_errors(cast("Mapping[str, object]", document))),
    )


def _steps(document: object) -> list[Mapping[str, object]]:
    steps = document.get("steps") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not (isinstance(steps, list) or "diagnostics" in document):
        raise UnreadablePreview(reason="it has neither steps nor diagnostics")
    for step in steps or []:
        if not isinstance(step, dict) or not isinstance(step.get("urn"), str) or not isinstance(step.get("op"), str):
            raise UnreadablePreview(reason="one of its steps has no operation or no URN")
    return steps or []


def _layer_change(
    step: Mapping[str, object], operation: Operation, versions: Mapping[str, Iterable[str]]
) -> LayerChange:
    old, new = _inputs(step, "oldState"), _inputs(step, "newState")
    inputs = new or old
    name = str(inputs.get("layer_name", _name(step)))
    packages = new.get("packages") if operation != "delete" else {}
    after = _package_set(packages)
    changes = package_changes(_package_set(old.get("packages")), after)
    options = inputs.get("options")
    return LayerChange(
        name=name,
        is_deployment_package=isinstance(options, dict) and options.get("layout") == "function",
        operation=operation,
        changes=changes if isinstance(packages, dict) else (),
        are_packages_known=isinstance(packages, dict),
        unchanged=len(after.packages) - sum(change.kind != "removed" for change in changes),
        other_inputs=tuple(name for key, name in _LAYER_INPUTS.items() if old and new and old.get(key) != new.get(key)),
        regions=tuple(sorted(versions.get(name, ()))),
    )


def _package_set(packages: object) -> PackageSet:
    """Return versions by name as a set of packages, which is empty if they are not known."""
    found = packages if isinstance(packages, dict) else {}
    return PackageSet(
        kind="lock", packages={str(name): PackageState(version=str(version)) for name, version in found.items()}
    )


def _operation(step: Mapping[str, object]) -> Operation | None:
    """Return what happens to the resource, or ``None`` for a step of a replacement that is not reported."""
    operation = str(step["op"])
    if operation in _PARTS:
        return _PARTS[operation]
    return _QUIET.get(operation, cast("Operation", operation))


def _type(step: Mapping[str, object]) -> str:
    """Return the resource's own type: the last of the chain in ``urn:pulumi:stack::project::chain::name``."""
    return str(step["urn"]).split("::")[2].rpartition("$")[2]


def _name(step: Mapping[str, object]) -> str:
    return str(step["urn"]).split("::", 3)[3]


def _inputs(step: Mapping[str, object], state: str) -> Mapping[str, object]:
    found = step.get(state)
    inputs = found.get("inputs") if isinstance(found, dict) else None
    return inputs if isinstance(inputs, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _unchanged(document: Mapping[str, object]) -> int:
    summary = document.get("changeSummary")
    count = summary.get("same", 0) if isinstance(summary, dict) else 0
    return count if isinstance(count, int) else 0


def _errors(document: Mapping[str, object]) -> Iterable[str]:
    for entry in _list(document.get("diagnostics")):
        if isinstance(entry, dict) and entry.get("severity") == "error":
            yield str(entry.get("message", "")).strip()
