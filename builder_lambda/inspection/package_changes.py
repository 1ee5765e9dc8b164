"""Compare two sets of packages. Each comes from a layer archive or from a lock. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.pylock import Package, PackageArchive, PackageWheel, Pylock

    from builder_lambda.inspection.contents import LayerContents

ChangeKind = Literal["added", "removed", "moved", "changed"]
"""``moved``: to another version. ``changed``: other content in the same version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageState:
    """One package in one of the sets."""

    version: str
    """Comma-separated if a lock has several, for several environments; empty if it has none."""

    size_bytes: int | None = None
    """Packed; ``None`` if it is not known."""

    unpacked_bytes: int | None = None
    digest: str | None = None
    """Comparable between two archives, or between two locks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageSet:
    """All packages of an archive or of a lock."""

    kind: Literal["archive", "lock"]
    packages: Mapping[str, PackageState]
    """By canonical name."""

    @classmethod
    def of_layer(cls, contents: LayerContents) -> PackageSet:
        """Return the distributions of a layer archive, and the files of no distribution."""
        found: dict[str, list[PackageState]] = {}
        for part in contents.parts:
            state = PackageState(
                version=part.version or "",
                size_bytes=part.size_bytes,
                unpacked_bytes=part.unpacked_bytes,
                digest=part.digest,
            )
            found.setdefault(part.name, []).append(state)
        return cls(kind="archive", packages={name: _joined(states) for name, states in found.items()})

    @classmethod
    def of_lock(cls, lock: Pylock) -> PackageSet:
        """Return the packages of a lock, under any condition."""
        found: dict[str, list[PackageState]] = {}
        for package in lock.packages:
            found.setdefault(package.name, []).append(_locked_state(package))
        return cls(kind="lock", packages={name: _joined(states) for name, states in found.items()})

    @property
    def size_bytes(self) -> int | None:
        """Return the packed size of all, or ``None`` if one is not known."""
        return _sum(state.size_bytes for state in self.packages.values())

    @property
    def unpacked_bytes(self) -> int | None:
        """Return the unpacked size of all, or ``None`` if one is not known."""
        return _sum(state.unpacked_bytes for state in self.packages.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageChange:
    """One package that differs between the sets."""

    name: str
    kind: ChangeKind
    before: PackageState | None
    after: PackageState | None

    def to_mapping(self) -> dict[str, object]:
        """Return the change as JSON values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "before": _state_mapping(self.before),
            "after": _state_mapping(self.after),
        }


def package_changes(before: PackageSet, after: PackageSet) -> tuple[PackageChange, ...]:
    """Return the differences, ordered by name.

    An archive and a lock are compared by versions only. Files of no distribution have none, and are left out.
    """
    is_same_kind = before.kind == after.kind
    changes = []
    for name in sorted(before.packages.keys() | after.packages.keys()):
        old, new = before.packages.get(name), after.packages.get(name)
        if not is_same_kind and not any(state is not None and state.version for state in (old, new)):
            continue
        kind = _kind(old, new, is_same_kind=is_same_kind)
        if kind is not None:
            changes.append(PackageChange(name=name, kind=kind, before=old, after=new))
    return tuple(changes)


def _kind(old: PackageState | None, new: PackageState | None, *, is_same_kind: bool) -> ChangeKind | None:
    if old is None or new is None:
        return "added" if old is None else "removed"
    if old.version != new.version:
        return "moved"
    return "changed" if is_same_kind and old.digest != new.digest else None


def _locked_state(package: Package) -> PackageState:
    files: list[PackageWheel | PackageArchive] = list(package.wheels or ())
    if package.archive is not None:
        files.append(package.archive)
    digests = sorted(file.hashes.get("sha256", "") for file in files)
    return PackageState(
        version=str(package.version or ""),
        size_bytes=files[0].size if len(files) == 1 else None,  # of several wheels, the target decides
        digest=hashlib.sha256("\n".join(digests).encode()).hexdigest(),
    )


def _joined(states: list[PackageState]) -> PackageState:
    if len(states) == 1:
        return states[0]
    digests = sorted(state.digest or "" for state in states)
    return PackageState(
        version=", ".join(dict.fromkeys(state.version for state in states)),
        size_bytes=_sum(state.size_bytes for state in states),
        unpacked_bytes=_sum(state.unpacked_bytes for state in states),
        digest=hashlib.sha256("\n".join(digests).encode()).hexdigest(),
    )


def _sum(sizes: Iterable[int | None]) -> int | None:
    total = 0
    for size in sizes:
        if size is None:
            return None
        total += size
    return total


def _state_mapping(state: PackageState | None) -> dict[str, object] | None:
    if state is None:
        return None
    mapping = asdict(state)
    del mapping["digest"]
    return mapping
