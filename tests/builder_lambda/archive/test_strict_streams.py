"""Streams that libdeflate reads and zlib refuses: another tool could not unpack them."""

import hashlib
import zlib

import deflate
import pytest

from builder_lambda.archive.entry import DEFLATED, ArchiveEntry, DamagedEntry

LITERAL_X, END = "10101000", "0000000"
UNUSED_LENGTH, DISTANCE = "11000110", "00000"
"""Codes of a block of fixed codes (RFC 1951, 3.2.6): 286 is a length that no stream may use."""


def packed(*codes: str) -> bytes:
    bits = "110" + "".join(codes)  # the last block, of fixed codes
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


def entry(stream: bytes, content: bytes) -> ArchiveEntry:
    return ArchiveEntry(
        path="x",
        mode=0o644,
        method=DEFLATED,
        crc32=zlib.crc32(content),
        packed=stream,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner="demo 1.0",
    )


def test_a_stream_of_fixed_codes_is_read() -> None:
    right = packed(LITERAL_X, END)
    assert zlib.decompress(right, -zlib.MAX_WBITS) == b"x"
    entry(right, b"x").check()
    assert entry(right, b"x").content() == b"x"


def test_a_stream_with_an_unused_code_is_damaged() -> None:
    wrong, content = packed(LITERAL_X, UNUSED_LENGTH, DISTANCE, END), b"x" * 259
    assert deflate.deflate_decompress(wrong, 260) == content
    for read in (entry(wrong, content).check, entry(wrong, content).content):
        with pytest.raises(DamagedEntry):
            read()


def test_a_stream_without_an_end_is_damaged() -> None:
    with pytest.raises(DamagedEntry):
        entry(packed(LITERAL_X), b"x").check()
