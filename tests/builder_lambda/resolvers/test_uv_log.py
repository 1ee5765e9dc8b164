"""What uv tells of wheels (``tests/cases/uv``, as seen) is understood, and is no part of what a user reads."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from builder_lambda import Ports, Target
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.errors.resolution import UnresolvableRequirements
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.indexes.prefetching import PrefetchingIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.uv_log import UV_DEBUG
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.locks.selection import select_wheels
from builder_lambda.resolvers.uv import UvResolver
from tests.builder_lambda.fakes import indexes_of, query
from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.prefetching_fakes import Prefetching, arrive, begun_by, looked_at
from tests.builder_lambda.wheel_factory import make_wheel
from tests.builder_lambda.wheel_server import WheelServer, serving_wheels

CASES = Path(__file__).parents[2] / "cases" / "uv"
TARGET = Target.parse("python3.12", "x86_64")


@pytest.fixture
def server() -> Iterator[WheelServer]:
    with serving_wheels() as started:
        yield started


def test_metadata_that_is_a_file_of_its_own_stands_for_its_wheel(server: WheelServer, tmp_path: Path) -> None:
    wheel = make_wheel()
    locked = server.add(wheel)
    prefetching = Prefetching(tmp_path)
    prefetching.download_early(f"{locked.url}.metadata")

    assert prefetching.fetched(locked) == [wheel.content]
    assert server.requests == {wheel.filename: 1}
    assert prefetching.behind.asked == []


def test_a_wheel_is_begun_once_whether_uv_speaks_of_it_or_of_its_metadata(tmp_path: Path) -> None:
    url = "https://files.example/demo-1.0-py3-none-any.whl"
    lines = [looked_at(f"{url}.metadata"), looked_at(url), looked_at(f"{url}.metadata")]
    assert begun_by(lines, tmp_path) == [url]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_ends_of_lines_do_not_matter(end: str, tmp_path: Path) -> None:
    url = "https://files.example/a/demo-1.0%2Blocal-py3-none-any.whl"
    assert begun_by([f"DEBUG No cache entry for: {url}{end}"], tmp_path) == [url]


@pytest.mark.parametrize(
    "line",
    [
        "DEBUG Found fresh response for: https://files.example/demo-1.0-py3-none-any.whl.metadata",
        "DEBUG Found stale response for: https://files.example/demo-1.0-py3-none-any.whl",
        "DEBUG Found modified response for: https://files.example/demo-1.0-py3-none-any.whl",
        "DEBUG Sending fresh GET request for: https://files.example/demo-1.0-py3-none-any.whl",
        "DEBUG No cache entry for: https://index.example/simple/demo/",
        "DEBUG No cache entry for: https://files.example/demo-1.0.tar.gz",
        "DEBUG No cache entry for: https://files.example/demo-1.0-py3-none-any.whl.metadata.asc",
        "DEBUG No cache entry for: https://files.example/demo-1.0-py3-none-any.whl and more",
        "DEBUG No cache entry for: file:///wheels/demo-1.0-py3-none-any.whl",
        "DEBUG No cache entry for: https://files.example/demo.whl",
        "TRACE No cache entry for: https://files.example/demo-1.0-py3-none-any.whl",
        "  cause: DEBUG No cache entry for: https://files.example/demo-1.0-py3-none-any.whl",
        "Resolved 1 package in 12ms",
        "",
    ],
)
def test_other_lines_begin_nothing(line: str, tmp_path: Path) -> None:
    assert begun_by([f"{line}\n"], tmp_path / "wheels") == []
    assert not (tmp_path / "wheels").exists()


@pytest.mark.parametrize(
    ("case", "begun"),
    [
        (
            "told-empty-cache",
            [
                "certifi-2026.10.18-py3-none-any.whl",
                "charset_normalizer-3.5.2-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64"
                ".manylinux_2_28_x86_64.whl",
                "idna-3.20-py3-none-any.whl",
                "requests-2.32.3-py3-none-any.whl",
                "urllib3-2.8.0-py3-none-any.whl",
            ],
        ),
        ("told-full-cache", []),
        ("told-unresolvable", ["requests-2.32.3-py3-none-any.whl", "urllib3-1.19.1-py2.py3-none-any.whl"]),
    ],
)
def test_of_what_uv_says_its_wheels_are_begun(case: str, begun: list[str], tmp_path: Path) -> None:
    lines = (CASES / f"{case}.txt").read_text().splitlines(keepends=True)
    urls = begun_by(lines, tmp_path)
    assert sorted(url.rpartition("/")[2] for url in urls) == begun
    assert all(url.startswith("https://files.example/packages/") for url in urls)


def test_what_uv_logs_is_no_part_of_its_explanation(tmp_path: Path) -> None:
    environs: list[Mapping[str, str]] = []
    said = (CASES / "told-unresolvable.txt").read_text()
    assert "DEBUG" in said

    def run(command: list[str], *, env: Mapping[str, str], **_options: object) -> CompletedProcess[str]:
        environs.append(env)
        return CompletedProcess(command, 1, "", said)

    settings = IndexSettings.of({"PIP_CONFIG_FILE": "/dev/null"})
    resolver = UvResolver(settings=settings, cache=tmp_path, run=run, environ=UV_DEBUG)
    with pytest.raises(UnresolvableRequirements) as caught:
        resolver.resolve(query("requests==2.32.3", "urllib3<1.20", target=TARGET))

    assert caught.value.explanation == (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because requests==2.32.3 depends on urllib3>=1.21.1,<3 and you require requests==2.32.3, "
        "we can conclude that you require urllib3>=1.21.1,<3.\n"
        "         And because you require urllib3<1.20, we can conclude that your requirements are unsatisfiable."
    )
    assert "DEBUG" not in str(caught.value)
    assert [environ["RUST_LOG"] for environ in environs] == [UV_DEBUG["RUST_LOG"]]


def resolved(ports: Ports, *requirements: str) -> tuple[PrefetchingIndex, tuple[LockedWheel, ...]]:
    """Resolve with the real uv; return when what it spoke of has arrived."""
    indexes = indexes_of(ports)
    lock = indexes.resolver.resolve(query(*requirements, target=TARGET))
    assert isinstance(indexes.wheels, PrefetchingIndex)
    arrive(indexes.wheels)
    return indexes.wheels, tuple(select_wheels(lock, TARGET))


def environ_of(index: GuardedIndex) -> dict[str, str]:
    assert index.login is not None
    user, password = index.login
    url = index.url.replace("http://", f"http://{user}:{password}@")
    return {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": "/dev/null", "UV_INDEX_URL": url}


def guarded() -> GuardedIndex:
    app = make_wheel("app", metadata_text="Metadata-Version: 2.1\nName: app\nVersion: 1.0\nRequires-Dist: lib\n")
    return GuardedIndex([app, make_wheel("lib", "2.0+local.1"), make_wheel("lib", "1.0")], login=("user", "s3cret"))


def test_uv_speaks_of_the_wheels_that_it_takes_from_an_index_with_a_login(tmp_path: Path) -> None:
    with serving(guarded()) as index:
        early, wheels = resolved(local_ports(tmp_path, environ_of(index), is_building=True), "app")
        asked = len(index.asked)

        assert [wheel.filename for wheel in wheels] == ["app-1.0-py3-none-any.whl", "lib-2.0+local.1-py3-none-any.whl"]
        contents = [bytes(content) for content in early.fetch(wheels)]
        assert contents == [index.wheels[wheel.filename].content for wheel in wheels]
        assert len(index.asked) == asked, "all were there"


def test_nothing_is_fetched_early_where_nothing_will_be_built_whatever_uv_tells(tmp_path: Path) -> None:
    with serving(guarded()) as index:
        early, wheels = resolved(local_ports(tmp_path, {**environ_of(index), **UV_DEBUG}), "app")
        asked = len(index.asked)

        assert not (tmp_path / "wheels").exists()
        assert len(list(early.fetch(wheels))) == 2
        assert len(index.asked) == asked + 2


@pytest.mark.index
@pytest.mark.parametrize("requirement", ["idna==3.10", "packaging==25.0"])
def test_uv_speaks_of_the_wheels_that_it_takes_from_the_default_index(requirement: str, tmp_path: Path) -> None:
    early, wheels = resolved(local_ports(tmp_path, is_building=True), requirement)
    kept = WheelFolder(tmp_path / "wheels")

    (content,) = (kept.read(wheel.sha256) for wheel in wheels)
    assert content is not None, "it is there before it is fetched"
    assert [bytes(fetched) for fetched in early.fetch(wheels)] == [bytes(content)]
