"""Text of packages and programs stays text in the comment of a pull request."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from layer_deployment.preview_markdown import _code, _plain

MARKDOWN = MarkdownIt("commonmark").enable("table")
MARKS = st.text(st.sampled_from("abw.:/\\`*_{}[]<>()#+!|~&;-@ \n\r\t\u2028\x1b12"))


def cells(first: str) -> list[str]:
    """Return the plain texts of the cells of a row whose first cell has this source. HTML and links would be tokens."""
    tokens = MARKDOWN.parse(f"| a | b |\n|---|---|\n| {first} | end |\n")
    inline = [token for token in tokens if token.type == "inline"][2:]
    kinds = {child.type for token in inline for child in token.children or ()}
    assert kinds <= {"text", "text_special", "code_inline"}, kinds
    return ["".join(child.content for child in token.children or ()) for token in inline]


def one_line(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip()


@given(MARKS | st.text())
@example("a|b\nc")
@example("&lt;b&gt;")
@example("<b>www.example.com</b>")
def test_a_text_is_one_cell_and_reads_as_it_is(text: str) -> None:
    shown, end = cells(_plain(text))
    assert (shown.replace("@\u200b", "@").replace("\x00", "\ufffd"), end) == (one_line(text), "end")


@given(MARKS | st.text())
def test_a_name_in_code_is_one_cell(text: str) -> None:
    shown, end = cells(_code(text))
    assert end == "end"
    assert one_line(shown.replace("@\u200b", "@")) == one_line(text)


@given(MARKS)
def test_nothing_looks_like_a_link_or_a_mention(text: str) -> None:
    shown = _plain(text)
    assert not re.search(r"(?<!\\)://|www\.|@[a-z0-9]", shown, re.IGNORECASE)
