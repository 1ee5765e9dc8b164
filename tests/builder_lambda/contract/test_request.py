import json
from collections.abc import Mapping
from typing import Protocol

import pytest

from builder_lambda import BuildRequest, BuildResult, PackageSize, ResolveRequest, ResolveResult, Target
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.report import BytecodeReport, NeededFileReport, Report, Size, SlimReport
from builder_lambda.contract.request import ModuleSource
from builder_lambda.errors.options import UnsupportedTarget

TARGET = Target.parse("python3.13", "arm64")


class Travels(Protocol):
    def to_mapping(self) -> dict[str, object]: ...

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "Travels": ...


VALUES: list[Travels] = [
    ResolveRequest(requirements=("requests>=2",), constraints=("urllib3<3",), target=TARGET, previous_lock_sha256="ab"),
    ResolveRequest(requirements=(), target=TARGET),
    ResolveRequest(requirements=("crcmod",), target=TARGET, allow_source_builds=("crcmod",)),
    ResolveRequest(requirements=("crcmod",), target=TARGET, allow_source_builds="all"),
    ResolveResult(lock_sha256="ab", packages={"requests": "2.34.2"}),
    BuildRequest(name="web-python313-arm64", target=TARGET, lock_sha256="ab"),
    BuildRequest(
        name="web-python313-arm64",
        target=TARGET,
        lock_sha256="ab",
        options=BuildOptions(layout="site-packages", bytecode=False, slim="small", exclude=("*.txt",), size_budget=5),
        modules=(ModuleSource(name="shared", sha256="cd"),),
    ),
    BuildResult(
        content_hash="c0ffee",
        code_sha256="c29tZQ==",
        archive_key="archives/web-python313-arm64/c0ffee.zip",
        lock_sha256="ab",
        size_bytes=10,
        unpacked_bytes=20,
        packages={"requests": PackageSize(version="2.34.2", size_bytes=10, unpacked_bytes=20)},
        seconds={"fetch": 0.25, "total": 1.0},
        peak_memory_bytes=50_000_000,
        report=Report(
            limit_share=0.25,
            bytecode=BytecodeReport(
                included=True,
                python_version="3.13.0",
                size=Size(files=1, size_bytes=2, unpacked_bytes=3),
                not_compiled={"bad.py": "invalid syntax (line 1)"},
            ),
            slim=SlimReport(
                left_out={"tests": Size(files=1, size_bytes=2, unpacked_bytes=3)},
                put_back=(NeededFileReport(path="a/tests/b.py", rule="tests", needed_by="a/c.py"),),
                missing=(NeededFileReport(path="d.py", rule="excluded", needed_by="a/c.py"),),
            ),
            runtime_provided=("boto3",),
            modules={"shared": Size(files=1, size_bytes=2, unpacked_bytes=3)},
            notes=("a.pth has no effect",),
        ),
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_value_travels_as_json(value: Travels) -> None:
    assert type(value).from_mapping(json.loads(json.dumps(value.to_mapping()))) == value


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_whole_numbers_may_come_as_floats(value: Travels) -> None:
    text = json.dumps(value.to_mapping())
    assert type(value).from_mapping(json.loads(text, parse_int=float)) == value


def test_target_of_a_request_is_checked() -> None:
    mapping = BuildRequest(name="web", target=TARGET, lock_sha256="ab").to_mapping()
    mapping["target"] = {"runtime": "python3.6", "architecture": "arm64"}

    with pytest.raises(UnsupportedTarget):
        BuildRequest.from_mapping(mapping)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", 5, "the field 'name' must be text, not 5"),
        ("target", "python3.13", "the field 'target' must be an object, not 'python3.13'"),
    ],
)
def test_wrong_field_is_named(field: str, value: object, message: str) -> None:
    mapping = BuildRequest(name="web", target=TARGET, lock_sha256="ab").to_mapping() | {field: value}
    with pytest.raises(TypeError) as caught:
        BuildRequest.from_mapping(mapping)
    assert str(caught.value) == message


@pytest.mark.parametrize("value", ["requests", ["requests", 5], {"requests": 1}])
def test_requirements_must_be_a_list_of_texts(value: object) -> None:
    mapping = ResolveRequest(requirements=(), target=TARGET).to_mapping() | {"requirements": value}
    with pytest.raises(TypeError, match="the field 'requirements' must be a list of texts"):
        ResolveRequest.from_mapping(mapping)


@pytest.mark.parametrize("value", [1.5, True, "10", None])
def test_size_must_be_a_whole_number(value: object) -> None:
    mapping = VALUES[-1].to_mapping() | {"size_bytes": value}
    with pytest.raises(TypeError, match="the field 'size_bytes' must be a whole number"):
        BuildResult.from_mapping(mapping)
