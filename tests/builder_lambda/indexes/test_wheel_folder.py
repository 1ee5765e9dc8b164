"""Wheels on the disk: nothing is there in part, what is damaged is not read, and no folder is no problem."""

import gc
import hashlib
import mmap
import warnings
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from urllib3.exceptions import ProtocolError

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.files import FileNotWritable
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.indexes.wheel_spool import WheelSpool
from tests.builder_lambda.prefetching_fakes import FullFile, FullFolder
from tests.builder_lambda.wheel_factory import make_wheel
from tests.builder_lambda.wheel_server import serving_wheels

CONTENT = bytes(range(256)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def place(folder: Path, sha256: str = SHA256) -> Path:
    return folder / sha256[:2] / f"{sha256}.whl"


def pieces(content: bytes = CONTENT) -> Iterator[bytes]:
    yield from (content[start : start + 1000] for start in range(0, len(content), 1000))


def taken(folder: WheelFolder, content: bytes = CONTENT, announced: int = 0) -> tuple[bytes, str]:
    kept, sha256 = folder.take(pieces(content), announced)
    return bytes(kept), sha256


def connections_to(port: int) -> list[int]:
    """Return the sockets of this process that lead to ``port``."""
    found = psutil.Process().net_connections("tcp4")
    return [each.fd for each in found if tuple(each.raddr)[1:] == (port,)]


@pytest.mark.parametrize("announced", [0, 1, len(CONTENT), 1_000_000])
def test_a_wheel_that_arrives_is_kept_by_its_sha256(announced: int, tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path / "not" / "there yet")

    assert taken(folder, announced=announced) == (CONTENT, SHA256)
    assert files(tmp_path) == [place(tmp_path / "not" / "there yet")]
    kept = folder.read(SHA256)
    assert kept is not None
    assert bytes(kept) == CONTENT


def test_an_empty_wheel_is_taken(tmp_path: Path) -> None:
    folder, nothing = WheelFolder(tmp_path), hashlib.sha256(b"").hexdigest()
    assert taken(folder, b"") == (b"", nothing)
    assert folder.read(nothing) is None, "it is no wheel, and is asked for again"


def test_a_taken_wheel_survives_the_removal_of_its_file(tmp_path: Path) -> None:
    kept, _ = WheelFolder(tmp_path).take(pieces(), 0)
    place(tmp_path).unlink()
    assert bytes(kept) == CONTENT


@pytest.mark.parametrize("error", [ProtocolError("reset"), KeyboardInterrupt()], ids=["problem", "interrupt"])
def test_a_download_that_breaks_off_leaves_no_file(error: BaseException, tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield CONTENT
        raise error

    with pytest.raises(type(error)) as caught:
        WheelFolder(tmp_path).take(breaking(), len(CONTENT))
    assert caught.value is error
    assert files(tmp_path) == []


def test_a_wheel_is_not_visible_before_it_is_complete(tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path)
    seen: list[object] = []

    def looking() -> Iterator[bytes]:
        for piece in pieces():
            seen.extend((folder.read(SHA256), list(tmp_path.rglob("*.whl"))))
            yield piece

    folder.take(looking(), 0)
    assert seen == [None, []] * 11


def test_threads_that_take_the_same_wheel_leave_one_file(tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: taken(folder), range(20))) == [(CONTENT, SHA256)] * 20
    assert files(tmp_path) == [place(tmp_path)]


def test_an_existing_wheel_may_be_written_again(tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path)
    folder.write(SHA256, CONTENT)
    before = folder.read(SHA256)
    folder.write(SHA256, bytearray(CONTENT))
    after = folder.read(SHA256)

    assert before is not None
    assert after is not None
    assert bytes(before) == bytes(after) == CONTENT
    assert files(tmp_path) == [place(tmp_path)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(CONTENT[:-1]),
        lambda path: path.write_bytes(CONTENT + b"x"),
        lambda path: path.write_bytes(b"x" + CONTENT[1:]),
    ],
    ids=["lost", "empty", "cut short", "too long", "changed"],
)
@pytest.mark.parametrize("mend", ["write", "take"])
def test_a_damaged_wheel_is_not_read_and_can_be_replaced(
    damage: Callable[[Path], object], mend: str, tmp_path: Path
) -> None:
    folder = WheelFolder(tmp_path)
    folder.write(SHA256, CONTENT)
    damage(place(tmp_path))
    assert folder.read(SHA256) is None

    if mend == "write":
        folder.write(SHA256, CONTENT)
    else:
        folder.take(pieces(), 0)
    kept = folder.read(SHA256)
    assert kept is not None
    assert bytes(kept) == CONTENT


