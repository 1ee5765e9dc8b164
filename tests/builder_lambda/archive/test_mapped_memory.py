"""What is let go of in the middle of an archive is read again: no byte changes."""

import gc
import mmap
import weakref
import zipfile
from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.archive import archive
from builder_lambda.archive.archive import Archive
from builder_lambda.archive.mapped_memory import WheelBytes, release_pages
from builder_lambda.distributions.distribution import Distribution
from builder_lambda.distributions.mapped_wheel import MappedWheel
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.indexes.wheel_folder import WheelFolder
from tests.builder_lambda.archive.test_archive import written
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.12", "x86_64")
CONTENT = bytes(range(256)) * 400


def large_wheels() -> list[MadeWheel]:
    """Return wheels of some pages of memory each."""
    return [
        make_wheel(
            name,
            files={f"{name}/{number}.bin": bytes([number]) * 5000 + CONTENT[number:20_000] for number in range(6)},
            method=method,
        )
        for name, method in (("one", zipfile.ZIP_STORED), ("two", zipfile.ZIP_DEFLATED), ("three", zipfile.ZIP_STORED))
    ]


def kept(folder: WheelFolder, content: bytes) -> WheelBytes:
    return folder.take([content], len(content))[0]


def archive_of(wheels: list[tuple[MadeWheel, WheelBytes]]) -> Archive:
    return Archive.merge(
        Distribution.of_wheel(wheel.locked(), content, TARGET).finished({}) for wheel, content in wheels
    )


def test_a_map_has_the_same_content_after_it_was_let_go_of(tmp_path: Path) -> None:
    content = kept(WheelFolder(tmp_path), CONTENT)
    view = memoryview(content)[1000:50_000]
    assert isinstance(content, MappedWheel)

    for _ in range(2):
        assert bytes(content) == CONTENT
        release_pages(content)
        assert bytes(view) == CONTENT[1000:50_000]


def test_a_map_whose_file_has_lost_its_name_has_the_same_content_as_well(tmp_path: Path) -> None:
    folder = WheelFolder(tmp_path)
    content = kept(folder, CONTENT)
    for path in tmp_path.rglob("*.whl"):
        path.unlink()

    release_pages(content)
    assert bytes(content) == CONTENT


@pytest.mark.parametrize("buffer", [CONTENT, bytearray(CONTENT), memoryview(CONTENT), memoryview(bytearray(CONTENT))])
def test_what_is_no_map_is_left_alone(buffer: bytes | bytearray | memoryview) -> None:
    release_pages(buffer)
    assert bytes(buffer) == CONTENT


def test_a_part_of_a_map_is_left_alone(tmp_path: Path) -> None:
    part = memoryview(kept(WheelFolder(tmp_path), CONTENT))[5:9]
    release_pages(part)
    assert bytes(part) == CONTENT[5:9]


def test_an_archive_has_the_same_bytes_from_the_disk_as_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, folder = large_wheels(), WheelFolder(tmp_path)
    in_memory = archive_of([(wheel, wheel.content) for wheel in made])
    contents = [kept(folder, wheel.content) for wheel in made]
    on_disk = archive_of(list(zip(made, contents, strict=True)))
    expected = written(in_memory)
    let_go_of: list[object] = []

    def noted(buffer: object) -> None:
        let_go_of.append(buffer)
        release_pages(buffer)

    monkeypatch.setattr(archive, "release_pages", noted)
    assert written(on_disk) == expected
    assert let_go_of == [], "they are smaller than what may be in memory"

    monkeypatch.setattr(archive, "_MAPPED_BYTES", 30_000)
    assert written(on_disk) == expected
    maps = [buffer for buffer in let_go_of if isinstance(buffer, mmap.mmap)]
    assert len(maps) == len(let_go_of)
    assert len(maps) > 2 * len(made), "in the middle, and more than once"
    assert {id(each) for each in maps} == {id(content) for content in contents}
    assert in_memory.content_hash == on_disk.content_hash


def test_a_wheel_that_was_opened_is_gone_when_nobody_has_it(tmp_path: Path) -> None:
    wheel = make_wheel()
    content = kept(WheelFolder(tmp_path), wheel.content)
    assert isinstance(content, MappedWheel)
    content.opened = WheelFile(wheel.filename, content)
    remembered = weakref.ref(content)

    del content
    gc.collect()
    assert remembered() is None
