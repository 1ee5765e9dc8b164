from dataclasses import replace
from typing import Any

import pytest

from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.contract.targets import Target
from builder_lambda.errors.locks import InvalidLock
from builder_lambda.locks.pylock import lock_of, lock_sha256, parse_lock, render_lock
from builder_lambda.locks.selection import select_wheels

TARGET = Target.parse("python3.12", "x86_64")
WHEELS = (
    LockedWheel(
        filename="numpy-2.5.5-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        name="numpy",
        version="2.5.5",
        sha256="a" * 64,
        url="https://files.example/numpy-2.5.5-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
    ),
    LockedWheel(
        filename="requests-2.34.2-py3-none-any.whl",
        name="requests",
        version="2.34.2",
        sha256="b" * 64,
        url="https://files.example/download?id=7",
    ),
)


def test_a_lock_as_text_gives_the_same_wheels() -> None:
    assert select_wheels(parse_lock(render_lock(lock_of(WHEELS))), TARGET) == WHEELS


def test_text_of_a_lock_does_not_depend_on_the_order_of_wheels() -> None:
    assert render_lock(lock_of(WHEELS)) == render_lock(lock_of(reversed(WHEELS)))


def test_hash_of_a_lock_does_not_depend_on_where_the_wheels_are() -> None:
    mirrored = [replace(wheel, url=f"https://mirror.example/{wheel.filename}") for wheel in reversed(WHEELS)]

    assert lock_sha256(mirrored) == lock_sha256(WHEELS)
    # Written down, since another value would build every layer anew.
    assert lock_sha256(WHEELS) == "21e3a3e4837d20498369ec2320164c943419a8706e43984df63c659e2a94a089"


@pytest.mark.parametrize(
    "change", [{"sha256": "c" * 64}, {"version": "2.5.6"}, {"name": "other"}, {"filename": "x.whl"}]
)
def test_hash_of_a_lock_changes_with_what_is_locked(change: dict[str, Any]) -> None:
    assert lock_sha256((replace(WHEELS[0], **change), WHEELS[1])) != lock_sha256(WHEELS)


def test_sizes_of_wheels_are_locked_and_change_no_hash() -> None:
    sized = [replace(wheel, size=number) for number, wheel in enumerate(WHEELS)]

    assert "size = 1\n" in render_lock(lock_of(sized))
    assert lock_sha256(sized) == lock_sha256(WHEELS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not toml", "Expected '=' after a key in a key/value pair (at line 1, column 5)"),
        ('lock-version = "1.0"\n', "Missing required value in 'created-by'"),
        ('lock-version = "9.0"\ncreated-by = "x"\npackages = []\n', "pylock version 9.0 is not supported"),
    ],
)
def test_a_text_that_is_not_a_lock_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidLock) as caught:
        parse_lock(text)

    assert str(caught.value) == (
        "invalid-lock: the lock cannot be used\n"
        f"    {reason}\n"
        "  likely cause: it was edited by hand, made by a newer version, or made for another target\n"
        "  what to do: make the lock again from the requirements, for the target"
    )
