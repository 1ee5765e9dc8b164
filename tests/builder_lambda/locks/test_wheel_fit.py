import pytest

from builder_lambda import Target
from builder_lambda.locks.wheel_fit import fits, why_none_fits

PYTHON39 = Target(runtime="python3.9", architecture="x86_64")
PYTHON311 = Target(runtime="python3.11", architecture="x86_64")
PYTHON313_ARM = Target(runtime="python3.13", architecture="arm64")


@pytest.mark.parametrize(
    ("filename", "target"),
    [
        ("six-1.17.0-py2.py3-none-any.whl", PYTHON39),
        ("a-1-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", PYTHON39),
        ("a-1-cp38-abi3-manylinux2014_aarch64.whl", PYTHON313_ARM),
        ("a-1-cp313-cp313-manylinux_2_34_aarch64.whl", PYTHON313_ARM),
    ],
)
def test_a_wheel_fits_by_its_name(filename: str, target: Target) -> None:
    assert fits(filename, target)


@pytest.mark.parametrize("filename", ["a-1.tar.gz", "not a wheel.whl", "a-1-cp312-cp312-manylinux_2_17_x86_64.whl"])
def test_what_is_no_wheel_for_the_target_does_not_fit(filename: str) -> None:
    assert not fits(filename, PYTHON39)


@pytest.mark.parametrize(
    ("filenames", "reason"),
    [
        ([], "it is published as source only"),
        (["a-1.tar.gz"], "it is published as source only"),
        (
            ["a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1-cp311-cp311-manylinux_2_34_x86_64.whl"],
            "its wheel needs glibc 2.28 or newer; python3.11 has 2.26",
        ),
        (
            # the glibc is nearer to a fit than the other Python
            ["a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1-cp310-cp310-manylinux_2_17_x86_64.whl"],
            "its wheel needs glibc 2.28 or newer; python3.11 has 2.26",
        ),
        (
            [
                f"a-1-{tag}-manylinux_2_17_x86_64.whl"
                for tag in ("cp39-cp39", "cp313-cp313t", "cp312-abi3", "cp310-cp310")
            ],
            "its wheels are only for Python 3.9, 3.10, 3.12 and newer, 3.13 without GIL",
        ),
        (
            ["a-1-cp313-cp313-manylinux_2_28_x86_64.whl"],
            "its wheels are only for Python 3.13, and its wheel needs glibc 2.28 or newer; python3.11 has 2.26",
        ),
        (
            ["a-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl", "a-1-py2-none-any.whl"],
            "its wheels are only for Python 2, PyPy 3.10",
        ),
        (
            [
                "a-1-cp311-cp311-macosx_11_0_arm64.whl",
                "a-1-cp311-cp311-win_amd64.whl",
                "a-1-cp311-cp311-musllinux_1_2_x86_64.whl",
                "a-1-cp311-cp311-manylinux2014_aarch64.whl",
            ],
            "its wheels are only for Linux on aarch64, Windows, macOS, musl Linux",
        ),
    ],
)
def test_the_reason_is_the_one_that_is_nearest_to_a_fit(filenames: list[str], reason: str) -> None:
    assert why_none_fits(filenames, PYTHON311) == reason
