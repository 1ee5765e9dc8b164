import pytest
from packaging.pylock import Pylock

from builder_lambda.contract.targets import Target
from builder_lambda.errors.locks import InvalidLock
from builder_lambda.errors.resolution import NoCompatibleWheel
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.locks.selection import check_hashes, select_wheels

TARGET = Target.parse("python3.11", "x86_64")
SHA = "a" * 64


def wheel(filename: str, **more: str) -> str:
    extra = "".join(f", {key} = '{value}'" for key, value in more.items())
    return f"{{ url = 'https://files.example/{filename}', hashes = {{ sha256 = '{SHA}' }}{extra} }}"


def package(name: str, *wheels: str, more: str = "") -> str:
    listed = f"wheels = [{', '.join(map(wheel, wheels))}]\n" if wheels else ""
    return f"[[packages]]\nname = '{name}'\nversion = '1.0'\n{listed}{more}\n"


def lock(*packages: str, head: str = "") -> Pylock:
    return parse_lock(f"lock-version = '1.0'\ncreated-by = 'test'\n{head}\n" + "".join(packages))


def names(found: Pylock, target: Target = TARGET) -> list[str]:
    return [wheel.filename for wheel in select_wheels(found, target)]


def test_wheel_for_the_newest_c_library_that_the_target_has_is_chosen() -> None:
    found = lock(
        package(
            "a",
            "a-1.0-py3-none-any.whl",
            "a-1.0-cp311-cp311-manylinux_2_28_x86_64.whl",
            "a-1.0-cp311-cp311-manylinux2014_x86_64.whl",
            "a-1.0-cp311-cp311-manylinux_2_24_x86_64.whl",
            "a-1.0-cp311-cp311-musllinux_1_1_x86_64.whl",
        )
    )

    assert names(found) == ["a-1.0-cp311-cp311-manylinux_2_24_x86_64.whl"]


def test_wheel_that_is_tagged_with_an_old_alias_only_is_found() -> None:
    assert names(lock(package("a", "a-1.0-cp311-cp311-manylinux1_x86_64.whl")))


def test_wheels_are_ordered_by_file_name_and_packages_of_other_targets_left_out() -> None:
    found = lock(
        package("z", "z-1.0-py3-none-any.whl"),
        package("a", "a-1.0-py3-none-any.whl"),
        package("arm-only", "arm_only-1.0-py3-none-any.whl", more="marker = 'platform_machine == \"aarch64\"'"),
    )

    assert names(found) == ["a-1.0-py3-none-any.whl", "z-1.0-py3-none-any.whl"]
    assert len(names(found, Target.parse("python3.11", "arm64"))) == 3


def test_every_package_without_a_wheel_is_named() -> None:
    sdist = "sdist = { url = 'https://files.example/b-1.0.tar.gz', hashes = { sha256 = 'aa' } }"
    found = lock(
        package("c", "c-1.0-cp312-cp312-manylinux2014_x86_64.whl"),
        package("ok", "ok-1.0-py3-none-any.whl"),
        package("b", more=sdist),
    )

    with pytest.raises(NoCompatibleWheel) as caught:
        select_wheels(found, TARGET)

    assert str(caught.value) == (
        "no-compatible-wheel: no wheel of 'b', 'c' can be loaded by python3.11-x86_64\n"
        "  likely cause: the versions asked for are published as source only, "
        "or for other Pythons, machines or a newer glibc\n"
        "  what to do: allow a version that has a wheel, choose another target, or allow source builds of it"
    )


def test_wheel_that_a_requirement_names_by_url_is_an_archive_in_the_lock() -> None:
    archive = f"archive = {{ url = 'https://x.example/a-1.0-py3-none-any.whl', hashes = {{ sha256 = '{SHA}' }} }}"
    assert names(lock(package("a", more=archive))) == ["a-1.0-py3-none-any.whl"]


def test_credentials_are_cut_out_of_urls() -> None:
    url = "https://user:secret@files.example/a-1.0-py3-none-any.whl"
    found = lock(
        f"[[packages]]\nname = 'a'\nversion = '1.0'\nwheels = [{{ url = '{url}', hashes = {{ sha256 = '{SHA}' }} }}]\n"
    )
    assert [w.url for w in select_wheels(found, TARGET)] == ["https://files.example/a-1.0-py3-none-any.whl"]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (lock(package("a", "a-1.0-py3-none-any.whl"), head="requires-python = '>=3.13'"), "does not satisfy"),
        (
            lock(package("a", "a-1.0-py3-none-any.whl"), package("a", "a-1.0-1-py3-none-any.whl")),
            "Multiple packages with the name 'a'",
        ),
        (
            lock(
                "[[packages]]\nname = 'a'\nversion = '1.0'\n"
                "wheels = [{ url = 'https://x.example/a-1.0-py3-none-any.whl', hashes = { md5 = 'aa' } }]\n"
            ),
            "the wheel of a is locked without a sha256",
        ),
        (
            lock(
                "[[packages]]\nname = 'a'\nversion = '1.0'\n"
                f"wheels = [{{ path = './a-1.0-py3-none-any.whl', hashes = {{ sha256 = '{SHA}' }} }}]\n"
            ),
            "a is not locked to a wheel with a URL",
        ),
    ],
)
def test_a_lock_that_does_not_fit_is_refused(found: Pylock, reason: str) -> None:
    with pytest.raises(InvalidLock) as caught:
        select_wheels(found, TARGET)
    assert reason in caught.value.reason


def test_hashes_of_requirements_are_enforced() -> None:
    wheels = select_wheels(lock(package("a", "a-1.0-py3-none-any.whl")), TARGET)
    check_hashes(wheels, {"a": frozenset({SHA, "b" * 64}), "other": frozenset()})

    with pytest.raises(WheelHashMismatch) as caught:
        check_hashes(wheels, {"a": frozenset({"b" * 64, "c" * 64})})

    assert str(caught.value) == (
        "wheel-hash-mismatch: the wheel 'a-1.0-py3-none-any.whl' does not have the sha256 that is pinned for it\n"
        f"    pinned: {'b' * 64}\n"
        f"    pinned: {'c' * 64}\n"
        f"    actual: {SHA}\n"
        "  likely cause: the file was replaced on the index, a proxy changed it, "
        "or the pinned hash belongs to another file\n"
        "  what to do: do not deploy it; compare with the publisher's hashes, then correct the pin or the index"
    )
