"""A function's own code: a folder whose contents go to the root of the payload.

Packed into a zip that is the same wherever it is made; the zip is stored under its sha256, so that only changed content
is a change. ``module_entries.py`` reads it again; what is not code is told by ``ignored_files.py``.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.zip_writer import MAX_ENTRIES, ZipWriter
from builder_lambda.code.ignored_files import NEVER_PACKED, IgnoredFiles
from builder_lambda.contract.store_keys import module_key
from builder_lambda.distributions.module_entries import OWN_CODE
from builder_lambda.errors.code import CodeFault, InvalidCode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedCode:
    """A code folder, ready to be stored at :attr:`key`."""

    sha256: str
    """Of the zip, in hex."""

    content: bytes
    """The zip."""

    files: Mapping[str, bytes] = field(repr=False)
    """What is in it, by path."""

    @property
    def key(self) -> str:
        """Where the store has it."""
        return module_key(self.sha256)


def pack_code(
    folder: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = (), inputs: Collection[Path] = ()
) -> PackedCode:
    """Return the code in a folder.

    Links to files and folders inside of it are followed; a link that leads out of it is a fault, as what it names
    may be another thing on another machine. Modes are 0755 for what somebody may execute, else 0644.

    :param include: patterns of what is code although a rule, a ``.gitignore`` file or ``exclude`` leaves it out.
    :param exclude: patterns of what is not.
    :param inputs: files that something is made of, such as requirements: they are not code, unless included.
    :raises InvalidCode: naming everything that cannot be packed.
    """
    if not folder.is_dir():
        reason = "is not a folder" if folder.exists() else "is not there"
        raise InvalidCode(faults=(CodeFault(path=str(folder), reason=reason),))
    root = folder.resolve()
    patterns = [f"/{_escaped(path)}" for path in _below(root, inputs)]
    try:
        rules = IgnoredFiles.of(root, include=include, exclude=[*patterns, *exclude])
    except (ValueError, re.error) as error:
        raise InvalidCode(faults=(CodeFault(path="include, exclude", reason=str(error)),)) from error
    walk = _Walk(root)
    walk.enter(root, "", rules, chain=(root,))
    entries = walk.entries()
    faults = [*walk.faults, *_of_all(folder, entries)]
    if faults:
        raise InvalidCode(faults=tuple(faults))
    content = _zip(entries)
    return PackedCode(
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        files={entry.path: bytes(entry.packed) for entry in entries},
    )


class _Walk:
    """Finds the files of a folder that are code."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: dict[str, Path] = {}
        self.faults: list[CodeFault] = []

    def enter(self, folder: Path, path: str, rules: IgnoredFiles, *, chain: tuple[Path, ...]) -> None:
        """Look into a folder.

        :param path: of the folder in the code, with a slash at its end.
        :param chain: where this folder and those around it really are, so that a circle of links is noticed.
        """
        for entry in sorted(folder.iterdir()):
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

    def entries(self) -> list[ArchiveEntry]:
        """Return the files, in order of their paths."""
        read = []
        size = 0
        for path in sorted(self._found):
            file = self._found[path]
            try:
                path.encode()
                size += file.stat().st_size
                mode = 0o755 if file.stat().st_mode & _EXECUTABLE else 0o644
                # More than Lambda takes is not read: it may be a disk image.
                content = file.read_bytes() if size <= MAX_UNPACKED_BYTES else b""
            except (OSError, UnicodeEncodeError) as error:
                reason = getattr(error, "strerror", None) or "has a name that is not text"
                self.faults.append(CodeFault(path=ascii(path)[1:-1], reason=f"cannot be read: {reason}"))
                continue
            read.append(ArchiveEntry.of(path, content, owner=OWN_CODE, mode=mode))
        if size > MAX_UNPACKED_BYTES:
            reason = f"the files are {size:,} bytes; Lambda allows {MAX_UNPACKED_BYTES:,} for all of a function"
            self.faults.append(CodeFault(path=str(self._root.name), reason=reason))
        return read

    def _leads_astray(self, entry: Path, below: str, chain: tuple[Path, ...], *, is_left_out: bool) -> bool:
        """Tell whether what is found is not a file or folder of the code, and note why."""
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
            self.faults.append(CodeFault(path=below, reason=reason))
        return reason is not None


def _of_all(folder: Path, entries: Sequence[ArchiveEntry]) -> list[CodeFault]:
    if not entries:
        return [CodeFault(path=str(folder), reason="holds no code")]
    if len(entries) > MAX_ENTRIES:
        reason = f"has {len(entries):,} files; an archive can hold {MAX_ENTRIES:,}"
        return [CodeFault(path=str(folder), reason=reason)]
    return []


def _zip(entries: Sequence[ArchiveEntry]) -> bytes:
    stream = io.BytesIO()
    writer = ZipWriter(stream)
    for entry in entries:
        writer.write(entry.path, entry)
    writer.finish()
    return stream.getvalue()


def _below(root: Path, paths: Collection[Path]) -> list[str]:
    resolved = [path.resolve() for path in paths]
    return sorted(path.relative_to(root).as_posix() for path in resolved if path.is_relative_to(root) and path != root)


def _escaped(path: str) -> str:
    return "".join(f"\\{character}" if character in "*?[]!# \\" else character for character in path)
