import hashlib
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.entry import DEFLATED, STORED, ArchiveEntry, DamagedEntry

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


@given(st.binary(max_size=5000) | st.binary(max_size=20).map(lambda part: part * 200))
def test_a_deflated_entry_is_never_larger_and_any_unzip_reads_it(content: bytes) -> None:
    entry = ArchiveEntry.deflated("a.py", content, owner="a 1")

    unpacked = entry.packed if entry.method == STORED else zlib.decompress(entry.packed, -zlib.MAX_WBITS)
    assert unpacked == content == entry.content()
    assert (entry.crc32, entry.size) == (zlib.crc32(content), len(content))
    assert len(entry.packed) <= len(content)
    assert (entry.method == DEFLATED) == (len(entry.packed) < len(content))


@pytest.mark.parametrize("content", [b"", b"a", bytes(range(256))])
def test_content_that_does_not_get_smaller_is_stored(content: bytes) -> None:
    entry = ArchiveEntry.deflated("a.py", content, owner="a 1")
    assert (entry.packed, entry.method) == (content, STORED)


def test_the_bytes_are_the_ones_of_the_pinned_libdeflate() -> None:
    # A change here is a change of every layer with bytecode: raise the builder version with it.
    content = b"".join(b"def function_%d(value): return value + %d\n" % (n, n * n) for n in range(2000))

    assert (
        hashlib.sha256(ArchiveEntry.deflated("a.py", content, owner="a 1").packed).hexdigest()
        == "8120c6b07666e8571b355704f36c01016159e7d7e7a4abd2204f9649132673ca"
    )


@given(st.binary(max_size=2000))
def test_a_copied_entry_has_the_digest_of_its_content(content: bytes) -> None:
    entry = ArchiveEntry.deflated("a.py", content, owner="a 1", mode=0o755)
    copied = ArchiveEntry.copied(
        "a.py",
        memoryview(bytes(entry.packed)),
        method=entry.method,
        crc32=entry.crc32,
        size=entry.size,
        owner="a 1",
        mode=0o755,
    )
    assert (copied.sha256, bytes(copied.packed), copied.mode) == (entry.sha256, entry.packed, entry.mode)


@pytest.mark.parametrize(("size", "crc32"), [(len(TEXT) - 1, zlib.crc32(TEXT)), (len(TEXT), 1)])
def test_a_member_that_is_not_what_its_header_says_is_not_copied(size: int, crc32: int) -> None:
    packed = memoryview(bytes(deflated(TEXT).packed))
    with pytest.raises(DamagedEntry, match=r"^'a.py' is damaged$"):
        ArchiveEntry.copied("a.py", packed, method=DEFLATED, crc32=crc32, size=size, owner="a 1", mode=0o644)


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
