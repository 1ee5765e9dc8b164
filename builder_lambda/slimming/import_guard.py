"""Finds left-out modules that code which stays imports.

Imports are read from the text, not from a syntax tree. A tree needs the grammar of the target's Python, so hosts with
different Pythons would build different layers. The text finds too much rather than too little: an import in a docstring
counts. So an unneeded file may stay, but no imported file is missing.

It finds all forms of ``import`` and ``from ... import``, ``import_module`` and ``__import__`` of a literal, entry
points, and literals with names of submodules in the ``__init__.py`` of a package (``__all__``, lazy loaders).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_NAME = rb"[\w\x80-\xff]+"
_DOTTED = rb"[\w.\x80-\xff]+"
_IMPORT_WORD = re.compile(rb"import(?<!\wimport)(?!\w)")
_BEFORE_IMPORT = re.compile(rb"(?:.*[;:])?[ \t]*(?:from(?!\w)([\w. \t\x80-\xff]*))?\Z")
"""The text before the word on its line: empty, or ``from`` and a name. Either may follow another statement."""
_AFTER_IMPORT = re.compile(rb"[ \t]*(\((?:[^()#]|#[^\n]*\n)*\)|[^\n;#]+)")
_IMPORT_CALL = re.compile(rb"(?:import_module|__import__)\s*\(\s*(?:name\s*=\s*)?[rRuU]?(['\"])(" + _DOTTED + rb")\1")
_LITERAL = re.compile(rb"(['\"])(" + _NAME + rb")\1")
_ENTRY_POINT = re.compile(rb"^[^=\n]+=\s*(" + _DOTTED + rb")", re.MULTILINE)
_AS = re.compile(rb"\sas\s")
_COMMENT = re.compile(rb"#[^\n]*")
_CONTINUATION = re.compile(rb"\\\r?\n")


class ImportGuard:
    """Finds the left-out modules that a file imports."""

    def __init__(self, kept: Collection[str], left_out: Collection[str]) -> None:
        """Look for the modules in ``left_out``. All paths are relative to the import folder."""
        self._gone: dict[str, list[str]] = {}
        for path in sorted(left_out):
            module = module_name(path)
            if module is not None:
                self._gone.setdefault(module, []).append(path)
        self._words = _searched_words(kept, (path for paths in self._gone.values() for path in paths))
        self._whole_words = [re.compile(_whole(word)) for word in self._words]
        self._left_out = frozenset(left_out)

    def needed_by(self, path: str, source: bytes) -> list[str]:
        """Return the left-out files that a file imports, with the packages of both, sorted."""
        needed = {f"{folder}/__init__.py" for folder in _folders(path)} & self._left_out if module_name(path) else set()
        if path in self._left_out or self._may_import(source):
            for module in set(_imported(path, source)):
                parts = module.split(".")
                for length in range(1, len(parts) + 1):  # importing a module imports its packages
                    needed.update(self._gone.get(".".join(parts[:length]), ()))
        needed.discard(path)
        return sorted(needed)

    def _may_import(self, source: bytes) -> bool:
        """Rule out most files, in a hundredth of the time that it takes to read their imports."""
        return any(
            word in source and pattern.search(source)
            for word, pattern in zip(self._words, self._whole_words, strict=True)
        )


def module_name(path: str) -> str | None:
    """Return the name with which a file is imported, or ``None`` if it is not a module."""
    folders, _, name = path.rpartition("/")
    stem, _, suffix = name.partition(".")
    if suffix != "py" and not suffix.endswith("so"):
        return None
    parts = [*folders.split("/")] if folders else []
    if stem != "__init__":
        parts.append(stem)
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


def _whole(word: bytes) -> bytes:
    """Return a pattern for a whole word. It begins with the letters, which ``re`` finds several times as fast."""
    literal = re.escape(word)
    return literal + rb"(?<!\w" + literal + rb")(?!\w)"


def _searched_words(kept: Collection[str], gone: Iterator[str]) -> list[bytes]:
    """Return words of which every import of a left-out module contains one.

    Such a word is the name of the highest folder in which no module stays. Code outside must name it in an import.
    """
    folders_kept: set[str] = set()
    for path in kept:
        if module_name(path) is not None:
            folders_kept.update(_folders(path))
    words: set[str] = set()
    for path in gone:
        emptied = next((folder for folder in _folders(path) if folder not in folders_kept), None)
        words.add(emptied.rpartition("/")[2] if emptied else (module_name(path) or "").rpartition(".")[2])
    return sorted(word.encode() for word in words)


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _imported(path: str, source: bytes) -> Iterator[str]:
    """Yield the absolute names that a file may import. ``from a import b`` gives both ``a`` and ``a.b``."""
    if path.endswith("/entry_points.txt"):
        yield from (match[1].decode(errors="replace") for match in _ENTRY_POINT.finditer(source))
        return
    package = path.split("/")[:-1]
    text = _CONTINUATION.sub(b" ", source)
    for word in _IMPORT_WORD.finditer(text):
        before = _BEFORE_IMPORT.match(text, text.rfind(b"\n", 0, word.start()) + 1, word.start())
        after = _AFTER_IMPORT.match(text, word.end())
        if before and after:
            yield from _imported_by_statement(before[1], after[1], package)
    if b"import_module" in text or b"__import__" in text:
        calls = (_absolute(match[2].decode(errors="replace"), package) for match in _IMPORT_CALL.finditer(text))
        yield from (name for name in calls if name)
    if path.endswith("__init__.py"):
        yield from (".".join([*package, match[2].decode(errors="replace")]) for match in _LITERAL.finditer(text))


def _imported_by_statement(base: bytes | None, names: bytes, package: list[str]) -> Iterator[str]:
    """Yield what ``from base import names`` imports, or ``import names`` if there is no base."""
    if base is None:
        yield from _names(names)
        return
    absolute = _absolute(b"".join(base.split()).decode(errors="replace"), package)
    if absolute is None:
        return
    if absolute:
        yield absolute
    yield from (f"{absolute}.{name}" if absolute else name for name in _names(names.strip(b"()")))


def _names(text: bytes) -> Iterator[str]:
    """Yield the names in a list such as ``a, b as c``."""
    for item in _COMMENT.sub(b"", text).split(b","):
        name = b"".join(_AS.split(item, maxsplit=1)[0].split())
        if name:
            yield name.decode(errors="replace")


def _absolute(name: str, package: list[str]) -> str | None:
    """Return the absolute form of a name, or ``None`` if its leading dots go above the outermost package."""
    relative = name.lstrip(".")
    dots = len(name) - len(relative)
    if not dots:
        return name
    if dots > len(package):
        return None
    return ".".join([*package[: len(package) - dots + 1], *([relative] if relative else [])])
