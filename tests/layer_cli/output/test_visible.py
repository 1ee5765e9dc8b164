import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layer_cli.output.tables import escaped, print_table
from layer_cli.output.visible import visible, visible_lines

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
texts = st.text(st.one_of(st.characters(), st.sampled_from(f"\x00\r\t\n\x1b[]\\\x7f\x85\x9b\u2028\u2029{BIDI}")))


def is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI


@given(texts)
def test_no_character_of_one_line_is_obeyed_by_a_terminal(text: str) -> None:
    assert not any(map(is_hidden, visible(text)))


@given(texts)
def test_lines_stay_and_nothing_else_is_obeyed(text: str) -> None:
    shown = visible_lines(text)
    assert shown.count("\n") == text.count("\n")
    assert not any(map(is_hidden, shown.replace("\n", "")))


def test_what_was_hidden_is_shown() -> None:
    assert visible("a\x1b]0;t\x07\x9bé\u202eb") == r"a\x1b]0;t\x07\x9bé\u202eb"


def test_a_table_shows_a_name_with_terminal_codes_in_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("package", "version"), [(escaped("a\x1b[2J[red]\r\nb"), "1")], left=2)
    assert r"a\x1b[2J[red]\r\nb" in capsys.readouterr().out.splitlines()[-1]
