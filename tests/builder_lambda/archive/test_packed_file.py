"""What we pack is read by any unzip, never larger than it was, and the same from every thread."""

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.packed_file import DEFLATED, STORED, PackedFile, pack, pack_all


@given(st.binary(max_size=5000) | st.binary(max_size=20).map(lambda part: part * 200))
def test_the_stream_unpacks_to_the_content_and_is_never_larger(content: bytes) -> None:
    packed = pack(content)

    unpacked = packed.stream if packed.method == STORED else zlib.decompress(packed.stream, -zlib.MAX_WBITS)
    assert unpacked == content
    assert (packed.crc32, packed.size) == (zlib.crc32(content), len(content))
    assert len(packed.stream) <= len(content)
    assert (packed.method == DEFLATED) == (len(packed.stream) < len(content))


@pytest.mark.parametrize("content", [b"", b"a", bytes(range(256))])
def test_what_does_not_get_smaller_is_stored(content: bytes) -> None:
    assert pack(content) == PackedFile(stream=content, method=STORED, crc32=zlib.crc32(content), size=len(content))


def test_the_bytes_are_the_ones_of_the_pinned_libdeflate() -> None:
    # A change here is a change of every layer with bytecode: raise the builder version with it.
    content = b"".join(b"def function_%d(value): return value + %d\n" % (n, n * n) for n in range(2000))

    assert (
        hashlib.sha256(pack(content).stream).hexdigest()
        == "8120c6b07666e8571b355704f36c01016159e7d7e7a4abd2204f9649132673ca"
    )


@pytest.mark.parametrize("jobs", [0, 1, 3])
def test_many_are_packed_in_order_whatever_the_number_of_threads(jobs: int) -> None:
    contents = [bytes([number]) * number * 10 for number in range(200)]

    assert pack_all(contents, jobs=jobs) == [pack(content) for content in contents]
