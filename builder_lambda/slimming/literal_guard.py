"""Tell which files that are to be left out are read by files that stay, where the text says so.

Two kinds are read at run time by packages in use: type stubs by ``lazy_loader.attach_stub`` (scikit-image, librosa),
which takes the names of submodules from them, and C headers by cffi's ``cdef``, which code names by a literal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder_lambda.slimming.rules import is_in_source_folder, is_native_source

if TYPE_CHECKING:
    from collections.abc import Iterable


class LiteralGuard:
    """Knows the stubs and native sources that are to be left out, by what code would call them."""

    def __init__(self, left_out: Iterable[str]) -> None:
        """Take the paths of all files that go, relative to the folder that imports begin in."""
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
        """Return the files to be left out that the file reads by their names, sorted.

        Where one is read that lies among modules, all native sources beside it may be: Cython and mypyc name most of
        theirs by names that they compute.
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
    """Return the outermost folder: a literal counts within it, as the same names are everywhere."""
    return path.partition("/")[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _last_name(source: bytes, end: int) -> bytes:
    """Return the file name that ends a literal, such as ``api.h`` of ``"include/api.h"``."""
    start = end
    while start and source[start - 1 : start] not in (b"/", b"\\", b"'", b'"', b"\n"):
        start -= 1
    return source[start:end]
