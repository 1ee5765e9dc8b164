"""Which wheel of a version is meant, and which can be loaded, by the real uv."""

import pytest

from builder_lambda.errors.resolution import NoCompatibleWheel
from builder_lambda.errors.wheels import WheelHashMismatch
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.indexes.private.index_builder import OLD_TARGET, Builder, needing
from tests.builder_lambda.wheel_factory import make_wheel


def test_hashes_select_a_wheel_of_a_version(builder: Builder, public: GuardedIndex) -> None:
    special = make_wheel("both", "1.0", {"both.py": "a = 1"}, tag="cp313-cp313-manylinux_2_28_aarch64")
    plain = make_wheel("both", "1.0", {"both.py": "a = 2"})
    public.wheels |= {wheel.filename: wheel for wheel in (special, plain)}

    assert special.filename in builder.lock_text(builder.resolve("both==1.0"))
    chosen = builder.resolve(f"both==1.0 --hash=sha256:{plain.sha256}")
    assert plain.filename in builder.lock_text(chosen)
    assert special.filename not in builder.lock_text(chosen)
    with pytest.raises(WheelHashMismatch):
        builder.resolve(f"both==1.0 --hash=sha256:{'0' * 64}")


def test_wheels_between_the_glibc_releases_that_uv_knows_are_found(builder: Builder, public: GuardedIndex) -> None:
    wheels = [
        make_wheel("native", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        make_wheel("native", "1.1", tag="cp311-cp311-manylinux_2_26_x86_64"),
        make_wheel("native", "1.2", tag="cp311-cp311-manylinux_2_28_x86_64"),
        make_wheel("native", "1.3", tag="cp311-cp311-manylinux_2_27_x86_64"),
        needing("user", "1.0", "native"),
    ]
    public.wheels |= {wheel.filename: wheel for wheel in wheels}

    assert builder.resolve("user", target=OLD_TARGET).packages == {"native": "1.1", "user": "1.0"}
    assert len(builder.commands) == 2, "all that is too new is ruled out at once"


def test_a_project_without_a_wheel_for_the_glibc_is_reported_with_the_nearest_version(
    builder: Builder, public: GuardedIndex
) -> None:
    wheels = [
        make_wheel("native", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        make_wheel("native", "2.0", tag="cp311-cp311-manylinux_2_28_x86_64"),
        make_wheel("other", "1.0", tag="cp311-cp311-win_amd64"),
    ]
    public.wheels |= {wheel.filename: wheel for wheel in wheels}

    with pytest.raises(NoCompatibleWheel) as caught:
        builder.resolve("native>=2", "other", "base", target=OLD_TARGET)

    assert caught.value.packages == ("native", "other")
    assert caught.value.explanation.splitlines()[:2] == [
        "native 2.0: its wheel needs glibc 2.28 or newer; python3.11 has 2.26; 1.0 has a wheel that fits",
        "other 1.0: its wheels are only for Windows; no version has a wheel that fits",
    ]
