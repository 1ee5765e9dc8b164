"""Read a layer archive of any tool into :class:`builder_lambda.inspection.contents.LayerContents`.

A file belongs to the distribution whose RECORD lists it ("Recording installed projects" of the packaging
specifications). Bytecode belongs to the distribution of its source. A file in a folder that only one distribution uses
belongs to that one. Slimming tools delete RECORD: then the names of folders are compared with those of distributions.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from builder_lambda.errors.archives import UnreadableArchive
from builder_lambda.inspection import bytecode_header, native_library
from builder_lambda.inspection.bytecode_header import BytecodeHeader
from builder_lambda.inspection.contents import BytecodeSummary, LayerContents, PartContents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from builder_lambda.inspection.contents import Layout


_ROOT = re.compile(r"python/(?:lib/python3\.\d+/site-packages/)?")
_VERSIONED_ROOT = re.compile(r"python/lib/python3\.\d+/site-packages/")
_BYTECODE = re.compile(r"(?:(?P<folder>.*/)?__pycache__/)?(?P<name>[^/.]+)(?:\.[^/]+)?\.pyc")
_SHARED_FOLDERS = ("bin", "include", "share", "__pycache__")
_MOST_METADATA_BYTES = 16_000_000
"""A larger METADATA or RECORD is not read. No real one comes near it."""


def read_layer(path: Path) -> LayerContents:
    """Return the contents of the layer archive at ``path``. Unpacks only metadata and first bytes.

    :raises UnreadableArchive: if it is not a zip archive that can be read.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            contents = _Reading(archive).parts()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").digest()
            size = file.tell()
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except OSError as error:
        raise UnreadableArchive(path=str(path), reason=error.strerror or str(error)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError) as error:
        # RuntimeError: members that are encrypted, or packed by a method that zipfile does not know
        raise UnreadableArchive(path=str(path), reason=str(error)) from error
    distributions, others = contents
    return LayerContents(
        layout=_layout(infos),
        files=len(infos),
        size_bytes=size,
        unpacked_bytes=sum(info.file_size for info in infos),
        code_sha256=base64.b64encode(digest).decode(),
        distributions=distributions,
        others=others,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Distribution:
    """A distribution, by its ``.dist-info`` folder."""

    root: str
    """The folder on the import path that has it, with a slash at its end."""

    name: str
    version: str
    listed: frozenset[str]
    """Paths in the archive."""

    import_names: frozenset[str]
    """Its likely import names, in the normal form of project names. Used where RECORD is missing."""


class _Reading:
    """Reads the parts of one archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}

    def parts(self) -> tuple[tuple[PartContents, ...], tuple[PartContents, ...]]:
        """Return the distributions, and the files of no distribution."""
        distributions = sorted(self._distributions(), key=lambda item: (item.name, item.version))
        owners = _Owners(distributions)
        by_owner: dict[_Distribution, list[str]] = {distribution: [] for distribution in distributions}
        unowned: dict[str, list[str]] = {}
        for path in self._infos:
            owner = owners.of(path)
            if owner is not None:
                by_owner[owner].append(path)
            else:
                unowned.setdefault(_first_part(path), []).append(path)
        return (
            tuple(self._part(owner.name, owner.version, paths) for owner, paths in by_owner.items()),
            tuple(self._part(name, None, unowned[name]) for name in sorted(unowned)),
        )

    def _distributions(self) -> Iterator[_Distribution]:
        for path in self._infos:
            folder, _, last = path.rpartition("/")
            if last != "METADATA" or not folder.endswith(".dist-info"):
                continue
            root = folder[: folder.rfind("/") + 1]
            headers = HeaderParser().parsestr(self._text(path))
            name, _, version = folder.removeprefix(root).removesuffix(".dist-info").partition("-")
            name = canonicalize_name(headers.get("Name") or name)
            yield _Distribution(
                root=root,
                name=name,
                version=headers.get("Version") or version or "unknown",
                listed=frozenset({path, *self._listed(root, f"{folder}/RECORD")}),
                import_names=frozenset(self._import_names(name, f"{folder}/top_level.txt")),
            )

    def _import_names(self, name: str, top_level: str) -> Iterator[str]:
        yield name
        yield name.removeprefix("python-")
        if top_level in self._infos:
            yield from map(canonicalize_name, self._text(top_level).split())

    def _listed(self, root: str, record: str) -> Iterator[str]:
        if record not in self._infos:
            return
        for row in csv.reader(io.StringIO(self._text(record))):
            path = posixpath.normpath(row[0]) if row else ""
            # `pip install --target` lists scripts at their place without --target.
            yield root + re.sub(r"^(?:\.\./)+(?=bin/)", "", path)

    def _text(self, path: str) -> str:
        if self._infos[path].file_size > _MOST_METADATA_BYTES:
            return ""
        return self._archive.read(path).decode("utf-8", "replace")

    def _part(self, name: str, version: str | None, paths: Sequence[str]) -> PartContents:
        infos = [self._infos[path] for path in sorted(paths)]
        lines = "".join(f"{info.filename}\0{info.CRC:08x}\0{info.file_size}\n" for info in infos)
        headers = [
            BytecodeHeader.parse(self._head(info, bytecode_header.HEADER_BYTES))
            for info in infos
            if info.filename.endswith(".pyc")
        ]
        return PartContents(
            name=name,
            version=version,
            files=len(infos),
            size_bytes=sum(info.compress_size for info in infos),
            unpacked_bytes=sum(info.file_size for info in infos),
            bytecode=BytecodeSummary.of(headers, sources=sum(info.filename.endswith(".py") for info in infos)),
            native=tuple(
                native_library.native_library(info.filename, self._head(info, native_library.HEADER_BYTES))
                for info in infos
                if native_library.has_library_name(info.filename)
            ),
            digest=hashlib.sha256(lines.encode()).hexdigest(),
        )

    def _head(self, info: zipfile.ZipInfo, count: int) -> bytes:
        with self._archive.open(info) as member:
            return member.read(count)


class _Owners:
    """Finds the distribution of a path."""

    def __init__(self, distributions: Sequence[_Distribution]) -> None:
        self._listed = {path: item for item in reversed(distributions) for path in item.listed}
        self._roots = sorted({item.root for item in distributions}, key=len, reverse=True)
        self._by_import_name = {
            (item.root, name): item for item in reversed(distributions) for name in item.import_names
        }
        users: dict[tuple[str, str], set[_Distribution]] = {}
        for path, owner in self._listed.items():
            place = self._place(path)
            if place is not None:
                users.setdefault(place, set()).add(owner)
        self._only_users = {place: next(iter(found)) for place, found in users.items() if len(found) == 1}

    def of(self, path: str) -> _Distribution | None:
        if path in self._listed:
            return self._listed[path]
        match = _BYTECODE.fullmatch(path)
        if match is not None:
            return self.of(f"{match['folder'] or ''}{match['name']}.py")
        place = self._place(path)
        if place is None:
            return None
        root, first = place
        import_name = canonicalize_name(first.removesuffix(".libs").partition(".")[0])
        return self._only_users.get(place) or self._by_import_name.get((root, import_name))

    def _place(self, path: str) -> tuple[str, str] | None:
        """Return the folder on the import path, and the top-level entry of ``path`` in it, unless that is shared."""
        root = next((root for root in self._roots if path.startswith(root)), None)
        first = path.removeprefix(root or "").partition("/")[0]
        return None if root is None or first in _SHARED_FOLDERS else (root, first)


def _layout(infos: Sequence[zipfile.ZipInfo]) -> Layout:
    if any(_VERSIONED_ROOT.match(info.filename) for info in infos):
        return "site-packages"
    return "python" if any(info.filename.startswith("python/") for info in infos) else "none"


def _first_part(path: str) -> str:
    """Return the top-level file or folder of a path, below the import path, as a path in the archive."""
    match = _ROOT.match(path)
    root = match[0] if match else ""
    first, slash, _ = path.removeprefix(root).partition("/")
    return f"{root}{first}{slash}"
