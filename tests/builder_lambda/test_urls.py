import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.urls import filename_of, has_credentials, redacted, without_credentials


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
