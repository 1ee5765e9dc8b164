"""Ages and upgrades, by the real uv."""

from collections.abc import Mapping
from typing import Any

import pytest

from builder_lambda.errors.resolution import UnresolvableRequirements
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.indexes.private.index_builder import Builder, indexes, team
from tests.builder_lambda.wheel_factory import make_wheel


def test_only_packages_that_are_old_enough_are_chosen(builder: Builder, public: GuardedIndex) -> None:
    public.upload_times = {
        "base-2.0-py3-none-any.whl": "2026-01-01T00:00:00Z",
        "base-3.0-py3-none-any.whl": "2026-03-08T00:00:00.000000Z",
    }
    assert builder.resolve("base").packages == {"base": "3.0"}
    assert builder.resolve("base", exclude_newer="7 days").packages == {"base": "2.0"}
    assert builder.resolve("base", exclude_newer="2026-03-09").packages == {"base": "3.0"}
    with pytest.raises(UnresolvableRequirements, match="filtered by `exclude-newer`"):
        builder.resolve("base", exclude_newer="2025-01-01")


def test_a_previous_version_that_is_too_new_is_replaced(builder: Builder, public: GuardedIndex) -> None:
    public.upload_times = {f"base-{n}.0-py3-none-any.whl": f"202{n}-01-01T00:00:00Z" for n in (2, 3)}
    newest = builder.resolve("base")
    older = builder.resolve("base", exclude_newer="2022-06-01", previous_lock_sha256=newest.lock_sha256)
    assert older.packages == {"base": "2.0"}


@pytest.mark.parametrize("pins", [{}, {"lib": "team"}])
def test_ages_of_a_private_index_are_ignored(
    builder: Builder, private: GuardedIndex, public: GuardedIndex, pins: dict[str, str]
) -> None:
    public.upload_times = dict.fromkeys(public.wheels, "2026-01-01T00:00:00Z")
    with pytest.raises(UnresolvableRequirements):
        builder.resolve("app", index=indexes(team(private), pins=pins), exclude_newer="7 days")
    result = builder.resolve("app", index=indexes(team(private, ignores_age=True), pins=pins), exclude_newer="P7D")
    assert result.packages["lib"] == "1.0"


def test_the_age_of_a_pinned_name_counts(builder: Builder, private: GuardedIndex, public: GuardedIndex) -> None:
    newer = make_wheel("lib", "1.1")
    private.wheels[newer.filename] = newer
    private.upload_times = {
        "lib-1.0-py3-none-any.whl": "2026-01-01T00:00:00Z",
        newer.filename: "2026-03-09T00:00:00Z",
    }
    options = indexes(team(private), pins={"lib": "team"})
    assert builder.resolve("lib", index=options, exclude_newer="7 days").packages == {"lib": "1.0"}
    assert builder.resolve("lib", index=options, exclude_newer="1 hour").packages == {"lib": "1.1"}


def test_only_upgraded_names_move(builder: Builder, public: GuardedIndex) -> None:
    before = builder.resolve("app", "base<3", "lib")
    for wheel in (make_wheel("lib", "9.5"), make_wheel("app", "1.5")):
        public.wheels[wheel.filename] = wheel

    def again(**more: Any) -> Mapping[str, str]:
        return builder.resolve("app", "base", "lib", previous_lock_sha256=before.lock_sha256, **more).packages

    assert again() == {"app": "1.0", "base": "2.0", "lib": "9.0"}
    assert again(upgrade=("lib",)) == {"app": "1.0", "base": "2.0", "lib": "9.5"}
    assert again(upgrade="all") == {"app": "1.5", "base": "3.0", "lib": "9.5"}
