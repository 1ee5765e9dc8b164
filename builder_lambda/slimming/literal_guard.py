"""Finds files without modules that code which stays reads at run time, by their names in its text.

Known packages read two kinds of files: type stubs by ``lazy_loader.attach_stub`` (scikit-image, librosa), which takes
the names of submodules from them, and C headers by cffi's ``cdef``, whose names are literals in the code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder_lambda.slimming.rules import is_in_source_folder, is_native_source

if TYPE_CHECKING:
    from collections.abc import Iterable


class LiteralGuard:
    """Finds the stubs and native sources that a file reads."""

    def __init__(self, left_out: Iterable[str]) -> None:
        """Look for these files, given by their paths relative to the import folder."""
        self._stubs: set[str] = set()
        self._sources: dict[tuple[str, bytes], list[str]] = {}
        self._beside: dict[str, list[str]] = {}
        suffixes: set[bytes] = set()
        for path in left_out:
            if path.endswith(".pyi"):
                self._stubs.add(path)
            elif is_native_source(path):
                name = path.rpartition("/")[2].encode()
                self._sources.setdefault((_package(path), name), []).append(path)
                suffixes.add(name.rpartition(b".")[2])
                if not is_in_source_folder(path):
                    self._beside.setdefault(_folder(path), []).append(path)
        self._any_literal = re.compile(
            rb"\.(?:" + b"|".join(re.escape(suffix) for suffix in sorted(suffixes)) + rb")['\"]"
        )

    def needed_by(self, path: str, source: bytes) -> list[str]:
        """Return the left-out files that a file names, sorted.

        If it names a native source beside modules, return all native sources beside that one too: Cython and mypyc
        compute the names of most of theirs.
        """
        if not path.endswith(".py"):
            return []
        needed: set[str] = set()
        if b"attach_stub" in source and f"{path}i" in self._stubs:
            needed.add(f"{path}i")
        if self._sources:
            for match in self._any_literal.finditer(source):
                name = _last_name(source, match.end() - 1)
                for found in self._sources.get((_package(path), name), ()):
                    needed.update(self._beside.get(_folder(found), (found,)))
        return sorted(needed)


def _package(path: str) -> str:
    """Return the outermost folder. A literal counts only within it, since many packages use the same names."""
    return path.partition("/")[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _last_name(source: bytes, end: int) -> bytes:
    """Return the file name at the end of a literal, such as ``api.h`` in ``"include/api.h"``."""
    start = end
    while start and source[start - 1 : start] not in (b"/", b"\\", b"'", b'"', b"\n"):
        start -= 1
    return source[start:end]
