"""Wheels that uv speaks of are on their way before they are asked for."""

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.distributions.distribution import Distribution
from builder_lambda.distributions.mapped_wheel import MappedWheel
from builder_lambda.distributions.opened_wheel import open_wheel
from builder_lambda.errors.indexes import IndexDenied
from builder_lambda.errors.requirements import UrlNotFound
from builder_lambda.errors.wheels import InvalidWheel, WheelHashMismatch
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from tests.builder_lambda.prefetching_fakes import (
    FullFolder,
    HeldIndex,
    Prefetching,
    begun_by,
    index_of,
    looked_at,
    named,
)
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel
from tests.builder_lambda.wheel_server import WheelServer, serving_wheels

TARGET = Target.parse("python3.12", "x86_64")


@pytest.fixture
def server() -> Iterator[WheelServer]:
    with serving_wheels() as started:
        yield started


def test_a_wheel_in_the_log_is_downloaded_before_the_fetch(server: WheelServer, tmp_path: Path) -> None:
    wheel = make_wheel()
    locked = server.add(wheel)
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url, locked.url)

    assert server.requests == {wheel.filename: 1}
    kept = prefetching.folder.read(wheel.sha256)
    assert kept is not None
    assert bytes(kept) == wheel.content

    assert prefetching.fetched(locked) == [wheel.content]
    assert server.requests == {wheel.filename: 1}
    assert prefetching.behind.asked == []


def test_a_fetch_waits_for_an_unfinished_download(server: WheelServer, tmp_path: Path) -> None:
    wheel = make_wheel()
    locked = server.add(wheel)
    index = HeldIndex()
    prefetching = Prefetching(tmp_path, index)
    prefetching.on_log_line(locked.url)
    assert index.begun.acquire(timeout=30)

    contents = prefetching.wheels.fetch([locked])
    assert server.requests == {}
    index.may_go_on.set()

    assert [bytes(content) for content in contents] == [wheel.content]
    assert server.requests == {wheel.filename: 1}


def test_wheels_arrive_in_the_requested_order_from_both_indexes(server: WheelServer, tmp_path: Path) -> None:
    made = named(30)
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(tmp_path)
    prefetching.on_log_line(*(wheel.url for wheel in reversed(locked) if int(wheel.name.removeprefix("demo")) % 3))

    assert prefetching.fetched(*locked) == [wheel.content for wheel in made]
    assert set(server.requests.values()) == {1}
    assert prefetching.behind.asked == [wheel.filename for wheel in made[::3]]


def test_without_early_downloads_only_the_index_behind_is_used(server: WheelServer, tmp_path: Path) -> None:
    made = named(3)
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(tmp_path / "wheels")

    assert prefetching.fetched(*locked) == [wheel.content for wheel in made]
    assert prefetching.behind.asked == [wheel.filename for wheel in made]
    assert prefetching.fetched() == []
    assert not (tmp_path / "wheels").exists()


def test_a_fetched_wheel_is_not_kept_for_the_next_fetch(server: WheelServer, tmp_path: Path) -> None:
    wheel = make_wheel()
    locked = server.add(wheel)
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)

    assert prefetching.fetched(locked) == prefetching.fetched(locked) == [wheel.content]
    assert prefetching.behind.asked == [wheel.filename]


def test_early_downloads_share_connections_with_later_ones(server: WheelServer, tmp_path: Path) -> None:
    connections = IndexConnections(backoff_seconds=0.001)
    prefetching = Prefetching(tmp_path, HttpWheelIndex(settings=IndexSettings(), connections=connections))
    first, second = (server.add(wheel) for wheel in named(2))
    prefetching.download_early(first.url)
    prefetching.download_early(second.url)

    assert len(prefetching.fetched(first, second)) == 2
    assert server.connections == 1


