import pytest
from packaging.markers import Marker

from builder_lambda import ARCHITECTURES, RUNTIMES, Target
from builder_lambda.errors.options import UnsupportedTarget

TARGETS = [Target.parse(runtime, architecture) for runtime in RUNTIMES for architecture in ARCHITECTURES]


def test_names_of_a_target() -> None:
    target = Target.parse("python3.13", "arm64")

    assert target.python_version == "3.13"
    assert target.slug == "python313-arm64"
    assert target.machine == "aarch64"
    assert target.glibc == (2, 34)
    assert target.interpreter == "/var/lang/bin/python3.13"


@pytest.mark.parametrize("runtime", ["python3.9", "python3.10", "python3.11"])
def test_runtimes_up_to_311_have_the_c_library_of_amazon_linux_2(runtime: str) -> None:
    assert Target.parse(runtime, "x86_64").glibc == (2, 26)


@pytest.mark.parametrize("runtime", ["python3.12", "python3.13", "python3.14"])
def test_runtimes_from_312_have_the_c_library_of_amazon_linux_2023(runtime: str) -> None:
    assert Target.parse(runtime, "x86_64").glibc == (2, 34)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.slug)
def test_environment_answers_every_marker_variable(target: Target) -> None:
    expected = {
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_machine": target.machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_version": target.python_version,
        "implementation_name": "cpython",
    }
    for variable, value in expected.items():
        assert Marker(f"{variable} == '{value}'").evaluate(dict(target.environment))  # type: ignore[arg-type]
    assert set(target.environment) == {
        *expected,
        "implementation_version",
        "platform_release",
        "platform_version",
        "python_full_version",
    }


def test_patch_release_of_a_marker_is_one_that_the_runtime_has() -> None:
    environment = Target.parse("python3.11", "x86_64").environment
    assert not Marker('python_full_version < "3.11.3"').evaluate(dict(environment))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("runtime", "architecture"), [("python3.8", "x86_64"), ("python3.13", "aarch64"), ("nodejs20.x", "arm64")]
)
def test_unknown_target_is_refused_with_the_known_ones(runtime: str, architecture: str) -> None:
    with pytest.raises(UnsupportedTarget) as caught:
        Target.parse(runtime, architecture)

    assert str(caught.value) == (
        f"unsupported-target: no layer can be built for runtime {runtime!r} with architecture {architecture!r}\n"
        "    runtimes: python3.9, python3.10, python3.11, python3.12, python3.13, python3.14\n"
        "    architectures: x86_64, arm64\n"
        "  likely cause: a spelling error, a runtime that this version does not know, "
        "or a builder that cannot serve it\n"
        "  what to do: use one of the runtimes and architectures above"
    )
