"""The table of ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layer_cli.output.tables import escaped, plural, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layer_cli.doctor.finding import Finding

_MARKS = {
    "ok": "[green]ok[/]",
    "warning": "[yellow]warning[/]",
    "missing": "[red]missing[/]",
    "unchecked": "[yellow]unchecked[/]",
}


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings on standard output, and how many there are of each status."""
    print_table(
        ("check", "", "found", "what to do"),
        (
            (finding.check, _MARKS[finding.status], escaped(finding.found), escaped(finding.remedy))
            for finding in findings
        ),
        left=4,
        folded=2,
        wrapped=(3,),
    )
    counts = {status: sum(finding.status == status for finding in findings) for status in _MARKS}
    counted = [plural(counts["warning"], "warning")] if counts["warning"] else []
    counted += [f"{counts['unchecked']} not checked"] if counts["unchecked"] else []
    verdict = f"{counts['missing']} missing" if counts["missing"] else "nothing is missing"
    click.echo(", ".join([verdict, *counted]))
