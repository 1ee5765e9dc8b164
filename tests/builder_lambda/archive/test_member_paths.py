import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.member_paths import LONGEST_PART, LONGEST_PATH, why_refused

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
REFUSED = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *BIDI_CONTROLS, "\u2028", "\u2029", "\\", "\ud800"]


@pytest.mark.parametrize(
    "path",
    [
        "demo/größe.txt",
        "データ/表.csv",
        "\u0646\u0627\u0645\u200c\u0647\u0627.txt",
        "a b/c+d~e.json",
        "a/b:c",
        "👩\u200d🔬.png",
        "e\u0301.py",
    ],
)
def test_ordinary_names_of_every_script_may_be_in_an_archive(path: str) -> None:
    assert why_refused(path) is None


@given(before=st.text("ab/é", max_size=4), character=st.sampled_from(REFUSED), after=st.text("ab/é", max_size=4))
def test_no_path_has_a_character_that_tools_show_or_cut_otherwise(before: str, character: str, after: str) -> None:
    assert why_refused(f"{before}{character}{after}") == "has an unsafe path"


@given(st.text(max_size=40))
def test_a_path_that_may_be_in_an_archive_has_no_control_character_and_is_text(path: str) -> None:
    if why_refused(path) is None:
        path.encode()
        assert not {unicodedata.category(character) for character in path} & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(path) & set(BIDI_CONTROLS)
        assert all(part not in ("", ".", "..") for part in path.split("/"))


@pytest.mark.parametrize("letter", ["a", "ä", "表"])
def test_a_part_has_no_more_bytes_than_a_file_system_allows(letter: str) -> None:
    fitting = letter * (LONGEST_PART // len(letter.encode()))
    assert why_refused(f"demo/{fitting}/x") is None
    assert why_refused(f"demo/{fitting}{letter}/x") == "has a name that is too long for a file system"


@pytest.mark.parametrize("letter", ["a", "ä"])
def test_a_path_fits_linux_with_the_folder_of_the_layer(letter: str) -> None:
    parts = "/".join([letter * 19] * 300)
    fitting = parts.encode()[:LONGEST_PATH].decode(errors="ignore").rstrip("/")
    assert why_refused(fitting) is None
    assert why_refused(fitting + "/aaa") == "has a path of more than 4,032 bytes"
