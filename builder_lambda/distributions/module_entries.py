"""What stored own code adds to an archive. ``modules.py`` and ``code_folder.py`` make what is read here."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from builder_lambda.archive.packed_file import packed_entry
from builder_lambda.errors.code import InvalidModules, ModuleFault, ModuleMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder_lambda.archive.entry import ArchiveEntry
    from builder_lambda.contract.request import ModuleSource

OWN_CODE = "own code"
"""Who brings the files of a code folder, in reports and faults. No module and no distribution can be called that."""


def module_entries(source: ModuleSource, content: bytes | None) -> tuple[ArchiveEntry, ...]:
    """Return the files of a stored module, packed for the layer, ordered by path.

    :raises ModuleMissing: if the content is not there, or is not what ``source`` names.
    :raises InvalidModules: if it has files that are not below the module's name.
    """
    files = _read(content, name=source.name, sha256=source.sha256)
    for path in files:
        folder, _, below = path.partition("/")
        is_below = folder == source.name and _is_plain(below)
        if not is_below and path != f"{source.name}.py":
            raise _refused(source.name, f"its file {path!r} is not below its name")
    return _entries(files, owner=source.name)


def code_entries(sha256: str, content: bytes | None) -> tuple[ArchiveEntry, ...]:
    """Return the files of a function's stored code folder, packed for the root of its payload, ordered by path.

    :raises ModuleMissing: if the content is not there, or does not have this sha256.
    :raises InvalidModules: if it has files that would not be below the root.
    """
    files = _read(content, name=OWN_CODE, sha256=sha256)
    for path in files:
        if not _is_plain(path):
            raise _refused(OWN_CODE, f"its file {path!r} is not below the root")
    return _entries(files, owner=OWN_CODE)


def _read(content: bytes | None, *, name: str, sha256: str) -> dict[str, tuple[bytes, int]]:
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise ModuleMissing(module=name, sha256=sha256)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {info.filename: (archive.read(info), info.external_attr >> 16) for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _refused(name, f"its content is not a zip archive of ours ({error})") from error


def _entries(files: Mapping[str, tuple[bytes, int]], *, owner: str) -> tuple[ArchiveEntry, ...]:
    return tuple(
        packed_entry(path, files[path][0], owner=owner, mode=0o755 if files[path][1] & 0o111 else 0o644)
        for path in sorted(files)
    )


def _is_plain(path: str) -> bool:
    return all(part not in ("", ".", "..") for part in path.split("/"))


def _refused(name: str, reason: str) -> InvalidModules:
    return InvalidModules(faults=(ModuleFault(module=name, reason=reason),))
