"""Private indexes by the real pip."""

from datetime import UTC, datetime
from typing import Any

import pytest

from builder_lambda import parse_requirements
from builder_lambda.errors.indexes import IndexDenied, UnsupportedIndexes
from builder_lambda.locks.pylock import lock_of
from builder_lambda.ports.version_policy import VersionPolicy
from builder_lambda.resolvers.pip import PipResolver
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.indexes.private.index_builder import ARN, HERE, LOGIN, Builder, indexes, team
from tests.builder_lambda.wheel_factory import make_wheel


def of_pip(builder: Builder) -> None:
    builder.resolvers = lambda opened: PipResolver(settings=opened.settings, run=builder.run)  # type: ignore[assignment,return-value]  # another resolver


def test_pip_keeps_to_one_index_and_its_login(builder: Builder, private: GuardedIndex, public: GuardedIndex) -> None:
    of_pip(builder)
    default = {"name": "team", "url": private.url, "secret_arn": ARN}

    result = builder.resolve("lib", target=HERE, index=indexes(default=default))

    assert result.packages == {"lib": "1.0"}
    assert {item.login for item in private.asked} == {LOGIN}
    assert "s3cr3t" not in "\n".join([builder.lock_text(result), *builder.files, *map(" ".join, builder.commands)])
    assert public.asked == []


def test_pip_that_is_denied_says_so(builder: Builder, private: GuardedIndex, public: GuardedIndex) -> None:
    of_pip(builder)
    builder.secrets.secrets[ARN] = "builder:wrong-9f8e7d"
    with pytest.raises(IndexDenied) as caught:
        builder.resolve("lib", target=HERE, index=indexes(default=team(private)))
    assert "wrong-9f8e7d" not in str(caught.value)
    assert "wrong-9f8e7d" not in "\n".join(builder.files)


def test_pip_is_refused_where_it_would_fall_through(builder: Builder, private: GuardedIndex) -> None:
    of_pip(builder)
    with pytest.raises(UnsupportedIndexes) as caught:
        builder.resolve("lib", target=HERE, index=indexes(team(private)))
    assert str(caught.value) == (
        "unsupported-indexes: the resolver 'pip' cannot use these indexes\n"
        "    there are 2, the default one among them, and pip has no order of indexes\n"
        "  likely cause: pip takes a package from whichever of its indexes has the newest version\n"
        "  what to do: resolve with uv, which is the default, or give one index only"
    )
    assert builder.commands == []


def test_pip_holds_packages_to_their_age_and_upgrades_by_name(builder: Builder, public: GuardedIndex) -> None:
    public.upload_times = {f"base-{n}.0-py3-none-any.whl": f"202{n}-01-01T00:00:00Z" for n in (2, 3)}
    pip = PipResolver(settings=builder.settings, run=builder.run)
    requirements = parse_requirements(["base"])
    previous = lock_of([make_wheel("base", "2.0").locked()])

    def version(**policy: Any) -> str:
        lock = pip.resolve(requirements, HERE, previous=previous, policy=VersionPolicy(**policy))
        return str(lock.packages[0].version)

    assert version() == "2.0"
    assert version(upgrade=("base",)) == "3.0"
    assert version(upgrade="all", uploaded_before=datetime(2022, 6, 1, tzinfo=UTC)) == "2.0"