def test_threads_end_when_wheels_are_asked_for(server: WheelServer, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    index = HeldIndex()
    prefetching = Prefetching(tmp_path, index)
    locked = [server.add(wheel) for wheel in named(3)]
    prefetching.on_log_line(*(wheel.url for wheel in locked))
    for _ in locked:
        assert index.begun.acquire(timeout=30)
    working = [thread for thread in threading.enumerate() if thread not in before and thread.daemon]

    contents = prefetching.wheels.fetch(locked)
    index.may_go_on.set()
    assert len(list(contents)) == 3
    for thread in working:
        thread.join(30)
    assert [thread.is_alive() for thread in working] == [False] * 3


def test_the_next_resolution_begins_new_downloads(server: WheelServer, tmp_path: Path) -> None:
    made = named(PARALLEL_REQUESTS * 2)
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(tmp_path)
    for half in (locked[:PARALLEL_REQUESTS], locked[PARALLEL_REQUESTS:]):
        prefetching.download_early(*(wheel.url for wheel in half))
        assert len(prefetching.fetched(*half)) == PARALLEL_REQUESTS
    assert server.requests == {wheel.filename: 1 for wheel in made}
    assert prefetching.behind.asked == []


def test_at_most_two_versions_of_a_project_are_downloaded_early(tmp_path: Path) -> None:
    base = "https://files.example"
    urls = [f"{base}/demo-{version}-py3-none-any.whl" for version in ("3.0", "2.0", "1.0")]
    other = f"{base}/demo_other-1.0-py3-none-any.whl"

    lines = [looked_at(url) for url in (urls[0], urls[0], *urls, other)]

    assert begun_by(lines, tmp_path) == sorted([*urls[:2], other])


def test_another_version_comes_from_the_index_behind(server: WheelServer, tmp_path: Path) -> None:
    made = [make_wheel("demo", version) for version in ("3.0", "2.0", "1.0")]
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(*(wheel.url for wheel in locked))

    assert prefetching.fetched(locked[2]) == [made[2].content]
    assert server.requests == {wheel.filename: 1 for wheel in made}
    assert prefetching.behind.asked == [made[2].filename]


def test_unpinned_wheels_are_not_returned_and_waiting_downloads_are_cancelled(
    server: WheelServer, tmp_path: Path
) -> None:
    made = named(PARALLEL_REQUESTS + 3)
    locked = [server.add(wheel) for wheel in made]
    index = HeldIndex()
    prefetching = Prefetching(tmp_path, index)
    prefetching.on_log_line(*(wheel.url for wheel in locked))
    for _ in range(PARALLEL_REQUESTS):
        assert index.begun.acquire(timeout=30)
    begun = [prefetching.wheels._begun[wheel.url] for wheel in locked]

    contents = prefetching.wheels.fetch([locked[-2], locked[0]])
    assert [future.cancelled() for future in begun] == [False] * PARALLEL_REQUESTS + [True, False, True]
    index.may_go_on.set()

    assert [bytes(content) for content in contents] == [made[-2].content, made[0].content]
    done, _ = wait(begun, 60)
    assert len(done) == len(begun)
    assert server.requests == {wheel.filename: 1 for wheel in (*made[:PARALLEL_REQUESTS], made[-2])}
    assert prefetching.behind.asked == []

    assert prefetching.fetched(locked[-1], locked[1]) == [made[-1].content, made[1].content]
    assert prefetching.behind.asked == [made[-1].filename, made[1].filename]


@pytest.mark.parametrize("problems", [["404"], ["403"], ["503"] * 5, ["cut"] * 5])
def test_a_failed_early_download_is_repeated(server: WheelServer, problems: list[str], tmp_path: Path) -> None:
    wheels = named(3)
    locked = [server.add(wheels[0]), server.add(wheels[1], *problems), server.add(wheels[2])]
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(*(wheel.url for wheel in locked))

    assert prefetching.fetched(*locked) == [wheel.content for wheel in wheels]
    assert prefetching.behind.asked == [wheels[1].filename]
    assert server.requests[wheels[1].filename] == len(problems) + 1


def test_a_wheel_that_fails_twice_is_reported(server: WheelServer, tmp_path: Path) -> None:
    locked = server.add(make_wheel(), "404", "404")
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)

    with pytest.raises(UrlNotFound) as caught:
        prefetching.fetched(locked)

    assert caught.value == UrlNotFound(url=locked.url, status=404)
    assert server.requests == {locked.filename: 2}


def test_a_wheel_with_other_bytes_is_downloaded_again(server: WheelServer, tmp_path: Path) -> None:
    wheel, other = make_wheel(), make_wheel(files={"demo.py": "other\n"})
    locked = server.add(wheel)
    prefetching = Prefetching(tmp_path)
    server.wheels[wheel.filename] = other.content
    prefetching.download_early(locked.url)
    server.wheels[wheel.filename] = wheel.content

    assert prefetching.fetched(locked) == [wheel.content]
    assert prefetching.behind.asked == [wheel.filename]


def test_a_wheel_that_the_lock_pins_to_other_bytes_is_refused(server: WheelServer, tmp_path: Path) -> None:
    wheel = make_wheel()
    locked = replace(server.add(wheel), sha256="0" * 64)
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)

    with pytest.raises(WheelHashMismatch) as caught:
        prefetching.fetched(locked)

    assert caught.value == WheelHashMismatch(filename=wheel.filename, expected=("0" * 64,), actual=wheel.sha256)
    assert server.requests == {wheel.filename: 2}


