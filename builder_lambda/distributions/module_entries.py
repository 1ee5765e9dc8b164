"""Read the archive entries of stored function code and modules. The package ``code`` writes these zips.

Members are copied without compressing them again, like those of wheels. The name of a stored zip is the content hash of
its files, so that their contents are checked.
"""

from __future__ import annotations

import io
import struct
import zipfile
from operator import attrgetter
from typing import TYPE_CHECKING

from builder_lambda.archive.archive import content_hash
from builder_lambda.archive.entry import ArchiveEntry, DamagedEntry
from builder_lambda.archive.member_paths import why_refused
from builder_lambda.contract.bounds import WHEEL_UNPACKED_BYTES
from builder_lambda.errors.code import InvalidModules, ModuleMissing
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.contract.request import ModuleSource

FUNCTION_CODE = "function code"
"""The owner of function code in reports and messages. No module and no distribution can have this name."""

_LOCAL_HEADER = struct.Struct("<26xHH")
"""The lengths of the name and the extra field of a zip member. Its bytes follow them."""


def module_entries(source: ModuleSource, content: bytes | None) -> tuple[ArchiveEntry, ...]:
    """Return the files of a stored module, ordered by path.

    :raises ModuleMissing: if the content is missing, or is not the one that ``source`` names.
    :raises InvalidModules: if it has files that are not below the module's name.
    """
    entries = _checked(content, name=source.name, sha256=source.sha256)
    for entry in entries:
        folder, _, below = entry.path.partition("/")
        is_below = folder == source.name and _is_plain(below)
        if not is_below and entry.path != f"{source.name}.py":
            raise _refused(source.name, f"its file {entry.path!r} is not below its name")
        _check_path(source.name, entry.path)
    return entries


def code_entries(sha256: str, content: bytes | None) -> tuple[ArchiveEntry, ...]:
    """Return the files of stored function code, ordered by path. They go to the root of the deployment package.

    :raises ModuleMissing: if the content is missing, or is not the one of this content hash.
    :raises InvalidModules: if it has files that are not below the root.
    """
    entries = _checked(content, name=FUNCTION_CODE, sha256=sha256)
    for entry in entries:
        if not _is_plain(entry.path):
            raise _refused(FUNCTION_CODE, f"its file {entry.path!r} is not below the root")
        _check_path(FUNCTION_CODE, entry.path)
    return entries


def _checked(content: bytes | None, *, name: str, sha256: str) -> tuple[ArchiveEntry, ...]:
    try:
        entries = tuple(sorted(_copied(content or b"", owner=name), key=attrgetter("path")))
    except (zipfile.BadZipFile, NotImplementedError, struct.error, DamagedEntry) as error:
        raise ModuleMissing(module=name, sha256=sha256) from error
    if content_hash(entries) != sha256:
        raise ModuleMissing(module=name, sha256=sha256)
    return entries


def _copied(content: bytes, *, owner: str) -> Iterator[ArchiveEntry]:
    view = memoryview(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
    if sum(info.file_size for info in infos) > WHEEL_UNPACKED_BYTES:
        raise DamagedEntry("it unpacks to more than any archive may hold")
    for info in infos:
        start = info.header_offset + _LOCAL_HEADER.size + sum(_LOCAL_HEADER.unpack_from(view, info.header_offset))
        yield ArchiveEntry.copied(
            info.filename,
            view[start : start + info.compress_size],
            method=info.compress_type,
            crc32=info.CRC,
            size=info.file_size,
            owner=owner,
            mode=0o755 if (info.external_attr >> 16) & 0o111 else 0o644,
        )


def _is_plain(path: str) -> bool:
    return all(part not in ("", ".", "..") for part in path.split("/"))


def _check_path(name: str, path: str) -> None:
    reason = why_refused(path)
    if reason:
        raise _refused(name, f"its file {path!r} {reason}")


def _refused(name: str, reason: str) -> InvalidModules:
    return InvalidModules(problems=(Problem(place=name, reason=reason),))
