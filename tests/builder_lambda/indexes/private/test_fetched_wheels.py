"""Wheels of indexes that ask for a password, and where their logins go."""

from dataclasses import replace

import pytest

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.errors.indexes import IndexDenied
from builder_lambda.indexes.logins import RuntimeLogins
from builder_lambda.indexes.settings import IndexSettings
from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.indexes.private.index_builder import ARN, LOGIN, Builder, indexes, team


def test_wheels_are_fetched_with_the_login_of_their_index(builder: Builder, private: GuardedIndex) -> None:
    wheel = private.wheels["lib-1.0-py3-none-any.whl"]
    options = indexes(team(private))

    fetched = builder.open_indexes(options).wheels.fetch([wheel.locked(f"{private.base}/files")])

    assert [bytes(content) for content in fetched] == [wheel.content]
    assert private.asked[-1].login == LOGIN


def test_wheels_of_a_lock_without_urls_are_looked_up(builder: Builder, private: GuardedIndex) -> None:
    wheel = private.wheels["lib-1.0-py3-none-any.whl"]
    locked = replace(wheel.locked(), url=f"pkg:pypi/lib@1.0?file_name={wheel.filename}")
    fetched = builder.open_indexes(indexes(team(private))).wheels.fetch([locked])
    assert [bytes(content) for content in fetched] == [wheel.content]


def test_no_login_is_looked_up_for_wheels_of_another_origin(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    wheel = public.wheels["lib-9.0-py3-none-any.whl"]
    list(builder.open_indexes(indexes(team(private))).wheels.fetch([wheel.locked(f"{public.base}/files")]))
    assert builder.secrets.asked == []


def test_a_wheel_that_is_denied_names_the_index(builder: Builder, private: GuardedIndex) -> None:
    builder.secrets.secrets[ARN] = "builder:wrong-9f8e7d"
    wheel = private.wheels["lib-1.0-py3-none-any.whl"]
    with pytest.raises(IndexDenied) as caught:
        list(builder.open_indexes(indexes(team(private))).wheels.fetch([wheel.locked(f"{private.base}/files")]))
    detail = "lib-1.0-py3-none-any.whl from 127.0.0.1: HTTP status 401"
    assert (caught.value.index, caught.value.detail) == ("team", detail)


def test_a_redirect_to_another_host_does_not_carry_the_login(builder: Builder, private: GuardedIndex) -> None:
    with serving(GuardedIndex(private.wheels.values())) as files:
        private.redirects_to = files.base
        ports = builder.open_indexes(indexes(team(private)))
        builder.resolve("lib", index=indexes(team(private)))
        (content,) = ports.wheels.fetch([private.wheels["lib-1.0-py3-none-any.whl"].locked(f"{private.base}/files")])

        assert bytes(content) == private.wheels["lib-1.0-py3-none-any.whl"].content
        assert len(files.asked) > 1
        assert {item.login for item in files.asked} == {None}


def test_files_on_another_host_are_asked_for_without_the_login(builder: Builder, private: GuardedIndex) -> None:
    with serving(GuardedIndex(private.wheels.values())) as files:
        private.files_at = files.base
        builder.resolve("lib", index=indexes(team(private)))
        assert {item.login for item in files.asked} == {None}


def test_of_two_indexes_at_one_host_each_has_its_own_login() -> None:
    settings = IndexSettings().opened(
        IndexOptions.from_mapping(
            {
                "extra": [
                    {"name": "a", "url": "https://one.example/a/simple/", "password_variable": "A"},
                    {"name": "b", "url": "https://one.example/b/simple/", "password_variable": "B"},
                ]
            }
        ),
        RuntimeLogins(environ={"A": "token-a", "B": "token-b"}).login,
    )

    def password(url: str) -> str | None:
        login = settings.login(url)
        return login.password if login else None

    assert password("https://one.example/a/files/x.whl") == "token-a"
    assert password("https://one.example/b/files/x.whl") == "token-b"
    assert password("https://one.example/files/x.whl") == "token-a"
    assert password("http://one.example/a/files/x.whl") is None
    assert password("https://one.example:8443/a/files/x.whl") is None
