import hashlib
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.entry import DEFLATED, ArchiveEntry, DamagedEntry

TEXT = b"x = 1\n" * 1000


def deflated(content: bytes, level: int = 6) -> ArchiveEntry:
    """Return an entry as it is in a wheel: packed by zlib, at some level."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return ArchiveEntry(
        path="a.py",
        mode=0o644,
        method=DEFLATED,
        crc32=zlib.crc32(content),
        packed=memoryview(compressor.compress(content) + compressor.flush()),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner="a 1",
    )


@given(st.binary(max_size=2000).map(lambda some: some * 5), st.integers(0, 9))
def test_content_is_what_was_packed(content: bytes, level: int) -> None:
    assert deflated(content, level).content() == content
    assert ArchiveEntry.of("a.py", content, owner="a 1").content() == content


def test_content_that_is_as_tight_as_deflate_gets_is_read() -> None:
    zeros = bytes(50_000_000)
    assert deflated(zeros, 9).content() == zeros


@pytest.mark.parametrize(
    "entry",
    [
        replace(deflated(TEXT), size=len(TEXT) - 1),
        replace(deflated(TEXT), size=len(TEXT) + 1),
        replace(deflated(TEXT), size=0),
        replace(deflated(TEXT), size=0, crc32=0, sha256=hashlib.sha256().hexdigest()),
        replace(deflated(TEXT), packed=deflated(TEXT).packed[:-3]),
        replace(deflated(TEXT), packed=b""),
        replace(deflated(TEXT), packed=b"\xff" * 20),
        replace(deflated(TEXT), crc32=1),
        replace(ArchiveEntry.of("a.py", TEXT, owner="a 1"), size=1),
        replace(ArchiveEntry.of("a.py", TEXT, owner="a 1"), crc32=1),
    ],
)
def test_bytes_that_are_not_what_the_entry_says_are_refused(entry: ArchiveEntry) -> None:
    with pytest.raises(DamagedEntry, match=r"^'a.py' is damaged$"):
        entry.content()


def test_no_room_is_made_for_a_size_that_its_bytes_cannot_have() -> None:
    """Four exbibytes would be more than any machine has: it is refused before they are asked for."""
    with pytest.raises(DamagedEntry, match=r"^'a.py' is damaged$"):
        replace(deflated(TEXT), size=1 << 62).content()


def test_digest_that_another_content_has_is_refused_and_its_record_named() -> None:
    entry = replace(deflated(TEXT), sha256="0" * 64)
    with pytest.raises(DamagedEntry, match=r"^'a.py' is not what the RECORD of a 1 declares$"):
        entry.content()
