"""The files of a layer are what the RECORD of their wheel declares, also those that no step reads."""

import pytest

from builder_lambda import BuildRequest, BuildResult, ResolveRequest, Target, resolve
from builder_lambda.contract.options import BuildOptions
from builder_lambda.distributions.wheel_file import WheelFile
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
def test_copied_file_that_record_lies_about_is_refused_and_nothing_is_stored(wheels: tuple[MadeWheel, ...]) -> None:
    store = MemoryArchives()
    with pytest.raises(InvalidWheel, match=r"'victim/core\.so' is not what its RECORD declares"):
        built(store, *wheels)
    assert store.archives == {}
    assert store.others == {}


def test_a_wheel_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    check = WheelFile.check

    def noted(wheel: WheelFile, path: str) -> None:
        checked.append(path)
        check(wheel, path)

    monkeypatch.setattr(WheelFile, "check", noted)
    store = MemoryArchives()
    first = built(store, GOOD)
    assert "victim/core.so" in checked
    checked.clear()
    forget_results(store)

    again = built(store, GOOD)

    assert checked == []
    assert again.code_sha256 == first.code_sha256
