"""What a stored module of the user's own adds to a layer. ``modules.py`` makes what is read here."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from builder_lambda.build_errors import InvalidModules, ModuleFault, ModuleMissing
from builder_lambda.packed_entry import packed_entry

if TYPE_CHECKING:
    from builder_lambda.archive_entry import ArchiveEntry
    from builder_lambda.request import ModuleSource


def module_entries(source: ModuleSource, content: bytes | None) -> tuple[ArchiveEntry, ...]:
    """Return the files of a stored module, packed for the layer, ordered by path.

    :raises ModuleMissing: if the content is not there, or is not what ``source`` names.
    :raises InvalidModules: if it has files that are not below the module's name.
    """
    if content is None or hashlib.sha256(content).hexdigest() != source.sha256:
        raise ModuleMissing(module=source.name, sha256=source.sha256)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {info.filename: (archive.read(info), info.external_attr >> 16) for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _refused(source, f"its content is not a zip archive of ours ({error})") from error
    for path in files:
        folder, _, below = path.partition("/")
        is_below = folder == source.name and all(part not in ("", ".", "..") for part in below.split("/"))
        if not is_below and path != f"{source.name}.py":
            raise _refused(source, f"its file {path!r} is not below its name")
    return tuple(
        packed_entry(path, files[path][0], owner=source.name, mode=0o755 if files[path][1] & 0o111 else 0o644)
        for path in sorted(files)
    )


def _refused(source: ModuleSource, reason: str) -> InvalidModules:
    return InvalidModules(faults=(ModuleFault(module=source.name, reason=reason),))
