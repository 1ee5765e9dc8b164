import pytest
from packaging.tags import Tag

from builder_lambda import ARCHITECTURES, RUNTIMES, Target
from builder_lambda.locks.target_tags import target_tags

TARGETS = [Target.parse(runtime, architecture) for runtime in RUNTIMES for architecture in ARCHITECTURES]


def platforms(target: Target) -> list[str]:
    tags = target_tags(target)
    return [tag.platform for tag in tags if tag.abi == tags[0].abi]


@pytest.mark.parametrize("runtime", ["python3.9", "python3.10", "python3.11"])
def test_runtimes_up_to_311_load_wheels_for_the_c_library_of_amazon_linux_2(runtime: str) -> None:
    target = Target.parse(runtime, "x86_64")
    assert platforms(target)[0] == "manylinux_2_26_x86_64"


@pytest.mark.parametrize("runtime", ["python3.12", "python3.13", "python3.14"])
def test_runtimes_from_312_load_wheels_for_the_c_library_of_amazon_linux_2023(runtime: str) -> None:
    assert platforms(Target.parse(runtime, "x86_64"))[0] == "manylinux_2_34_x86_64"


def test_all_old_platforms_are_listed_each_alias_after_its_glibc() -> None:
    found = platforms(Target.parse("python3.11", "x86_64"))

    assert found[9:] == [
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_16_x86_64",
        "manylinux_2_15_x86_64",
        "manylinux_2_14_x86_64",
        "manylinux_2_13_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux2010_x86_64",
        "manylinux_2_11_x86_64",
        "manylinux_2_10_x86_64",
        "manylinux_2_9_x86_64",
        "manylinux_2_8_x86_64",
        "manylinux_2_7_x86_64",
        "manylinux_2_6_x86_64",
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
        "linux_x86_64",
    ]


def test_arm_begins_with_manylinux2014() -> None:
    assert platforms(Target.parse("python3.12", "arm64"))[-3:] == [
        "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
        "linux_aarch64",
    ]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.slug)
def test_tags_are_unique_and_fit_the_target(target: Target) -> None:
    tags = target_tags(target)
    assert len(set(tags)) == len(tags)
    digits = target.python_version.replace(".", "")
    for tag in (
        Tag(f"cp{digits}", f"cp{digits}", f"manylinux2014_{target.machine}"),
        Tag("cp39", "abi3", f"manylinux_2_17_{target.machine}"),
        Tag("py3", "none", f"manylinux_2_17_{target.machine}"),
        Tag("py3", "none", "any"),
    ):
        assert tag in tags
    assert Tag(f"cp{digits}", f"cp{digits}", f"musllinux_1_2_{target.machine}") not in tags
    assert Tag(f"cp{digits}", f"cp{digits}t", f"manylinux2014_{target.machine}") not in tags
