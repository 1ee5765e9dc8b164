"""Unpacks sdists within bounds: their members, their unpacked bytes, and what one header may hold."""

from __future__ import annotations

import errno
import gzip
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, cast

from builder_lambda.contract.bounds import METADATA_BYTES, SDIST_MEMBERS, SDIST_UNPACKED_BYTES
from builder_lambda.errors.sdists import InvalidSdist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
"""Numbers of errors of a full disk, or of the quota of a user."""


class _TooMuch(Exception):
    """A bound is exceeded. The text is the reason."""


def unpack_sdist(archive: Path, folder: Path) -> None:
    """Unpack an sdist, a ``.tar.gz`` or a ``.zip`` file, into a folder.

    :raises InvalidSdist: if it is damaged, unsafe or too large.
    :raises OSError: with one of :data:`DISK_FULL`.
    """
    try:
        if archive.suffix == ".zip":
            with zipfile.ZipFile(archive) as zipped:
                _check(len(zipped.infolist()), sum(info.file_size for info in zipped.infolist()))
                zipped.extractall(folder)  # noqa: S202 - zipfile keeps members inside the folder
        else:
            with gzip.open(archive) as stream:
                bounded = cast("IO[bytes]", _BoundedStream(stream))
                with tarfile.open(fileobj=bounded, mode="r:") as tar:
                    # Refuses members outside the folder (PEP 706).
                    tar.extractall(folder, members=_counted(tar), filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, OSError, EOFError, _TooMuch) as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise
        raise InvalidSdist(filename=archive.name, reason=str(error)) from error


class _BoundedStream:
    """An unpacked tar file whose reader may take no more at once than a header may hold, and no more in all."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        if not 0 <= size <= METADATA_BYTES:
            raise _TooMuch(f"one of its headers has more than {METADATA_BYTES:,} bytes")
        return self._stream.read(size)

    def tell(self) -> int:
        """Return the position in the unpacked bytes."""
        return self._stream.tell()

    def seek(self, position: int) -> int:
        """Move to a position in the unpacked bytes."""
        if position > 2 * SDIST_UNPACKED_BYTES:  # headers count as well
            raise _TooMuch(f"it unpacks to more than {SDIST_UNPACKED_BYTES:,} bytes")
        return self._stream.seek(position)


def _counted(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield each member when the one before is unpacked."""
    size = 0
    for number, member in enumerate(tar, 1):
        size += member.size
        _check(number, size)
        yield member


def _check(members: int, size: int) -> None:
    if members > SDIST_MEMBERS:
        raise _TooMuch(f"it has more than {SDIST_MEMBERS:,} members")
    if size > SDIST_UNPACKED_BYTES:
        raise _TooMuch(f"it unpacks to more than {SDIST_UNPACKED_BYTES:,} bytes")
