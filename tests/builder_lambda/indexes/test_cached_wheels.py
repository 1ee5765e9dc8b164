"""Wheels on the disk and in memory: what is wrong is fetched again, what is large goes to a file."""

import hashlib
import mmap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder_lambda.indexes.cached_wheels import WheelCache
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.indexes.wheel_spool import WheelSpool
from builder_lambda.stores.disk import LocalArchives
from tests.builder_lambda.fakes import MemoryIndex
from tests.builder_lambda.wheel_factory import make_wheel

WHEELS = (make_wheel("one"), make_wheel("two"))
LOCKED = tuple(wheel.locked() for wheel in WHEELS)
CONTENTS = [wheel.content for wheel in WHEELS]


def fetched(folder: Path) -> tuple[list[bytes], list[str]]:
    """Fetch through a cache, and return the wheels and which of them the index was asked for."""
    index = MemoryIndex(WHEELS)
    cache = WheelCache(index, WheelFolder(folder))
    contents = [bytes(content) for content in cache.fetch(LOCKED)]
    cache._writers.shutdown()
    return contents, index.fetched


def test_wheels_are_fetched_once(tmp_path: Path) -> None:
    assert fetched(tmp_path) == (CONTENTS, [wheel.filename for wheel in WHEELS])
    assert fetched(tmp_path) == (CONTENTS, [])


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-10]),
        lambda path: path.write_bytes(WHEELS[1].content),
    ],
    ids=["lost", "empty", "cut short", "another"],
)
def test_damaged_wheel_is_fetched_again(damage: Callable[[Path], None], tmp_path: Path) -> None:
    fetched(tmp_path)
    damage(tmp_path / LOCKED[0].sha256[:2] / f"{LOCKED[0].sha256}.whl")

    assert fetched(tmp_path) == (CONTENTS, [LOCKED[0].filename])
    assert fetched(tmp_path) == (CONTENTS, [])


def test_a_folder_that_cannot_be_written_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert fetched(tmp_path / "file")[0] == CONTENTS


def pieces(content: bytes) -> Iterator[bytes]:
    yield from (content[start : start + 7] for start in range(0, len(content), 7))


@pytest.mark.parametrize("announced", [0, 50, 100, 200])
@pytest.mark.parametrize("bytes_in_memory", [0, 1000])
def test_a_wheel_arrives_whole_in_memory_and_in_a_file(announced: int, bytes_in_memory: int) -> None:
    content = bytes(range(100))
    taken, digest = WheelSpool(bytes_in_memory).take(pieces(content), announced)
    assert (bytes(taken), digest) == (content, hashlib.sha256(content).hexdigest())


def test_wheels_above_the_bound_go_to_files() -> None:
    spool = WheelSpool(150)
    kinds = [type(spool.take(pieces(b"x" * 100), 100)[0]) for _ in range(2)]
    assert kinds == [bytearray, mmap.mmap]
    assert type(spool.take(pieces(b"x" * 50), 50)[0]) is bytearray


def test_wheel_that_breaks_off_releases_its_memory_for_the_next_attempt() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"x" * 10
        raise OSError("reset")

    spool = WheelSpool(100)
    with pytest.raises(OSError, match="reset"):
        spool.take(breaking(), 100)
    assert type(spool.take(pieces(b"x" * 100), 100)[0]) is bytearray


def test_an_archive_of_the_local_store_is_read_again_only_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalArchives(tmp_path)
    store.path("archives/a.zip").parent.mkdir()
    store.path("archives/a.zip").write_bytes(b"first")
    first = store.find_archive("archives/a.zip")
    with monkeypatch.context() as patched:
        patched.delattr(hashlib, "file_digest")
        assert store.find_archive("archives/a.zip") == first

    store.path("archives/a.zip").write_bytes(b"second")
    second = store.find_archive("archives/a.zip")
    assert second is not None
    assert second != first
    assert second.size_bytes == 6
