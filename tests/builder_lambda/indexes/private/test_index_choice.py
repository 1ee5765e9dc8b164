"""Which index a package comes from: real uv, real servers."""

import pytest

from builder_lambda.errors.indexes import IndexCredentialsMissing, IndexDenied, IndexUnreachable
from builder_lambda.errors.resolution import UnknownPackage, UnresolvableRequirements
from builder_lambda.indexes.settings import IndexSettings
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.indexes.private.index_builder import ARN, LOGIN, Builder, indexes, paths, team
from tests.builder_lambda.wheel_factory import make_wheel


def test_a_name_comes_from_the_first_index_that_knows_it(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    result = builder.resolve("app", index=indexes(team(private)))

    assert result.packages == {"app": "1.0", "base": "1.0", "lib": "1.0"}, "newer ones elsewhere do not count"
    assert "/simple/lib/" not in paths(public)
    assert {item.login for item in private.asked} == {LOGIN}
    assert {item.login for item in public.asked} == {None}


def test_a_pinned_name_comes_from_its_index_whatever_its_position(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    options = indexes(team(private, explicit=True), pins={"lib": "team"})

    result = builder.resolve("app", index=options)

    assert result.packages == {"app": "1.0", "base": "3.0", "lib": "1.0"}, "lib is required by app only"
    assert "/simple/lib/" not in paths(public)
    assert {path for path in paths(private) if "lib" not in path} == set()
    assert f"{private.base}/files/lib-1.0-py3-none-any.whl" in builder.lock_text(result)


def test_a_name_that_is_pinned_to_the_default_does_not_come_from_an_extra_index(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    default = {"name": "mirror", "url": public.url}
    result = builder.resolve("app", index=indexes(team(private), default=default, pins={"base": "mirror"}))
    assert result.packages == {"app": "1.0", "base": "3.0", "lib": "1.0"}


def test_a_pinned_name_that_its_index_lacks_is_not_looked_for_elsewhere(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    public.wheels["gone-1.0-py3-none-any.whl"] = make_wheel("gone", "1.0")

    with pytest.raises(UnresolvableRequirements, match="there are no versions of gone"):
        builder.resolve("gone", index=indexes(team(private), pins={"gone": "team"}))

    assert "/simple/gone/" not in paths(public)


@pytest.mark.parametrize("pins", [{}, {"lib": "team"}])
def test_a_wrong_password_is_reported_and_no_other_index_is_asked(
    builder: Builder, private: GuardedIndex, public: GuardedIndex, pins: dict[str, str]
) -> None:
    builder.secrets.secrets[ARN] = "builder:wrong-9f8e7d"

    with pytest.raises(IndexDenied) as caught:
        builder.resolve("lib", index=indexes(team(private), pins=pins))

    assert caught.value.index == "team"
    assert str(caught.value).splitlines()[0] == "index-denied: the package index 'team' denied access"
    assert "wrong-9f8e7d" not in str(caught.value)
    assert public.asked == []


def test_a_missing_login_is_reported_and_no_other_index_is_asked(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    with pytest.raises(IndexDenied):
        builder.resolve("lib", index=indexes({"name": "team", "url": private.url}))
    assert public.asked == []


def test_an_index_that_is_down_is_reported_and_no_other_is_asked(builder: Builder, public: GuardedIndex) -> None:
    with pytest.raises(IndexUnreachable):
        builder.resolve("lib", index=indexes({"name": "down", "url": "http://127.0.0.1:9/simple/"}))
    assert public.asked == []


def test_a_missing_secret_is_reported_before_any_request(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    builder.secrets.secrets.clear()
    with pytest.raises(IndexCredentialsMissing, match=r"can't find the specified secret"):
        builder.resolve("lib", index=indexes(team(private)))
    assert private.asked == public.asked == []


def test_indexes_of_a_request_replace_those_of_the_machine(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    builder.settings = IndexSettings.of(
        {**builder.settings.environ, "UV_INDEX": public.url, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    )
    default = {"name": "team", "url": private.url, "secret_arn": ARN}

    assert builder.resolve("lib", index=indexes(default=default)).packages == {"lib": "1.0"}
    with pytest.raises(UnknownPackage, match="'app'"):
        builder.resolve("app", index=indexes(default=default))
    assert public.asked == []


def test_the_first_index_rule_holds_for_the_machine_whatever_its_variables_say(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    private.login = None
    environ = {**builder.settings.environ, "UV_INDEX": private.url, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    builder.settings = IndexSettings.of(environ)
    assert builder.resolve("lib").packages == {"lib": "1.0"}
