import pytest
from hypothesis import given
from hypothesis import strategies as st

from layer_deployment.version_descriptions import VersionDescription, owner_of

HASH = "0123456789abcdef" * 4


@given(
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.none() | st.from_regex(r"[\w.-]{1,70}/[\w.-]{1,70}", fullmatch=True),
)
def test_a_description_is_read_as_it_was_written_and_fits(content_hash: str, owner: str | None) -> None:
    description = VersionDescription(content_hash, owner)
    assert VersionDescription.parse(str(description)) == description
    assert len(str(description)) <= 256


@pytest.mark.parametrize("text", ["", "my layer", "content c0ffee", f"content {HASH} by hand", f"Content {HASH}"])
def test_other_descriptions_are_not_ours(text: str) -> None:
    assert VersionDescription.parse(text) is None


def test_a_long_owner_is_cut() -> None:
    owner = owner_of("p" * 100, "s" * 100)
    assert owner.startswith("p" * 100 + "/")
    assert VersionDescription.parse(str(VersionDescription(HASH, owner))) == VersionDescription(HASH, owner)
