"""Writes everything that is made from `results.json` again: `python -m benchmarks.redraw`."""

from pathlib import Path

from benchmarks.how_fast import PICTURE, full_tables, picture, readme_section, replaced
from benchmarks.report_page import report_page
from benchmarks.results import Results

ROOT = Path(__file__).resolve().parent.parent


def redraw(results: Results) -> None:
    """Write the report, the picture, and the figures of both READMEs."""
    (ROOT / "benchmarks" / "report.html").write_text(report_page(results))
    (ROOT / PICTURE).write_text(picture(results))
    for path, heading, section in (
        (ROOT / "README.md", "## How fast", readme_section(results)),
        (ROOT / "benchmarks" / "README.md", "## Figures", full_tables(results)),
    ):
        path.write_text(replaced(path.read_text(), heading, section))


if __name__ == "__main__":
    redraw(Results.from_json((ROOT / "benchmarks" / "results.json").read_text()))
