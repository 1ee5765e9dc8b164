"""Read the user's own modules: folders and ``.py`` files that go into a layer beside the locked packages.

``distributions/module_entries.py`` reads the stored zip.
"""

from __future__ import annotations

import keyword
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.member_paths import why_refused
from builder_lambda.archive.zip_writer import MAX_ENTRIES
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.bounds import WALKED_ENTRIES
from builder_lambda.contract.request import ModuleSource
from builder_lambda.errors.code import InvalidModules
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEFT_OUT = ("__pycache__",)
"""Ignored like every name that begins with a dot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedModule:
    """A module, ready to be stored."""

    source: ModuleSource
    code: PackedCode


def pack_modules(paths: Sequence[Path]) -> tuple[PackedModule, ...]:
    """Return the modules at these paths: folders, or ``.py`` files.

    A folder is a package of its name. Bytecode and names that begin with a dot are left out. Links are refused: one
    may lead to another file on another machine.

    :raises InvalidModules: naming everything that cannot be put into a layer.
    """
    packed: list[PackedModule] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            packed.append(pack_module(path))
        except InvalidModules as error:
            problems += error.problems
    names = [module.source.name for module in packed]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems += [Problem(place=name, reason="is given twice") for name in twice]
    if problems:
        raise InvalidModules(problems=tuple(problems))
    return tuple(packed)


def _why_too_wide(path: Path) -> str | None:
    """Return why a folder holds more than a module, before it is walked."""
    folder, here = path.absolute().resolve(), Path.cwd()
    if folder == Path(folder.anchor):
        return "is the root of the file system, not a module"
    if folder == Path(os.path.expanduser("~")):  # noqa: PTH111 - Path.home() fails where there is none
        return "is your home, not a module"
    return "holds the current folder, and more than a module" if folder in here.parents else None


def pack_module(path: Path) -> PackedModule:
    """Return the module at this path, a folder or a ``.py`` file.

    :raises InvalidModules: if it cannot be put into a layer.
    """
    if reason := _why_too_wide(path):
        raise InvalidModules(problems=(Problem(place=str(path), reason=reason),))
    name = path.stem if path.suffix == ".py" else path.name
    entries, problems = [], []
    if not name.isidentifier() or keyword.iskeyword(name):
        problems.append(Problem(place=str(path), reason="its name is not one that Python can import"))
    size = 0
    for number, (file, below) in enumerate(_files(path), 1):
        reason = _why_too_much(number, size := size + _size(file))
        if reason is not None:
            raise InvalidModules(problems=(*problems, Problem(place=str(path), reason=reason)))
        refused = why_refused(below)
        if refused:
            problems.append(Problem(place=str(path), reason=f"{below!a} {refused}"))
        elif file.is_symlink():
            problems.append(Problem(place=str(path), reason=f"{below} is a link"))
        elif file.is_file() and (file != path or path.suffix == ".py"):
            mode = 0o755 if os.access(file, os.X_OK) else 0o644
            entries.append(ArchiveEntry.of(below, file.read_bytes(), owner=name, mode=mode))
        elif file == path:
            reason = "is neither a folder nor a .py file" if file.exists() else "is not there"
            problems.append(Problem(place=str(path), reason=reason))
    if not entries and not problems:
        problems.append(Problem(place=str(path), reason="has no files"))
    if problems:
        raise InvalidModules(problems=tuple(problems))
    code = PackedCode.of(entries)
    return PackedModule(source=ModuleSource(name=name, sha256=code.sha256), code=code)


def _size(file: Path) -> int:
    return file.lstat().st_size if os.path.lexists(file) else 0


def _why_too_much(files: int, size: int) -> str | None:
    if files > MAX_ENTRIES:
        return f"has more than {MAX_ENTRIES:,} files; an archive can hold no more"
    if size > MAX_UNPACKED_BYTES:
        return f"has more than {MAX_UNPACKED_BYTES:,} bytes; Lambda allows no more for a function and all its layers"
    return None


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file of a module with its path in the layer. Links are not followed."""
    if path.is_symlink() or not path.is_dir():
        yield path, path.name
        return
    walked = 0
    for folder, folders, names in os.walk(path):
        walked += len(folders) + len(names)
        if walked > WALKED_ENTRIES:
            reason = f"holds more than {WALKED_ENTRIES:,} files and folders"
            raise InvalidModules(problems=(Problem(place=str(path), reason=reason),))
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not name.startswith(".")]
        linked = [name for name in folders if Path(folder, name).is_symlink()]
        for name in (*names, *linked):
            if not name.startswith(".") and not name.endswith((".pyc", ".pyo")):
                file = Path(folder, name)
                yield file, (Path(path.name) / file.relative_to(path)).as_posix()
