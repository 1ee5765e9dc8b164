"""Wheels of the archive store, on their way into a lock and into a build."""

import platform
import sys
from dataclasses import replace

import pytest

from builder_lambda import ResolveRequest, Target, resolve
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.contract.store_keys import is_store_key, local_wheel_key
from builder_lambda.errors.wheels import InvalidWheel, StoredWheelMissing, WheelHashMismatch
from builder_lambda.indexes.stored_wheels import StoredWheelIndex
from builder_lambda.locks.pylock import lock_of, lock_sha256, parse_lock, render_lock
from builder_lambda.locks.selection import select_wheels
from tests.builder_lambda.fakes import MemoryArchives, MemoryIndex, memory_ports
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

HERE = Target.parse(
    f"python{sys.version_info[0]}.{sys.version_info[1]}", "arm64" if platform.machine() == "aarch64" else "x86_64"
)
MINE, OTHER = make_wheel("mylib"), make_wheel("other")


def stored(wheel: MadeWheel) -> LockedWheel:
    return replace(wheel.locked(), url="", path=local_wheel_key(wheel.sha256, wheel.filename))


def store_with(*wheels: MadeWheel) -> MemoryArchives:
    store = MemoryArchives()
    for wheel in wheels:
        store.write_bytes(stored(wheel).path, wheel.content)
    return store


def line(wheel: MadeWheel) -> str:
    return f"mylib @ local:{wheel.filename}#sha256={wheel.sha256}"


def test_a_lock_keeps_the_key_and_its_sha256_does_not_know_of_it() -> None:
    lock = parse_lock(render_lock(lock_of([stored(MINE)])))

    assert select_wheels(lock, HERE) == (stored(MINE),)
    assert lock_sha256([stored(MINE)]) == lock_sha256([MINE.locked()])


def test_wheels_come_in_order_from_the_store_and_from_the_index() -> None:
    index = MemoryIndex([OTHER])

    contents = list(StoredWheelIndex(index, store_with(MINE)).fetch([stored(MINE), OTHER.locked()]))

    assert [bytes(content) for content in contents] == [MINE.content, OTHER.content]
    assert index.fetched == [OTHER.filename]


def test_missing_objects_are_reported_before_any_download() -> None:
    index = MemoryIndex([OTHER])
    with pytest.raises(StoredWheelMissing) as caught:
        StoredWheelIndex(index, MemoryArchives()).fetch([stored(MINE), OTHER.locked()])
    assert caught.value.filenames == (MINE.filename,)
    assert index.fetched == []


def test_a_damaged_object_is_refused() -> None:
    store = MemoryArchives()
    store.write_bytes(stored(MINE).path, b"other bytes")
    with pytest.raises(WheelHashMismatch):
        StoredWheelIndex(MemoryIndex([]), store).fetch([stored(MINE)])


RENAMED = MadeWheel(filename="mylib-1.1-py3-none-any.whl", content=MINE.content)
CUT_OFF = MadeWheel(filename=MINE.filename, content=MINE.content[:-30])
UNVERSIONED = make_wheel("mylib", metadata_text="Metadata-Version: 2.1\nName: mylib\n")


@pytest.mark.parametrize(
    ("wheel", "reason"),
    [
        (RENAMED, "its METADATA is of 'mylib 1.0', its file name of 'mylib 1.1'"),
        (CUT_OFF, "it is not a readable zip archive (File is not a zip file)"),
        (MadeWheel(filename=MINE.filename, content=b""), "it is not a readable zip archive (File is not a zip file)"),
        (make_wheel("mylib", without=("METADATA",)), "it has no 'mylib-1.0.dist-info/METADATA'"),
        (UNVERSIONED, "its METADATA is of 'mylib', its file name of 'mylib 1.0'"),
    ],
)
def test_an_invalid_wheel_is_refused_before_the_resolver_reads_it(wheel: MadeWheel, reason: str) -> None:
    ports = memory_ports(store=store_with(wheel))
    with pytest.raises(InvalidWheel) as caught:
        resolve(ResolveRequest(requirements=(line(wheel),), target=HERE), ports)
    assert caught.value == InvalidWheel(filename=wheel.filename, reason=reason)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (local_wheel_key("a" * 64, "a-1-py3-none-any.whl"), True),
        (f"wheels/{'a' * 64}/python313-x86_64/a-1-py3-none-any.whl", True),
        ("wheels/a-1-py3-none-any.whl", False),
        (f"wheels/local/{'a' * 64}/../../a.whl", False),
        (f"../wheels/local/{'a' * 64}/a.whl", False),
        (None, False),
    ],
)
def test_a_store_key_differs_from_a_path_beside_the_lock(path: str | None, expected: bool) -> None:
    assert is_store_key(path) is expected
