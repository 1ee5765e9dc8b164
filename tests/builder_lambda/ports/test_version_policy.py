from datetime import UTC, datetime, timedelta, timezone

import pytest

from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.contract.upgrade import upgrade_of
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.locks.pylock import lock_of
from builder_lambda.ports.version_policy import VersionPolicy
from tests.builder_lambda.wheel_factory import make_wheel

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "cutoff"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("P7D", NOW - timedelta(days=7)),
        ("P1W", NOW - timedelta(days=7)),
        ("P1DT6H30M", NOW - timedelta(days=1, hours=6, minutes=30)),
        ("PT12H", NOW - timedelta(hours=12)),
        ("7 days", NOW - timedelta(days=7)),
        ("2 Weeks", NOW - timedelta(days=14)),
        ("36h", NOW - timedelta(hours=36)),
    ],
)
def test_every_form_of_an_age_is_read(text: str, cutoff: datetime) -> None:
    assert ExcludeNewer.parse(text).cutoff(NOW) == cutoff
    assert ExcludeNewer.parse(text).cutoff(NOW.astimezone(timezone(timedelta(hours=9)))) == cutoff


@pytest.mark.parametrize("text", ["", "P", "PT", "yesterday", "7", "2026-13-01", "P1Y", "99999999999999 days", "-P1D"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(InvalidOptions) as caught:
        ExcludeNewer.parse(text)
    assert caught.value.problems[0].reason == (
        f"{text!r} is no date (2026-01-31), time (2026-01-31T12:00:00Z) or duration (P7D, '7 days')"
    )


def test_previous_versions_are_kept_but_for_those_that_are_upgraded() -> None:
    previous = lock_of([make_wheel("a").locked(), make_wheel("b").locked()])

    def kept(policy: VersionPolicy) -> list[str]:
        lock = policy.kept_of(previous)
        return [] if lock is None else [package.name for package in lock.packages]

    assert kept(VersionPolicy()) == ["a", "b"]
    assert kept(VersionPolicy(upgrade=("a",))) == ["b"]
    assert kept(VersionPolicy(upgrade="all")) == []
    assert VersionPolicy().kept_of(None) is None


def test_upgrades_are_named_in_normal_form() -> None:
    assert upgrade_of("all") == "all"
    assert upgrade_of(["My_Lib", "six", "SIX"]) == ("my-lib", "six")


@pytest.mark.parametrize("value", ["six", 1, ["-x-", "six"], [1]])
def test_what_names_no_project_is_refused(value: object) -> None:
    with pytest.raises(InvalidOptions, match="upgrade: "):
        upgrade_of(value)
