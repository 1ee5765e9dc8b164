"""The files of a layer are what the RECORD of their wheel declares, also those that no step reads."""

import base64
import hashlib
import json

import pytest

from builder_lambda import BuildRequest, BuildResult, ResolveRequest, Target, resolve
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.store_keys import report_key
from builder_lambda.errors.wheels import InvalidWheel
from builder_lambda.pipeline.build import build
from tests.builder_lambda.fakes import MemoryArchives, memory_ports
from tests.builder_lambda.pipeline.test_fragments import forget_results
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel, record_of

TARGET = Target.parse("python3.12", "x86_64")
GOOD = make_wheel("victim", files={"victim/core.so": b"good"})
POSING = make_wheel(
    "aaa", files={"victim/core.so": b"evil"}, record=record_of({"victim/core.so": b"good"}, "aaa-1.0.dist-info")
)


def built(store: MemoryArchives, *wheels: MadeWheel) -> BuildResult:
    ports = memory_ports(*wheels, store=store)
    names = tuple(wheel.filename.partition("-")[0] for wheel in wheels)
    lock = resolve(ResolveRequest(requirements=names, target=TARGET), ports).lock_sha256
    options = BuildOptions.from_mapping({"bytecode": False})
    return build(BuildRequest(name="x", target=TARGET, lock_sha256=lock, options=options), ports)


@pytest.mark.parametrize("wheels", [(POSING,), (POSING, GOOD), (GOOD, POSING)])
def test_a_file_that_record_lies_about_is_refused_and_nothing_is_stored(wheels: tuple[MadeWheel, ...]) -> None:
    store = MemoryArchives()
    with pytest.raises(InvalidWheel, match=r"'victim/core\.so' is not what the RECORD of aaa 1.0 declares"):
        built(store, *wheels)
    assert store.archives == {}
    assert store.others == {}


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that receives the path of each file that is verified."""
    paths: list[str] = []
    check = ArchiveEntry.check

    def noted(entry: ArchiveEntry) -> None:
        paths.append(entry.path)
        check(entry)

    monkeypatch.setattr(ArchiveEntry, "check", noted)
    return paths


def test_a_wheel_is_verified_once(checked: list[str]) -> None:
    store = MemoryArchives()
    first = built(store, GOOD)
    assert "victim/core.so" in checked
    checked.clear()
    forget_results(store)

    again = built(store, GOOD)

    assert checked == []
    assert again.code_sha256 == first.code_sha256


def test_a_fragment_of_a_release_that_did_not_verify_is_not_believed(checked: list[str]) -> None:
    store = MemoryArchives()
    built(store, GOOD)
    checked.clear()
    forget_results(store)
    (key,) = (key for key in store.others if key.startswith("fragments/"))
    store.write_bytes(key, (store.read_bytes(key) or b"").replace(b"fragment 2", b"fragment 1"))

    built(store, GOOD)

    assert "victim/core.so" in checked


def test_all_wrong_files_of_a_wheel_are_named_up_to_a_bound() -> None:
    files = {f"aaa/{number}.so": b"evil" for number in range(10)}
    record = record_of(dict.fromkeys(files, b"good"), "aaa-1.0.dist-info")
    with pytest.raises(InvalidWheel, match=r"'aaa/0\.so' is not .*; 'aaa/7\.so' is not .*, and 2 more"):
        built(MemoryArchives(), make_wheel("aaa", files=files, record=record))


def test_an_archive_of_a_release_that_did_not_verify_is_made_again() -> None:
    store = MemoryArchives()
    expected = built(store, GOOD)
    report = report_key(expected.archive_key)
    planted, described = b"planted", json.loads(store.texts[report])
    forget_results(store)
    store.archives[expected.archive_key] = planted
    old = described | {
        "code_sha256": base64.b64encode(hashlib.sha256(planted).digest()).decode(),
        "size_bytes": len(planted),
        "builder_version": 4,
    }
    store.texts[report] = json.dumps(old)

    again = built(store, GOOD)

    assert again.code_sha256 == expected.code_sha256
    assert store.archives[expected.archive_key] != planted
