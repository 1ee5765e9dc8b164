import zipfile
from io import BytesIO

import pytest

from builder_lambda import BuildRequest, Ports, ResolveRequest, Target, resolve
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.locks import LockMissing
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.pipeline.build import build
from tests.builder_lambda.fakes import ListedResolver, MemoryArchives, MemoryIndex, indexes_of, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")
WEB = make_wheel("web", files={"web/__init__.py": "x = 1\n"})
CORE = make_wheel("core", "2.0", files={"core.py": "y = 2\n" * 100})


def resolve_request(*requirements: str, previous: str | None = None) -> ResolveRequest:
    return ResolveRequest(requirements=requirements or ("web",), target=TARGET, previous_lock_sha256=previous)


def build_request(lock_sha256: str, name: str = "web-python312-x86_64") -> BuildRequest:
    return BuildRequest(name=name, target=TARGET, lock_sha256=lock_sha256)


def store_of(ports: Ports) -> MemoryArchives:
    assert isinstance(ports.store, MemoryArchives)
    return ports.store


def fetched(ports: Ports) -> list[str]:
    wheels = indexes_of(ports).wheels
    assert isinstance(wheels, MemoryIndex)
    return wheels.fetched


def test_resolving_stores_the_lock_and_tells_the_versions() -> None:
    ports = memory_ports(WEB, CORE)

    result = resolve(resolve_request(), ports)

    assert result.packages == {"core": "2.0", "web": "1.0"}
    assert list(store_of(ports).texts) == [f"locks/{result.lock_sha256}.toml"]


def test_requirements_reach_the_resolver_in_normal_form_with_the_previous_lock() -> None:
    ports = memory_ports(WEB)
    first = resolve(resolve_request(), ports)
    resolve(resolve_request("Web >=1  # note", "core", "core", previous=first.lock_sha256), ports)

    resolver = indexes_of(ports).resolver
    assert isinstance(resolver, ListedResolver)
    before, after = resolver.asked
    assert before.previous is None
    assert after.requirements.requirement_lines == ("core", "web>=1")
    assert after.target == TARGET
    assert after.previous is not None
    assert [package.name for package in after.previous.packages] == ["web"]


def test_a_previous_lock_that_is_gone_does_not_hinder() -> None:
    assert resolve(resolve_request(previous="f" * 64), memory_ports(WEB)).packages == {"web": "1.0"}


def test_nothing_to_install_is_refused() -> None:
    with pytest.raises(InvalidRequirements) as caught:
        resolve(resolve_request('web; python_version<"3"'), memory_ports())

    assert "requirements: no package is required for python3.12-x86_64" in str(caught.value)


def test_hashes_of_requirements_are_enforced() -> None:
    ports = memory_ports(WEB)
    resolve(resolve_request(f"web==1.0 --hash=sha256:{WEB.sha256}"), ports)

    with pytest.raises(WheelHashMismatch):
        resolve(resolve_request(f"web==1.0 --hash=sha256:{'0' * 64}"), ports)


def test_archive_of_a_lock_is_built_and_told_of() -> None:
    ports = memory_ports(WEB, CORE)
    lock = resolve(resolve_request(), ports).lock_sha256

    result = build(build_request(lock), ports)

    assert result.archive_key == f"archives/web-python312-x86_64/{result.content_hash}.zip"
    archive = store_of(ports).archives[result.archive_key]
    assert result.size_bytes == len(archive)
    with zipfile.ZipFile(BytesIO(archive)) as read:
        assert read.read("python/web/__init__.py") == b"x = 1\n"
        sizes = {info.filename: (info.compress_size, info.file_size) for info in read.infolist()}
    assert sum(unpacked for _, unpacked in sizes.values()) == result.unpacked_bytes
    core = [size for name, size in sizes.items() if "/core" in name]
    assert (result.packages["core"].size_bytes, result.packages["core"].unpacked_bytes) == (
        sum(packed for packed, _ in core),
        sum(unpacked for _, unpacked in core),
    )
    assert result.packages["core"].version == "2.0"
    assert result.lock_sha256 == lock
    assert list(result.seconds) == [
        *("lock", "fetch", "lay-out", "recall", "slim", "bytecode", "write", "verify", "store", "keep", "total")
    ]
    assert result.seconds["total"] == sum(result.seconds.values()) / 2
    assert result.peak_memory_bytes == 50_000_000