def test_a_missing_folder_has_no_wheels(tmp_path: Path) -> None:
    assert WheelFolder(tmp_path / "nothing").read(SHA256) is None
    assert not (tmp_path / "nothing").exists()


def test_a_wheel_is_taken_into_memory_if_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = WheelFolder(tmp_path / "file" / "wheels")

    assert taken(folder) == (CONTENT, SHA256)
    folder.write(SHA256, CONTENT)
    assert folder.read(SHA256) is None
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_wheel_announced_larger_than_the_disk_is_written_when_it_is_complete(tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path)
    assert taken(folder, announced=1 << 60) == (CONTENT, SHA256)
    assert files(tmp_path) == []

    folder.write(SHA256, CONTENT)
    assert files(tmp_path) == [place(tmp_path)]


def test_a_taken_wheel_is_not_written_again(tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path)
    folder.take(pieces(), 0)
    before = place(tmp_path).stat()
    folder.write(SHA256, CONTENT)
    after = place(tmp_path).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_wheel_whose_place_is_taken_leaves_nothing_else_behind(tmp_path: Path) -> None:
    place(tmp_path).mkdir(parents=True)
    folder = WheelFolder(tmp_path)

    folder.write(SHA256, CONTENT)
    with pytest.raises(FileNotWritable) as caught:
        folder.take(pieces(), 0)
    assert caught.value == FileNotWritable(path=str(tmp_path), reason="Is a directory")
    assert files(tmp_path) == []


def test_a_disk_that_fills_during_a_download_is_reported(tmp_path: Path) -> None:
    folder = FullFolder(tmp_path, bytes_left=5000)

    folder.write(SHA256, CONTENT)
    with pytest.raises(FileNotWritable) as caught:
        folder.take(pieces(), len(CONTENT))

    assert str(caught.value) == (
        f"file-not-writable: {str(tmp_path)!r} cannot be written: No space left on device\n"
        "  likely cause: the folder does not exist, is not yours, or its disk is full\n"
        "  what to do: choose another path, or free disk space"
    )
    assert files(tmp_path) == []


def test_a_full_disk_does_not_count_as_a_network_error(tmp_path: Path) -> None:
    wheel = make_wheel(files={"demo.bin": bytes(4_000_000)}, method=zipfile.ZIP_STORED)
    folder = FullFolder(tmp_path, bytes_left=1_000_000)
    index = HttpWheelIndex(
        settings=IndexSettings(), connections=IndexConnections(backoff_seconds=0.001), spool=lambda: folder
    )
    with serving_wheels() as server, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        locked = server.add(wheel)
        with pytest.raises(FileNotWritable) as caught:
            index.download(locked.url, folder)
        assert connections_to(server.server_port) == [], "it is closed, as most of the answer was not read"
        with pytest.raises(FileNotWritable):
            list(index.fetch([locked]))
        gc.collect()

    assert caught.value == FileNotWritable(path=str(tmp_path), reason="No space left on device")
    assert server.requests == {wheel.filename: 2}, "one for each that asked"
    assert warned == []
    assert files(tmp_path) == []


def test_wheels_that_do_not_fit_on_the_disk_share_one_bound_of_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = WheelFolder(tmp_path / "file" / "wheels")
    folder._fallback = WheelSpool(bytes_in_memory=2 * len(CONTENT))

    contents = [folder.take(pieces(), len(CONTENT))[0] for _ in range(3)]

    assert [type(content) for content in contents] == [bytearray, bytearray, mmap.mmap]
    assert [bytes(content) for content in contents] == [CONTENT] * 3


@pytest.mark.parametrize("status", ["403", "404"])
def test_an_error_page_is_not_kept(status: str, tmp_path: Path) -> None:
    with serving_wheels() as server:
        wheel = server.add(make_wheel(), status)
        index = HttpWheelIndex(settings=IndexSettings(), spool=lambda: WheelFolder(tmp_path))
        with pytest.raises(LayerError, match=f"HTTP status {status}"):
            list(index.fetch([wheel]))
    assert files(tmp_path) == []


def test_a_full_temporary_folder_does_not_count_as_an_index_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: FullFile(0))
    with serving_wheels() as server:
        wheel = server.add(make_wheel())
        index = HttpWheelIndex(settings=IndexSettings(), spool=lambda: WheelSpool(bytes_in_memory=0))
        with pytest.raises(FileNotWritable, match="No space left on device"):
            list(index.fetch([wheel]))
        assert server.requests == {wheel.filename: 1}
