"""Compare two sets of inputs of a resource as the real plugin does.

Terraform treats a zero value as missing, and policies with the same meaning as equal. It ignores the order of sets. It
keeps a value that AWS filled in when the program stops giving one.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_aws.provider import assets, wire
from local_aws.provider.policies import same_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from local_aws.provider.resources.handler import Traits
    from local_aws.provider.wire import Json, Props


class Change(enum.Enum):
    """The kind of change of a property."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The differences between two sets of inputs."""

    changes: Mapping[str, Change]
    """By path, such as ``environment.variables.A`` or ``layers[0]``."""

    changed: frozenset[str]
    """The names of the inputs with a change."""

    replaces: tuple[str, ...]
    """Those of them that require a replacement, sorted."""

    deletes_before_replace: bool

    def is_replacing(self, path: str) -> bool:
        """Return whether the change at ``path`` requires a replacement."""
        return _root(path) in self.replaces


def difference(traits: Traits, olds: Props, news: Props, ignored: Iterable[str] = ()) -> Difference:
    """Return how ``news`` differs from ``olds``. Both come from ``Check``. ``ignored`` has the paths to ignore."""
    ignored_paths = tuple(ignored)
    changes: dict[str, Change] = {}
    for name in sorted(olds.keys() | news.keys()):
        if name.startswith("__"):
            continue
        old, new = olds.get(name), news.get(name)
        default = traits.defaults.get(name)
        old = default if old is None else old
        new = default if new is None else new
        changes.update(_compare(traits, name, name, old, new))
    changes = {path: change for path, change in changes.items() if not _is_ignored(path, ignored_paths)}
    changed = frozenset(_root(path) for path in changes)
    replaces = tuple(sorted(changed & traits.replaces_on))
    return Difference(
        changes=changes,
        changed=changed,
        replaces=replaces,
        deletes_before_replace=bool(replaces) and (traits.deletes_before_replace or _name_clashes(traits, olds, news)),
    )


def _name_clashes(traits: Traits, olds: Props, news: Props) -> bool:
    """Return whether the program gives the new resource the name of the old one."""
    if traits.auto_name is None:
        return False
    name = traits.auto_name.property
    defaults = news.get(wire.DEFAULTS)
    is_made_up = isinstance(defaults, list) and name in defaults
    return not is_made_up and news.get(name) is not None and olds.get(name) == news.get(name)


def _compare(traits: Traits, path: str, trait: str, old: Json, new: Json) -> Iterator[tuple[str, Change]]:
    """Yield the changes from ``old`` to ``new``. ``trait`` is ``path`` in the notation of ``Traits``."""
    if old == new or (wire.is_blank(old) and wire.is_blank(new)):
        return
    if wire.is_blank(new) and not isinstance(new, bool | int) and trait in traits.computed:
        return
    if trait in traits.policies and same_policy(old, new):
        return
    if trait in traits.sets and _as_set(old) == _as_set(new):
        return
    if assets.content_hash(old) and assets.content_hash(old) == assets.content_hash(new):
        return
    if old is None or new is None:
        yield path, Change.ADD if old is None else Change.DELETE
    elif isinstance(old, dict) and isinstance(new, dict) and not (_is_whole(old) or _is_whole(new)):
        for key in sorted(old.keys() | new.keys()):
            if not key.startswith("__"):
                yield from _compare(traits, path + _step(key), f"{trait}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and trait not in traits.sets:
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from _compare(traits, f"{path}[{index}]", trait, before, after)
    else:
        yield path, Change.UPDATE


def _is_whole(value: Json) -> bool:
    return assets.is_asset(value) or assets.is_archive(value)


def _as_set(value: Json) -> Json:
    if not isinstance(value, list):
        return value
    return sorted(value, key=lambda item: json.dumps(item, sort_keys=True))


def _step(key: str) -> str:
    return f".{key}" if key.replace("_", "").replace("-", "").isalnum() else f"[{json.dumps(key)}]"


def _root(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]


def _is_ignored(path: str, ignored: Iterable[str]) -> bool:
    return any(path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")) or prefix == "*" for prefix in ignored)
