"""Draws horizontal bars as SVG, without a library, so that a page with them loads nothing."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

_ROW = 26
_BAR = 16
_NAMES = 250
_WIDTH = 820
_STYLE = """
svg { font: 13px system-ui, sans-serif; fill: #24292f }
.ours { fill: #1a7f5a } .other { fill: #8a94a6 }
@media (prefers-color-scheme: dark) { svg { fill: #d0d7de } }
"""
"""The look of a chart in a file of its own; a page has a style sheet for all of its charts."""
_VALUES = 120
"""Space for the text to the right of the longest bar."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One value."""

    name: str
    value: float
    text: str
    """The text beside the bar."""
    is_ours: bool


def bar_chart(title: str, bars: tuple[Bar, ...], *, is_a_file: bool = False) -> str:
    """Return an SVG element with one row for each bar, all on one scale from zero.

    :param is_a_file: True if the chart has its own colours, because it is not part of a page.
    """
    height = _ROW * len(bars)
    chart = Element(
        "svg",
        {
            "viewBox": f"0 0 {_WIDTH} {height}",
            "role": "img",
            "aria-label": title,
            "xmlns": "http://www.w3.org/2000/svg",
        },
    )
    SubElement(chart, "title").text = title
    if is_a_file:
        SubElement(chart, "style").text = _STYLE
    longest = max((bar.value for bar in bars), default=0.0) or 1.0
    for row, bar in enumerate(bars):
        middle = row * _ROW + _ROW / 2
        length = max(1.0, (_WIDTH - _NAMES - _VALUES) * bar.value / longest)
        _text(chart, bar.name, x=_NAMES - 10, y=middle, anchor="end")
        place = {"x": f"{_NAMES}", "y": f"{middle - _BAR / 2:.1f}", "width": f"{length:.1f}", "height": f"{_BAR}"}
        SubElement(chart, "rect", {**place, "rx": "2", "class": "ours" if bar.is_ours else "other"})
        _text(chart, bar.text, x=_NAMES + length + 8, y=middle, anchor="start")
    return tostring(chart, encoding="unicode")


def _text(chart: Element, text: str, *, x: float, y: float, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "dominant-baseline": "central"}
    SubElement(chart, "text", place).text = text
