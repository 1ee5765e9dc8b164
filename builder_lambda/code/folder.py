"""Read a folder of function code, whose files go to the root of the deployment package.

``ignored_files.py`` decides which files are code. ``distributions/module_entries.py`` reads the stored zip.
"""

from __future__ import annotations

import re
import stat
from itertools import islice
from typing import TYPE_CHECKING

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.member_paths import why_refused
from builder_lambda.archive.zip_writer import MAX_ENTRIES
from builder_lambda.code.ignored_files import NEVER_PACKED, IgnoredFiles
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.bounds import WALKED_DEPTH, WALKED_ENTRIES
from builder_lambda.distributions.module_entries import FUNCTION_CODE
from builder_lambda.errors.code import InvalidCode
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_SHOWN = 200
_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


def pack_code(
    folder: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = (), inputs: Collection[Path] = ()
) -> PackedCode:
    """Return the code in a folder.

    Links inside of the folder are followed. A link out of it is an error: it may lead to another file on another
    machine. The mode is 0755 if anybody may execute the file, else 0644.

    :param include: patterns of files that are code although a rule, a ``.gitignore`` file or ``exclude`` ignores them.
    :param exclude: patterns of files that are not code.
    :param inputs: input files such as requirements. They are not code, unless a pattern includes them.
    :raises InvalidCode: naming everything that cannot be packed.
    """
    if not folder.is_dir():
        reason = "is not a folder" if folder.exists() else "is not there"
        raise InvalidCode(problems=(Problem(place=str(folder), reason=reason),))
    root = folder.resolve()
    patterns = [f"/{_escaped(path)}" for path in _below(root, inputs)]
    try:
        rules = IgnoredFiles.of(root, include=include, exclude=[*patterns, *exclude])
    except (ValueError, re.error) as error:
        raise InvalidCode(problems=(Problem(place="include, exclude", reason=str(error)),)) from error
    walk = _Walk(root)
    walk.enter(root, "", rules, chain=(root,))
    entries = walk.entries()
    problems = [*walk.problems, *_of_all(folder, entries)]
    if problems:
        raise InvalidCode(problems=tuple(problems))
    return PackedCode.of(entries)


class _Walk:
    """Finds the files of a folder that are code, and collects what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: dict[str, Path] = {}
        self._left = WALKED_ENTRIES
        self.problems: list[Problem] = []

    def enter(self, folder: Path, path: str, rules: IgnoredFiles, *, chain: tuple[Path, ...]) -> None:
        """Collect the files in a folder and in the folders below it.

        :param path: of the folder in the code, with a slash at its end.
        :param chain: the real paths of this folder and of those above it, to detect a circle of links.
        """
        for entry in self._listed(folder, path):
            below = path + entry.name
            is_folder = entry.is_dir()
            is_left_out = rules.leaves_out(f"{below}/" if is_folder else below)
            if is_folder and rules.is_worth_entering(entry, is_left_out=is_left_out):
                real = entry.resolve()
                if self._leads_astray(entry, below, chain, is_left_out=is_left_out):
                    continue
                inner = rules.below(entry, f"{below}/", is_left_out=is_left_out)
                self.enter(entry, f"{below}/", inner, chain=(*chain, real))
            elif not is_folder and not is_left_out and not self._leads_astray(entry, below, (), is_left_out=False):
                self._found[below] = entry

    def _listed(self, folder: Path, path: str) -> list[Path]:
        """Return what is in a folder, in order.

        :raises InvalidCode: if more was looked at than a folder of code holds.
        """
        reason = None
        listed = list(islice(folder.iterdir(), self._left + 1))
        self._left -= len(listed)
        if self._left < 0:
            reason = f"more than {WALKED_ENTRIES:,} files and folders are in it or beside it"
        elif path.count("/") > WALKED_DEPTH:
            reason = f"more than {WALKED_DEPTH} folders are in each other"
        if reason is not None:
            place = path[:_SHOWN] or self._root.name
            raise InvalidCode(problems=(*self.problems, Problem(place=place, reason=reason)))
        return sorted(listed)

    def entries(self) -> list[ArchiveEntry]:
        """Return the files, ordered by path."""
        read = []
        size = 0
        for path in sorted(self._found):
            file = self._found[path]
            try:
                path.encode()
                size += file.stat().st_size
                mode = 0o755 if file.stat().st_mode & _EXECUTABLE else 0o644
                # Files beyond Lambda's limit are not read: one may be a disk image.
                content = file.read_bytes() if size <= MAX_UNPACKED_BYTES else b""
            except (OSError, UnicodeEncodeError) as error:
                reason = getattr(error, "strerror", None) or "has a name that is not text"
                self.problems.append(Problem(place=ascii(path)[1:-1], reason=f"cannot be read: {reason}"))
                continue
            refused = why_refused(path)
            if refused:
                self.problems.append(Problem(place=ascii(path)[1:-1], reason=refused))
                continue
            read.append(ArchiveEntry.of(path, content, owner=FUNCTION_CODE, mode=mode))
        if size > MAX_UNPACKED_BYTES:
            reason = (
                f"the files are {size:,} bytes; Lambda allows {MAX_UNPACKED_BYTES:,} for a function and all its layers"
            )
            self.problems.append(Problem(place=str(self._root.name), reason=reason))
        return read

    def _leads_astray(self, entry: Path, below: str, chain: tuple[Path, ...], *, is_left_out: bool) -> bool:
        """Return whether the entry is not a file or folder of the code, and collect the reason."""
        real = entry.resolve()
        reason = None
        if not real.is_relative_to(self._root):
            reason = f"is a link that leads out of the folder, to {real}"
        elif entry.is_symlink() and NEVER_PACKED.intersection(real.relative_to(self._root).parts):
            reason = f"is a link to {real.relative_to(self._root).as_posix()}, which is never packed"
        elif real in chain:
            reason = "is a link to a folder that it is in"
        elif not real.exists():
            reason = "is a link that leads nowhere"
        elif not (real.is_file() or real.is_dir()):
            reason = "is neither a file nor a folder"
        if reason and not is_left_out:
            self.problems.append(Problem(place=below, reason=reason))
        return reason is not None


def _of_all(folder: Path, entries: Sequence[ArchiveEntry]) -> list[Problem]:
    if not entries:
        return [Problem(place=str(folder), reason="holds no code")]
    if len(entries) > MAX_ENTRIES:
        reason = f"has {len(entries):,} files; an archive can hold {MAX_ENTRIES:,}"
        return [Problem(place=str(folder), reason=reason)]
    return []


def _below(root: Path, paths: Collection[Path]) -> list[str]:
    resolved = [path.resolve() for path in paths]
    return sorted(path.relative_to(root).as_posix() for path in resolved if path.is_relative_to(root) and path != root)


def _escaped(path: str) -> str:
    return "".join(f"\\{character}" if character in "*?[]!# \\" else character for character in path)
