"""Decide from its file name whether a target can load a wheel, and explain why it can load none of several.

Pure. Tags are those of PEP 425, glibc platforms those of PEP 600, musl platforms those of PEP 656.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from builder_lambda.locks.target_tags import target_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.tags import Tag

    from builder_lambda.contract.targets import Target

_GLIBC = re.compile(r"manylinux_(\d+)_(\d+)_(.+)")
_LEGACY_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_INTERPRETERS = {"cp": "", "py": "", "pp": "PyPy ", "ip": "IronPython ", "jy": "Jython "}
_SYSTEMS = (
    ("macosx", "macOS"),
    ("win", "Windows"),
    ("musllinux", "musl Linux"),
    ("android", "Android"),
    ("ios", "iOS"),
)
_MACHINES = ("x86_64", "aarch64", "i686", "armv7l", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64", "armv6l")


def tags_of(filename: str) -> frozenset[Tag]:
    """Return the tags in the file name of a wheel; no tags if it is not such a name."""
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def fits(filename: str, target: Target) -> bool:
    """Return whether ``target`` can load the wheel of this file name."""
    return not tags_of(filename).isdisjoint(target_tags(target))


def why_none_fits(filenames: Iterable[str], target: Target) -> str:
    """Return why ``target`` can load none of these wheels. Of all reasons, the one nearest to a fit is returned.

    A newer glibc is nearer than another Python, and another Python is nearer than another machine or system.
    """
    ways = [_Way.of(tag, target) for filename in sorted(filenames) for tag in tags_of(filename)]
    if not ways:
        return "it is published as source only"
    here = [way for way in ways if way.system is None]
    if not here:
        systems = sorted({way.system for way in ways if way.system})
        return f"its wheels are only for {', '.join(systems)}"
    for_python = [way for way in here if way.is_for_python]
    if for_python:
        return _needs_glibc(for_python, target)
    pythons = sorted({way.python for way in here}, key=_python_order)
    reason = f"its wheels are only for Python {', '.join(pythons)}"
    if all(way.glibc for way in here):
        reason += f", and its wheel {_needs_glibc(here, target).removeprefix('its wheel ')}"
    return reason


@dataclass(frozen=True, kw_only=True, slots=True)
class _Way:
    """How one tag of a wheel differs from the target."""

    is_for_python: bool
    python: str
    """The Pythons of the tag, as text."""

    glibc: tuple[int, int] | None
    """The glibc that the tag needs, if it is newer than the target's."""

    system: str | None
    """The system or machine of the tag, if it is not the target's."""

    @classmethod
    def of(cls, tag: Tag, target: Target) -> _Way:
        glibc, system = _platform(tag.platform, target)
        return cls(
            is_for_python=(tag.interpreter, tag.abi) in {(own.interpreter, own.abi) for own in target_tags(target)},
            python=_python(tag),
            glibc=glibc,
            system=system,
        )


def _platform(platform: str, target: Target) -> tuple[tuple[int, int] | None, str | None]:
    """Return the glibc of ``platform`` if it is newer than the target's, and its system or machine if it is another."""
    if platform in {tag.platform for tag in target_tags(target)}:
        return None, None
    match = _GLIBC.fullmatch(platform)
    legacy = next((name for name in _LEGACY_GLIBC if platform.startswith(f"{name}_")), None)
    glibc = (int(match[1]), int(match[2])) if match else _LEGACY_GLIBC.get(legacy or "", (0, 0))
    machine = next((name for name in _MACHINES if platform.endswith(f"_{name}")), None)
    if platform.startswith(("manylinux", "linux")):
        if machine == target.machine:
            return glibc, None
        return None, f"Linux on {machine or 'another machine'}"
    return None, next((name for prefix, name in _SYSTEMS if platform.startswith(prefix)), platform)


def _needs_glibc(ways: Iterable[_Way], target: Target) -> str:
    lowest = min(way.glibc for way in ways if way.glibc)
    return f"its wheel needs glibc {_dotted(lowest)} or newer; {target.runtime} has {_dotted(target.glibc)}"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _python(tag: Tag) -> str:
    name, digits = tag.interpreter[:2], tag.interpreter[2:]
    version = f"{digits[0]}.{digits[1:]}".rstrip(".") if digits.isdecimal() else digits
    text = f"{_INTERPRETERS.get(name, name + ' ')}{version}"
    if tag.abi == "abi3":
        return f"{text} and newer"
    if tag.abi.endswith("t") and name == "cp":
        return f"{text} without GIL"
    return text


def _python_order(text: str) -> tuple[bool, list[int], str]:
    return text[:1].isalpha(), [int(number) for number in re.findall(r"\d+", text)], text
