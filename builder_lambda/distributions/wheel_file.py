"""Open a wheel and check that its members are safe to copy without unpacking them.

Pure. The checks run once, when the wheel is opened: paths, file types and methods. The two headers of each member must
agree, and no two members may share bytes: otherwise two readers could see different content. Nothing is inflated
before the number of members, their sizes and those of the metadata files are within ``contract/bounds.py``.
Format: PEP 427 and "Binary distribution format" of the packaging specifications.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import stat
import struct
import zipfile
import zlib
from email.parser import HeaderParser
from functools import cached_property
from typing import TYPE_CHECKING, cast

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from builder_lambda.archive.entry import DEFLATED, STORED, DamagedEntry, unpacked_pieces
from builder_lambda.archive.member_paths import why_refused
from builder_lambda.contract.bounds import (
    DIRECTORY_BYTES,
    METADATA_BYTES,
    MOST_INFLATED,
    RECORD_BYTES,
    SHORT_METADATA_BYTES,
    WHEEL_MEMBERS,
    WHEEL_UNPACKED_BYTES,
)
from builder_lambda.distributions.buffer_reader import BufferReader
from builder_lambda.distributions.local_header import start_of_member
from builder_lambda.errors.wheels import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.archive.mapped_memory import WheelBytes

_ENCRYPTED = 0x0001
_NOT_READ = 0x0020 | 0x0040
_DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
"""The algorithms of RECORD. "Recording installed projects" allows sha256 or better."""
_LONGEST_SIZE = 20
"""Digits of the largest size that the zip format can state."""
_METADATA_BOUNDS = {
    "WHEEL": SHORT_METADATA_BYTES,
    "METADATA": METADATA_BYTES,
    "entry_points.txt": SHORT_METADATA_BYTES,
    "RECORD": RECORD_BYTES,
}


class _DirectoryReader(BufferReader):
    """The file of a wheel. Of its members it reads only their table, which must be within its bound."""

    def part(self, start: int, end: int) -> memoryview:
        if end - start > DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"the table of its members is larger than {DIRECTORY_BYTES:,} bytes")
        return super().part(start, end)


class WheelFile:
    """An opened wheel: its members by path, and its RECORD."""

    def __init__(self, filename: str, content: WheelBytes) -> None:
        """Open and check a wheel.

        :raises InvalidWheel: with the reason why it cannot be used.
        """
        self.filename = filename
        self._buffer = memoryview(content)
        try:
            self.name, version, _, _ = parse_wheel_filename(filename)
            reader = io.BufferedReader(_DirectoryReader(self._buffer))
            with zipfile.ZipFile(cast("io.BytesIO", reader)) as archive:
                infos = archive.infolist()
        except InvalidWheelFilename as error:
            raise self._invalid("its file name is not that of a wheel") from error
        except (zipfile.BadZipFile, UnicodeDecodeError, struct.error, NotImplementedError) as error:
            raise self._invalid(f"it is not a readable zip archive ({error})") from error

        self.version = str(version)
        self._check_sizes(infos)
        self._record: dict[str, str] = {}  # until it is read, members are not compared with it
        self._starts = dict(self._data_starts(infos))
        self.members = {info.filename: info for info in infos if not info.is_dir()}
        self.dist_info = self._find_dist_info()
        self._check_metadata_sizes()
        self._check_version()
        self._check_metadata()
        self._record = self._read_record()

    @property
    def owner(self) -> str:
        """Return ``name version``, as messages name a distribution."""
        return f"{self.name} {self.version}"

    @cached_property
    def data(self) -> str:
        """Return the name of the ``.data`` folder, whose parts an installer moves."""
        return f"{self.dist_info.removesuffix('.dist-info')}.data"

    def packed(self, path: str) -> memoryview:
        """Return the packed bytes of a member."""
        info = self.members[path]
        start = self._starts[path]
        return self._buffer[start : start + info.compress_size]

    def read(self, path: str) -> bytes:
        """Return the content of a member, checked against its size, its CRC and its digest in RECORD.

        :raises InvalidWheel: if it is damaged, or not what RECORD declares.
        """
        info = self.members[path]
        content = bytes(self.packed(path))
        try:
            if info.compress_type == DEFLATED:
                content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, info.file_size + 1)
        except zlib.error as error:
            raise self._invalid(f"the member {path!r} is damaged") from error
        if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
            raise self._invalid(f"the member {path!r} is damaged")
        algorithm, declared = self._declared_digest(path)
        if algorithm and declared != hashlib.new(algorithm, content).digest():
            raise self._invalid(f"the member {path!r} is not what its RECORD declares")
        return content

    def sha256_of(self, path: str) -> str:
        """Return the digest of a member's content in hex, checked like :meth:`read`. Holds one piece at a time.

        :raises InvalidWheel: if the member is damaged, or not what RECORD declares.
        """
        info, sha256, size, crc32 = self.members[path], hashlib.sha256(), 0, 0
        algorithm, declared = self._declared_digest(path)
        other = hashlib.new(algorithm) if algorithm else sha256
        try:
            for piece in unpacked_pieces(path, self.packed(path), info.compress_type, info.file_size):
                size, crc32 = size + len(piece), zlib.crc32(piece, crc32)
                for digest in {sha256, other}:
                    digest.update(piece)
        except DamagedEntry as error:
            raise self._invalid(f"the member {error}") from error
        if size != info.file_size or crc32 != info.CRC:
            raise self._invalid(f"the member {path!r} is damaged")
        if algorithm and other.digest() != declared:
            raise self._invalid(f"the member {path!r} is not what its RECORD declares")
        return sha256.hexdigest()

    def declared_sha256(self, path: str) -> str | None:
        """Return the digest of a member in RECORD, in hex, or ``None`` if it has no sha256.

        :raises InvalidWheel: if it is not a valid digest.
        """
        algorithm, digest = self._declared_digest(path)
        return digest.hex() if algorithm == "sha256" else None

    def _declared_digest(self, path: str) -> tuple[str, bytes]:
        """Return the algorithm and the digest of a member in RECORD. Both are empty if it has none."""
        algorithm, _, value = self._record.get(path, "").partition("=")
        if not algorithm:
            return "", b""
        if algorithm not in _DIGEST_BYTES:
            raise self._invalid(f"its RECORD has a digest of {path!r} that is not sha256, sha384 or sha512")
        try:
            digest = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except ValueError:
            digest = b""
        if len(digest) != _DIGEST_BYTES[algorithm]:
            raise self._invalid(f"its RECORD has no proper {algorithm} for {path!r}")
        return algorithm, digest

    def _invalid(self, reason: str) -> InvalidWheel:
        return InvalidWheel(filename=self.filename, reason=reason)

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        """Check the number of members, and the sizes that they declare, before one is inflated."""
        if len(infos) > WHEEL_MEMBERS:
            raise self._invalid(f"it has {len(infos):,} members; at most {WHEEL_MEMBERS:,} are read")
        unpacked = sum(info.file_size for info in infos)
        if unpacked > WHEEL_UNPACKED_BYTES:
            raise self._invalid(f"it unpacks to {unpacked:,} bytes; at most {WHEEL_UNPACKED_BYTES:,} are read")
        for info in infos:
            if info.file_size > MOST_INFLATED * info.compress_size:
                raise self._invalid(
                    f"the member {info.filename!r} declares {info.file_size:,} bytes, "
                    f"which {info.compress_size:,} packed bytes cannot hold"
                )

    def _check_metadata_sizes(self) -> None:
        for name, most in _METADATA_BOUNDS.items():
            member = self.members.get(f"{self.dist_info}/{name}")
            if member is not None and member.file_size > most:
                raise self._invalid(f"its {name} has {member.file_size:,} bytes; at most {most:,} are read")

    def _data_starts(self, infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, int]]:
        """Check every member and yield the position of its bytes."""
        seen = set[str]()
        end_of_last, last = 0, ""
        for info in sorted(infos, key=lambda info: info.header_offset):
            path = info.filename
            reason = _unsafe(info)
            if reason:
                raise self._invalid(f"the member {path!r} {reason}")
            if path in seen:
                raise self._invalid(f"it has two members {path!r}")
            seen.add(path)
            if info.header_offset < end_of_last:
                raise self._invalid(f"the members {last!r} and {path!r} overlap")
            start = start_of_member(self._buffer, info)
            if start is None:
                raise self._invalid(f"the two headers of the member {path!r} differ")
            end_of_last, last = start + info.compress_size, path
            if end_of_last > len(self._buffer):
                raise self._invalid(f"the member {path!r} is cut off")
            yield path, start

    def _find_dist_info(self) -> str:
        found = sorted({path.split("/")[0] for path in self.members if path.split("/")[0].endswith(".dist-info")})
        if len(found) != 1:
            raise self._invalid(f"it must have one .dist-info folder, and has {found}")
        name, _, version = found[0].removesuffix(".dist-info").partition("-")
        if canonicalize_name(name) != self.name or not version:
            raise self._invalid(f"its folder {found[0]!r} is of another project")
        return found[0]

    def _check_version(self) -> None:
        path = f"{self.dist_info}/WHEEL"
        if path not in self.members:
            raise self._invalid(f"it has no {path!r}")
        version = HeaderParser().parsestr(self.read(path).decode("utf-8", "replace")).get("Wheel-Version", "")
        if version.strip().partition(".")[0] != "1":
            raise self._invalid(f"its Wheel-Version is {version!r}; 1 is supported")

    def _check_metadata(self) -> None:
        path = f"{self.dist_info}/METADATA"
        content = self.read(path) if path in self.members else b""
        fields = HeaderParser().parsestr(content.decode("utf-8", "replace"))
        name, version = str(fields.get("Name", self.name)).strip(), str(fields.get("Version", self.version)).strip()
        if canonicalize_name(name) != self.name or not self._is_own_version(version):
            raise self._invalid(f"its METADATA is of {f'{name} {version}'!r}, its file name of {self.owner!r}")
        if not self._is_own_version(self.dist_info.removesuffix(".dist-info").partition("-")[2]):
            raise self._invalid(f"its folder {self.dist_info!r} is of another version than its file name")

    def _is_own_version(self, text: str) -> bool:
        """Return whether this is the version of the file name, in any spelling (``1.0`` is ``1.0.0``)."""
        try:
            return Version(text.replace("_", "+")) == Version(self.version)
        except InvalidVersion:
            return False

    def _read_record(self) -> dict[str, str]:
        """Return the declared hash (``sha256=...``, or empty) of each path.

        Like in installers, rows of files that are not in the wheel are ignored. A row that contradicts the wheel or
        another row is refused. Sizes are checked here, digests when a member is read.
        """
        path = f"{self.dist_info}/RECORD"
        if path not in self.members:
            raise self._invalid(f"it has no {path!r}")
        content = self.read(path)
        if content.count(b"\n") > 2 * WHEEL_MEMBERS:  # it may list bytecode that the wheel does not have
            raise self._invalid(f"its {path!r} has more than {2 * WHEEL_MEMBERS:,} rows")
        try:
            rows = list(csv.reader(io.StringIO(content.decode("utf-8")), strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            raise self._invalid(f"its {path!r} cannot be read ({error})") from error
        record: dict[str, str] = {}
        for row in rows:
            if not row:
                continue
            if len(row) != 3:
                raise self._invalid(f"its {path!r} has a row of {len(row)} fields")
            name, digest, size = row
            if record.setdefault(name, digest) != digest:
                raise self._invalid(f"its {path!r} declares {name!r} twice, with different hashes")
            member = self.members.get(name)
            if member is None or name == path or not size.isdecimal():
                continue
            if len(size) > _LONGEST_SIZE or int(size) != member.file_size:
                shown = size if len(size) <= _LONGEST_SIZE else f"{size[:_LONGEST_SIZE]}..."
                raise self._invalid(f"its {path!r} gives {name!r} {shown} bytes; it has {member.file_size}")
        return record


def _unsafe(info: zipfile.ZipInfo) -> str | None:
    """Return why a member cannot be copied, or ``None``."""
    path = info.filename.removesuffix("/")
    if info.orig_filename != info.filename:
        return "has an unsafe path"  # zipfile cuts a name off at NUL
    reason = why_refused(path)
    if reason:
        return reason
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is not a regular file (a link or a device)"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.flag_bits & _NOT_READ:
        return "is patched data or strongly encrypted, which no installer reads"
    if info.compress_type not in (STORED, DEFLATED):
        return f"is packed by a method that is not used in wheels ({info.compress_type})"
    if info.compress_type == STORED and info.compress_size != info.file_size:
        return "is stored, and has two different sizes"
    if info.is_dir() and (info.file_size or info.CRC):
        return "is a folder with content"
    return None