def test_second_build_answers_from_the_store() -> None:
    ports = memory_ports(WEB)
    request = build_request(resolve(resolve_request(), ports).lock_sha256)
    first = build(request, ports)
    fetched(ports).clear()

    assert build(request, ports) == first
    assert fetched(ports) == []


def test_archive_that_was_deleted_is_built_again() -> None:
    ports = memory_ports(WEB)
    request = build_request(resolve(resolve_request(), ports).lock_sha256)
    first = build(request, ports)
    store_of(ports).archives.clear()

    again = build(request, ports)

    assert again.code_sha256 == first.code_sha256
    assert again.archive_key in store_of(ports).archives


@pytest.mark.parametrize("content", [b"something else", b""])
def test_archive_that_was_overwritten_by_somebody_is_replaced(content: bytes) -> None:
    ports = memory_ports(WEB)
    request = build_request(resolve(resolve_request(), ports).lock_sha256)
    first = build(request, ports)
    right = store_of(ports).archives[first.archive_key]
    store_of(ports).archives[first.archive_key] = content

    again = build(request, ports)

    assert (again.code_sha256, again.content_hash) == (first.code_sha256, first.content_hash)
    assert store_of(ports).archives[first.archive_key] == right


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"packages": 5}'])
def test_damaged_result_is_made_again(text: str) -> None:
    ports = memory_ports(WEB)
    request = build_request(resolve(resolve_request(), ports).lock_sha256)
    first = build(request, ports)
    (key,) = [key for key in store_of(ports).texts if key.startswith("results/")]
    store_of(ports).texts[key] = text

    assert build(request, ports).code_sha256 == first.code_sha256
    assert store_of(ports).texts[key] != text


def test_two_locks_of_one_content_share_the_archive_that_came_first() -> None:
    files = {"web/data.txt": "text " * 100}
    deflated, stored = make_wheel("web", files=files), make_wheel("web", files=files, method=zipfile.ZIP_STORED)
    store = MemoryArchives()
    results = []
    for wheel in (deflated, stored):
        ports = memory_ports(wheel, store=store)
        results.append(build(build_request(resolve(resolve_request(), ports).lock_sha256), ports))

    assert results[0].lock_sha256 != results[1].lock_sha256
    assert results[0].archive_key == results[1].archive_key
    assert results[0].code_sha256 == results[1].code_sha256
    assert results[0].size_bytes == results[1].size_bytes
    assert store.written == [results[0].archive_key]


def test_layers_of_other_names_have_other_archives() -> None:
    ports = memory_ports(WEB)
    lock = resolve(resolve_request(), ports).lock_sha256
    first, second = (build(build_request(lock, name), ports) for name in ("one", "two"))

    assert first.content_hash == second.content_hash
    assert sorted(store_of(ports).archives) == sorted([first.archive_key, second.archive_key])


def test_lock_that_is_not_in_the_store_is_told_of() -> None:
    with pytest.raises(LockMissing) as caught:
        build(build_request("f" * 64), memory_ports(WEB))

    assert str(caught.value) == (
        f"lock-missing: the archive store has no lock {'f' * 64}\n"
        "  likely cause: the archive bucket was emptied or replaced since the requirements were resolved\n"
        "  what to do: resolve the requirements again, which stores the lock, then build"
    )


def test_nothing_is_stored_of_a_build_that_fails() -> None:
    ports = memory_ports(WEB, make_wheel("web2", files={"web/__init__.py": "x = 2\n"}))
    lock = resolve(resolve_request(), ports).lock_sha256

    with pytest.raises(LayerError, match="conflicting-files"):
        build(build_request(lock), ports)

    assert list(store_of(ports).texts) == [f"locks/{lock}.toml"]
    assert store_of(ports).archives == {}