def test_an_error_of_an_unpinned_wheel_is_ignored(server: WheelServer, tmp_path: Path) -> None:
    wheel, broken = named(2)
    locked, unwanted = server.add(wheel), server.add(broken, "404")
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(unwanted.url, locked.url)
    assert prefetching.fetched(locked) == [wheel.content]


def test_the_login_of_the_index_is_used(server: WheelServer, tmp_path: Path) -> None:
    server.password = "user:p@ss"
    wheel = make_wheel()
    locked = server.add(wheel)
    login = server.url.replace("http://", "http://user:p%40ss@")
    prefetching = Prefetching(tmp_path, index_of(PIP_INDEX_URL=f"{login}/simple"))
    prefetching.download_early(locked.url)

    assert prefetching.fetched(locked) == [wheel.content]
    assert server.requests == {wheel.filename: 1}
    assert prefetching.behind.asked == []


def test_a_missing_login_is_reported(server: WheelServer, tmp_path: Path) -> None:
    server.password = "user:p@ss"
    locked = server.add(make_wheel())
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)

    with pytest.raises(IndexDenied) as caught:
        prefetching.fetched(locked)

    assert caught.value == IndexDenied(
        index="127.0.0.1", detail="demo-1.0-py3-none-any.whl from 127.0.0.1: HTTP status 401"
    )
    assert server.requests == {locked.filename: 2}


def test_the_index_behind_is_used_when_the_disk_is_full(server: WheelServer, tmp_path: Path) -> None:
    made = named(2)
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(FullFolder(tmp_path))
    prefetching.download_early(*(wheel.url for wheel in locked))

    assert prefetching.fetched(*locked) == [wheel.content for wheel in made]
    assert prefetching.behind.asked == [wheel.filename for wheel in made]


def test_a_folder_that_cannot_be_written_is_no_problem(server: WheelServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    made = named(2)
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(tmp_path / "file")
    prefetching.download_early(*(wheel.url for wheel in locked))

    assert prefetching.fetched(*locked) == [wheel.content for wheel in made]
    assert server.requests == {wheel.filename: 1 for wheel in made}


def test_versions_are_counted_again_for_the_next_resolution(server: WheelServer, tmp_path: Path) -> None:
    made = [make_wheel("demo", version) for version in ("4.0", "3.0", "2.0", "1.0")]
    locked = [server.add(wheel) for wheel in made]
    prefetching = Prefetching(tmp_path)
    for half in (locked[:2], locked[2:]):
        prefetching.download_early(*(wheel.url for wheel in half))
        assert len(prefetching.fetched(half[1])) == 1

    assert server.requests == {wheel.filename: 1 for wheel in made}
    assert prefetching.behind.asked == []


def test_an_early_wheel_is_already_open(server: WheelServer, tmp_path: Path) -> None:
    wheel = make_wheel()
    locked = server.add(wheel)
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)

    (content,) = prefetching.wheels.fetch([locked])

    assert isinstance(content, MappedWheel)
    assert content.opened is not None
    assert content.opened.read("demo/__init__.py") == b"VALUE = 1\n"
    assert open_wheel(wheel.filename, content) is content.opened
    assert open_wheel(wheel.filename, wheel.content) is not content.opened


def test_a_wheel_under_another_name_is_opened_with_that_name(server: WheelServer, tmp_path: Path) -> None:
    locked = server.add(make_wheel())
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)
    (content,) = prefetching.wheels.fetch([locked])
    assert isinstance(content, MappedWheel)

    other = open_wheel("demo-1.0-cp312-cp312-any.whl", content)

    assert other is not content.opened
    assert other.filename == "demo-1.0-cp312-cp312-any.whl"
    assert other.read("demo/__init__.py") == b"VALUE = 1\n"
    with pytest.raises(InvalidWheel, match="is of another project"):
        open_wheel("other-1.0-py3-none-any.whl", content)


def test_a_damaged_wheel_is_reported_when_it_is_laid_out(server: WheelServer, tmp_path: Path) -> None:
    damaged = MadeWheel(filename="demo-1.0-py3-none-any.whl", content=make_wheel().content[:-30])
    locked = server.add(damaged)
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(locked.url)

    (content,) = prefetching.wheels.fetch([locked])
    assert bytes(content) == damaged.content
    with pytest.raises(InvalidWheel) as caught:
        Distribution.of_wheel(locked, content, TARGET)

    reason = "it is not a readable zip archive (File is not a zip file)"
    assert caught.value == InvalidWheel(filename=damaged.filename, reason=reason)
    assert server.requests == {damaged.filename: 1}
    assert prefetching.behind.asked == []
