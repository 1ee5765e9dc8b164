"""The distribution: what it needs is what is pinned and tested here."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins() -> dict[str, str]:
    lines = re.sub(r"#.*", "", (ROOT / "requirements.txt").read_text()).split()
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_every_dependency_is_pinned_within_its_range_and_nothing_else_is() -> None:
    dependencies = {
        canonicalize_name(requirement.name): requirement for requirement in map(Requirement, PROJECT["dependencies"])
    }
    assert set(dependencies) == set(pins())
    for name, requirement in dependencies.items():
        assert requirement.specifier.contains(pins()[name]), name


def test_pulumi_does_not_take_the_distribution_for_a_plugin() -> None:
    assert not PROJECT["name"].startswith("pulumi-")
