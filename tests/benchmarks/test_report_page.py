import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from benchmarks.bar_chart import Bar, bar_chart
from benchmarks.report_page import report_page
from tests.benchmarks.found import results, set_results

SVG = "{http://www.w3.org/2000/svg}"


def bar(name: str, value: float) -> Bar:
    return Bar(name=name, value=value, text=f"{value} s", is_ours=name == "ours")


def test_bars_are_as_long_as_their_values() -> None:
    drawn = ElementTree.fromstring(bar_chart("times", (bar("ours", 1.0), bar("pip", 4.0))))  # noqa: S314 # our own text
    ours, pip = drawn.findall(f"{SVG}rect")
    assert float(pip.attrib["width"]) == 4 * float(ours.attrib["width"])
    assert (ours.attrib["class"], pip.attrib["class"]) == ("ours", "other")


def test_a_chart_has_a_title_and_the_values_as_text() -> None:
    drawn = ElementTree.fromstring(bar_chart("a & b", (bar("x < y", 0.0),)))  # noqa: S314 # our own text
    assert drawn.attrib["aria-label"] == "a & b"
    assert [text.text for text in drawn.findall(f"{SVG}text")] == ["x < y", "0.0 s"]


def test_a_chart_without_bars_is_empty() -> None:
    assert "<rect" not in bar_chart("nothing", ())


class Loaded(HTMLParser):
    """Collects the URLs that a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_the_page_loads_nothing() -> None:
    page = Loaded()
    page.feed(report_page(results(set_results())))
    assert page.addresses == []


def test_the_page_has_charts_of_times_memory_and_imports_of_each_set() -> None:
    page = report_page(results(set_results(), set_results("requests")))
    assert len(re.findall("<svg ", page)) == 6


def test_names_are_not_markup() -> None:
    page = report_page(results(set_results()))
    assert "A &lt;fast&gt; one" in page
    assert "a&lt;b" in page
    assert "<fast>" not in page


def test_the_page_names_tools_that_were_not_measured_and_tools_that_took_other_versions() -> None:
    page = report_page(results(set_results()))
    assert "Not measured: the plugin: no npm." in page
    assert "pip &amp; zip took other versions of numpy." in page
