"""Decide which files of a folder are code: by name, by ``.gitignore`` files and by patterns of the user.

The first rule that applies wins: names that are never packed; ``include``; ``exclude``; the ``.gitignore`` files from
the innermost outwards; names that begin with a dot. All patterns have the form of ``.gitignore``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NEVER_PACKED = frozenset({".git", ".venv", "__pycache__"})
"""Repositories, virtual environments and bytecode: never code, and often larger than the code."""

_BYTECODE = (".pyc", ".pyo")
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
"""A folder with this file is a virtual environment, whatever its name (PEP 405)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _GitIgnore:
    """One ``.gitignore`` file."""

    folder: str
    """Its folder, relative to the code folder, with a slash at its end; empty for the code folder itself."""

    above: str
    """For a file above the code folder: the path from there to the code folder, with a slash at its end."""

    spec: GitIgnoreSpec

    def verdict(self, path: str) -> bool | None:
        """Return whether the file ignores a path of the code folder; ``None`` if no rule applies to it.

        Like in git, only rules count that match the path itself: the folders above it were checked before.
        """
        below = self.above + path.removeprefix(self.folder)
        for pattern in reversed(self.spec.patterns):
            found = pattern.match_file(below)
            if found is not None and _is_whole(found.match, below):
                return pattern.include
        return None

    def ignores_all(self) -> bool:
        """Return whether a file above the code folder ignores that folder, or one above it."""
        return bool(self.spec.check_file(self.above).include)


@dataclass(frozen=True, kw_only=True, slots=True)
class IgnoredFiles:
    """The rules of one folder of the code. :meth:`below` returns those of a folder in it."""

    include: GitIgnoreSpec
    exclude: GitIgnoreSpec
    has_includes: bool
    gitignores: tuple[_GitIgnore, ...] = ()
    """The innermost last."""

    ignores_all: bool = False
    """Whether the folder is ignored, so that only ``include`` can add files of it."""

    @classmethod
    def of(cls, code: Path, *, include: Sequence[str], exclude: Sequence[str]) -> IgnoredFiles:
        """Return the rules of the code folder itself, with the ``.gitignore`` files up to its repository's root.

        Files above do not count if they ignore the whole folder: the user has named it on purpose, such as the output
        folder of a build.

        :raises ValueError: if a pattern is not valid. Some such patterns raise ``re.error``.
        """
        rules = cls(
            include=GitIgnoreSpec.from_lines(include),
            exclude=GitIgnoreSpec.from_lines(exclude),
            has_includes=bool(include),
        )
        above = [found for folder in _up_to_repository(code) if (found := _read(folder, code))]
        is_ignored = any(found.ignores_all() for found in above)
        return rules._with(code, "", () if is_ignored else tuple(reversed(above)))

    def below(self, folder: Path, path: str, *, is_left_out: bool) -> IgnoredFiles:
        """Return the rules of a folder in this one.

        :param path: of the folder in the code, with a slash at its end.
        :param is_left_out: whether the folder itself is ignored.
        """
        return self._with(folder, path, self.gitignores, ignores_all=is_left_out)

    def leaves_out(self, path: str) -> bool:
        """Return whether a file, or a folder (with a slash at its end), is ignored."""
        name = path.rstrip("/").rpartition("/")[2]
        if name in NEVER_PACKED or name.endswith(_BYTECODE):
            return True
        if self.include.check_file(path).include:
            return False
        if self.exclude.check_file(path).include or self.ignores_all:
            return True
        for gitignore in reversed(self.gitignores):
            verdict = gitignore.verdict(path)
            if verdict is not None:
                return verdict
        return name.startswith(".")

    def is_worth_entering(self, folder: Path, *, is_left_out: bool) -> bool:
        """Return whether a folder may hold code. An ignored folder may, if there are ``include`` patterns."""
        if folder.name in NEVER_PACKED or (folder / _VIRTUAL_ENVIRONMENT).exists():
            return False
        return not is_left_out or self.has_includes

    def _with(
        self, folder: Path, path: str, outer: tuple[_GitIgnore, ...], *, ignores_all: bool = False
    ) -> IgnoredFiles:
        file = folder / ".gitignore"
        own = (_GitIgnore(folder=path, above="", spec=_spec(file)),) if file.is_file() else ()
        return IgnoredFiles(
            include=self.include,
            exclude=self.exclude,
            has_includes=self.has_includes,
            gitignores=(*outer, *own),
            ignores_all=ignores_all,
        )


def _up_to_repository(code: Path) -> list[Path]:
    """Return the folders above the code up to the root of its repository, innermost first; none if it is in none."""
    folders = [code, *code.parents]
    for depth, folder in enumerate(folders):
        if (folder / ".git").exists():
            return folders[1 : depth + 1]
    return []


def _read(folder: Path, code: Path) -> _GitIgnore | None:
    file = folder / ".gitignore"
    if not file.is_file():
        return None
    return _GitIgnore(folder="", above=f"{code.relative_to(folder).as_posix()}/", spec=_spec(file))


def _spec(file: Path) -> GitIgnoreSpec:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_whole(match: re.Match[str], path: str) -> bool:
    """Return whether a rule matches the path itself, and not only a folder above it.

    pathspec's expressions mark the end of a folder by a group. That of ``a/**`` has no group, and matches ``a/`` too.
    """
    if match[0] == "/":  # of `*/` and `**/`, which match every folder
        return path.endswith("/")
    if match.lastgroup is None:
        return not (match[0].endswith("/") and match.end() == len(path))
    return match.end() == len(path)


def _is_pattern(line: str) -> bool:
    """Return whether a line is valid. Like git, others are ignored."""
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
