import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.contract.urls import (
    bare,
    filename_of,
    has_credentials,
    is_local,
    origin_of,
    redacted,
    why_invalid,
    without_credentials,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "see https://user:secret@x.example/a and http://y.example",
            "see https://****@x.example/a and http://y.example",
        ),
        ("https://token@x.example/", "https://****@x.example/"),
        ("https://u:p@ss@x.example/", "https://****@x.example/"),
        ("mail me@x.example about https://x.example/@scope/a", "mail me@x.example about https://x.example/@scope/a"),
    ],
)
def test_user_part_of_urls_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown


@given(st.text(alphabet="abcXYZ019:%+-_.~@", min_size=1, max_size=20))
def test_no_user_part_is_shown(secret: str) -> None:
    url = f"https://{secret}@x.example/path"
    assert redacted(url) == "https://****@x.example/path"
    assert has_credentials(url)
    assert without_credentials(url) == "https://x.example/path"


def test_file_name_is_the_last_part_of_the_path() -> None:
    assert filename_of("https://x.example/a/b-1%2Blocal-py3-none-any.whl?x=1#sha256=00") == "b-1+local-py3-none-any.whl"


def test_secrets_are_in_no_part_that_stays() -> None:
    assert bare("https://user:p@x.example/a/b.whl?token=1#x") == "https://x.example/a/b.whl"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://user:secret@[::1/a/b.whl?x#y", "Invalid IPv6 URL"),
        ("https://user:secret@h:99999/a/b.whl#y", "Port out of range 0-65535"),
    ],
)
def test_what_is_no_valid_url_has_a_file_name_and_no_origin(url: str, reason: str) -> None:
    assert why_invalid(url) == reason
    assert filename_of(url) == "b.whl"
    assert origin_of(url) == ("", "", None)
    assert has_credentials(url)
    assert not is_local(url)
    assert "secret" not in without_credentials(url)


@given(st.text(alphabet="htps:/[]@?#.1a\u2100 ", max_size=20))
def test_any_text_is_taken_for_a_url(text: str) -> None:
    if why_invalid(text) is None:
        assert without_credentials(text) is not None
    for ask in (filename_of, origin_of, has_credentials, is_local, redacted, bare):
        ask(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at https://a.example/x.whl?token=secret", "at https://a.example/x.whl?****"),
        ("at https://u:p@a.example/x?sig=secret#sha256=1 and on", "at https://****@a.example/x?****#sha256=1 and on"),
        ("(`https://a.example/?a=secret&b=secret`)", "(`https://a.example/?****`)"),
        ("why? https://a.example/ ?", "why? https://a.example/ ?"),
        ("https://a.example/?a=secret, https://b.example/?b=secret", "https://a.example/?**** https://b.example/?****"),
    ],
)
def test_queries_are_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_many_addresses_take_time_by_their_length() -> None:
    assert redacted("://" * 100_000) == "://" * 100_000
