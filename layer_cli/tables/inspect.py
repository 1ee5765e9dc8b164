"""The table of ``inspect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from layer_cli.output.tables import escaped, print_table, share, size
from layer_cli.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder_lambda.inspection.contents import BytecodeSummary, LayerContents, PartContents

_BYTECODE_WORDS = {
    "unchecked": "valid",
    "checked": "checked",
    "timestamp": "stale",
    "damaged": "damaged",
    "mixed": "mixed",
}


def print_contents(archive: Path, contents: LayerContents) -> None:
    """Print the contents of an archive on standard output."""
    where = {"python": "python/", "site-packages": "python/lib/python3.X/site-packages/", "none": "not importable"}
    machines = ", ".join(contents.machines) or "any machine"
    click.echo(f"{visible(archive.name)}: {where[contents.layout]}, {machines}, CodeSha256 {contents.code_sha256}\n")
    print_table(
        ("package", "version", "bytecode", "native", "files", "packed", "unpacked", "of limit"),
        (_row(part) for part in contents.parts),
        total=(
            "total",
            "",
            "",
            "",
            f"{contents.files:,}",
            size(contents.size_bytes),
            size(contents.unpacked_bytes),
            share(contents.share_of_limit),
        ),
        left=4,
        optional=("of limit", "files", "packed"),
    )
    click.echo(f"Lambda allows {size(MAX_UNPACKED_BYTES)} unpacked for a function with all its layers.")
    for warning in contents.warnings:
        click.secho(f"warning: {visible(warning)}", fg="yellow")


def _row(part: PartContents) -> tuple[str, ...]:
    return (
        escaped(part.name),
        escaped(part.version or "-"),
        _bytecode(part.bytecode),
        ", ".join(_native(part)) or "-",
        f"{part.files:,}",
        size(part.size_bytes),
        size(part.unpacked_bytes),
        share(part.unpacked_bytes / MAX_UNPACKED_BYTES),
    )


def _bytecode(summary: BytecodeSummary) -> str:
    if summary.state == "none":
        return "none" if summary.sources else "-"
    words = " ".join((_BYTECODE_WORDS[summary.state], *summary.pythons))
    return words if summary.compiled >= summary.sources else f"{words} ({summary.compiled} of {summary.sources})"


def _native(part: PartContents) -> Iterator[str]:
    machines = [library.machine for library in part.native]
    for machine in sorted(set(machines)):
        yield f"{machines.count(machine)} {machine}"
