import errno
import hashlib
import io
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.hashed_stream import HashedStream

SIZES = st.sampled_from([0, 1, 30, 4000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1 << 20])


class FullDisk(io.BytesIO):
    """Takes so many bytes and no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, content: object) -> int:
        count = super().write(content)  # type: ignore[arg-type]  # whatever the stream is given
        if self.tell() > self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return count


def pieces_of(sizes: Sequence[int]) -> list[bytes]:
    return [bytes([number % 251]) * size for number, size in enumerate(sizes)]


@given(st.lists(SIZES, max_size=6))
def test_pieces_of_any_size_are_written_in_order_and_hashed(sizes: list[int]) -> None:
    pieces, stream = pieces_of(sizes), io.BytesIO()

    with HashedStream(stream) as hashed:
        counts = [hashed.write(memoryview(piece)) for piece in pieces]

    assert stream.getvalue() == b"".join(pieces)
    assert hashed.sha256 == hashlib.sha256(b"".join(pieces)).digest()
    assert counts == sizes


def test_more_than_may_wait_is_written_and_hashed() -> None:
    pieces, stream = pieces_of([1 << 18] * 40), io.BytesIO()

    with HashedStream(stream) as hashed:
        for piece in pieces:
            hashed.write(piece)

    assert hashed.sha256 == hashlib.sha256(stream.getvalue()).digest()
    assert len(stream.getvalue()) == 40 << 18


@pytest.mark.parametrize("sizes", [[10], [1 << 18] * 20, [1 << 20, 10]])
def test_disk_that_is_full_is_told_of_and_no_thread_is_left(sizes: list[int]) -> None:
    before = threading.active_count()

    def write_all() -> None:
        with HashedStream(FullDisk(room=sum(sizes) - 1)) as hashed:
            for piece in pieces_of(sizes):
                hashed.write(piece)

    with pytest.raises(OSError, match="No space left"):
        write_all()
    assert threading.active_count() == before


def test_error_of_the_writer_ends_it_without_writing_what_was_collected() -> None:
    before, stream = threading.active_count(), io.BytesIO()

    def write_some() -> None:
        with HashedStream(stream) as hashed:
            hashed.write(b"a" * (1 << 18))
            hashed.write(b"b")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_some()
    assert stream.getvalue() == b"a" * (1 << 18)
    assert threading.active_count() == before
