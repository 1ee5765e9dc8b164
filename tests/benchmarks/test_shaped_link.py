from pathlib import Path

import pytest
import urllib3

from benchmarks.link import fetch_into, measure_link, wheel_name, wheel_urls
from benchmarks.local_server import NoStack, served
from benchmarks.shaped_link import Pace, shaped_link, wheel_handler

LOCK = """\
lock-version = "1.0"
created-by = "test"
[[packages]]
name = "a"
[[packages.wheels]]
url = "{address}/a-1-py3-none-any.whl"
[[packages]]
name = "b"
[[packages.wheels]]
url = "{address}/b-1-py3-none-any.whl#sha256=00"
"""


def test_sent_bytes_take_their_time_of_the_line() -> None:
    assert Pace(100).reserve(50, ready=10.0) == 10.5


def test_later_data_waits_for_earlier_data() -> None:
    pace = Pace(100)
    pace.reserve(50, ready=10.0)
    assert pace.reserve(100, ready=10.25) == 11.5


def test_an_idle_line_saves_no_time() -> None:
    pace = Pace(100)
    pace.reserve(50, ready=10.0)
    assert pace.reserve(50, ready=60.0) == 60.5


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "a-1-py3-none-any.whl").write_bytes(b"a" * 300_000)
    (folder / "b-1-py3-none-any.whl").write_bytes(b"b")
    return folder


def test_the_wheels_of_a_lock_arrive_complete_over_the_shaped_link(wheels: Path, tmp_path: Path) -> None:
    arrived = tmp_path / "arrived"
    arrived.mkdir()
    with shaped_link(wheels) as address:
        fetch_into(wheel_urls(LOCK.format(address=address)), arrived)
    assert {file.name: file.read_bytes() for file in arrived.iterdir()} == {
        file.name: file.read_bytes() for file in wheels.iterdir()
    }


def test_the_speed_of_a_link_is_measured_over_all_bytes(wheels: Path) -> None:
    with served(wheel_handler(wheels, Pace(10**9))) as address:
        assert measure_link(wheel_urls(LOCK.format(address=address))).size_bytes == 300_001


def test_a_missing_wheel_stops_the_measurement(wheels: Path) -> None:
    with (
        served(wheel_handler(wheels, Pace(10**9))) as address,
        pytest.raises(ConnectionError, match=r"^the index answers with 404 for lost\.whl$"),
    ):
        measure_link((f"{address}/lost.whl",))


def test_the_name_of_a_wheel_is_the_end_of_its_url() -> None:
    assert wheel_name("http://127.0.0.1/files/a-1-py3-none-any.whl#sha256=00") == "a-1-py3-none-any.whl"


def test_cloudformation_has_no_stack() -> None:
    with served(NoStack) as address, urllib3.PoolManager() as pool:
        answer = pool.request("POST", address, body=b"Action=DescribeStacks")
    assert answer.status == 400
    assert b"<Code>ValidationError</Code>" in answer.data
    assert b"does not exist" in answer.data
