"""Checks whether the target can load a built wheel: its name, its tags and its native libraries.

Pure. A build may compile for its own machine, or against a newer C library, and still succeed.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from packaging.version import Version

from builder_lambda.locks.wheel_fit import fits, why_none_fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.contract.targets import Target
    from builder_lambda.distributions.wheel_file import WheelFile
    from builder_lambda.ports.source_build import SourceDistribution

_ELF = b"\x7fELF"
_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64", "EM_386": "i386", "EM_ARM": "arm"}

_IN_THE_RUNTIME = frozenset(
    {
        *("libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0", "libutil.so.1", "libresolv.so.2"),
        *("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libgcc_s.so.1", "libstdc++.so.6"),
    }
)
"""The parts of the C library, and two libraries of its compiler. Every Linux that wheels are for has them (PEP 600)."""

_SYMBOL_VERSION = re.compile(r"(GLIBC|GLIBCXX)_(\d+(?:\.\d+)+)")
_GLIBCXX = {(2, 26): "3.4.24", (2, 34): "3.4.29"}
"""The C++ library of Amazon Linux 2 (GCC 7) and 2023 (GCC 11), by their C library. Source: GCC, "ABI Policy"."""


class NeededLibraries(Exception):
    """A native library needs others that are neither in the runtime nor in the wheel."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Keep the names, in order."""
        super().__init__(", ".join(names))
        self.names = names


def problems_of(wheel: WheelFile, source: SourceDistribution) -> tuple[str, ...]:
    """Return every reason why ``wheel`` is not the wheel of ``source`` for its target; none if it is.

    :raises NeededLibraries: if the only reasons are libraries that the runtime lacks.
    :raises InvalidWheel: if a member is damaged.
    """
    problems, needed = list(_names(wheel, source)), set[str]()
    own = {path.rpartition("/")[2] for path in wheel.members}
    for path in sorted(wheel.members):
        content = wheel.read(path)
        if content[: len(_ELF)] != _ELF:
            continue
        try:
            elf = ELFFile(io.BytesIO(content))
            problems += (f"{path}: {problem}" for problem in _elf_problems(elf, source.target))
            needed |= set(_needed(elf)) - own
        except (ELFError, ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            problems.append(f"{path}: it is not a readable ELF file ({str(error) or type(error).__name__})")
    missing = tuple(sorted(needed - _IN_THE_RUNTIME))
    if missing and not problems:
        raise NeededLibraries(missing)
    return (*problems, *(f"it needs the library {name}, which the runtime does not have" for name in missing))


def _names(wheel: WheelFile, source: SourceDistribution) -> Iterator[str]:
    if wheel.name != source.name:
        yield f"it belongs to the project {wheel.name}, not {source.name}"
    if Version(wheel.version) != Version(source.version):
        yield f"it has version {wheel.version}, not {source.version}"
    if not fits(wheel.filename, source.target):
        yield why_none_fits([wheel.filename], source.target)


def _elf_problems(elf: ELFFile, target: Target) -> Iterator[str]:
    machine = _MACHINES.get(elf["e_machine"], str(elf["e_machine"]))
    if elf.elfclass != 64 or machine != target.machine:
        yield f"it is for {machine}, not {target.machine}"
    have = {"GLIBC": ".".join(map(str, target.glibc)), "GLIBCXX": _GLIBCXX[target.glibc]}
    for library, version in sorted(_highest(elf).items()):
        if version > Version(have[library]):
            yield f"it needs {library} {version}; {target.runtime} has {have[library]}"


def _highest(elf: ELFFile) -> dict[str, Version]:
    """Return the highest symbol version that a file needs, for each library with versioned symbols."""
    highest: dict[str, Version] = {}
    for section in elf.iter_sections():
        if not isinstance(section, GNUVerNeedSection):
            continue
        for _, symbols in section.iter_versions():
            for symbol in symbols:
                found = _SYMBOL_VERSION.fullmatch(symbol.name)
                if found:
                    version = Version(found[2])
                    highest[found[1]] = max(version, highest.get(found[1], version))
    return highest


def _needed(elf: ELFFile) -> Iterator[str]:
    for segment in elf.iter_segments():
        if isinstance(segment, DynamicSegment):
            yield from (str(vars(tag)["needed"]) for tag in segment.iter_tags("DT_NEEDED"))  # untyped
