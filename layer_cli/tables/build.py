"""The table of ``build``: sizes, then notes and hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from layer_cli.output.tables import escaped, plural, print_table, share, size
from layer_cli.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.contract.report import BytecodeReport
    from layer_cli.work.built_layer import BuiltLayer


def print_build(built: BuiltLayer) -> None:
    """Print a build on standard output."""
    result = built.result
    print_table(
        ("package", "version", "packed", "unpacked", "of limit"),
        _rows(built),
        total=(
            "total",
            "",
            size(result.size_bytes),
            size(result.unpacked_bytes),
            share(result.unpacked_bytes / MAX_UNPACKED_BYTES),
        ),
        left=2,
        optional=("of limit", "packed"),
    )
    for line in _lines(built):
        click.echo(visible(line))


def _rows(built: BuiltLayer) -> Iterator[tuple[str, ...]]:
    largest_first = sorted(built.result.packages.items(), key=lambda item: (-item[1].unpacked_bytes, item[0]))
    for name, package in largest_first:
        yield (
            escaped(name),
            escaped(package.version),
            size(package.size_bytes),
            size(package.unpacked_bytes),
            share(package.unpacked_bytes / MAX_UNPACKED_BYTES),
        )
    for name, module in built.result.report.modules.items():
        part = share(module.unpacked_bytes / MAX_UNPACKED_BYTES)
        yield escaped(name), "module", size(module.size_bytes), size(module.unpacked_bytes), part


def _lines(built: BuiltLayer) -> Iterator[str]:
    result, report = built.result, built.result.report
    yield f"bytecode      {_bytecode(report.bytecode)}"
    for rule, gone in report.slim.left_out.items():
        yield f"left out      {rule}: {plural(gone.files, 'file')}, {size(gone.unpacked_bytes)}"
    for file in report.slim.put_back:
        yield f"put back      {file.path}, which {file.needed_by} needs"
    for file in report.slim.missing:
        yield f"missing       {file.path}, which {file.needed_by} needs"
    if report.runtime_provided:
        yield f"by runtime    {', '.join(report.runtime_provided)}"
    for note in report.notes:
        yield f"note          {note}"
    yield f"content_hash  {result.content_hash}"
    yield f"CodeSha256    {result.code_sha256}"
    did = "from the cache" if built.is_known else "built"
    target = f"{built.target}"
    yield f"{built.output}: {target}, {plural(len(result.packages), 'package')}, {did}, {built.seconds['total']:.2f} s"


def _bytecode(report: BytecodeReport) -> str:
    if not report.included:
        return f"left out: {report.left_out_because}" if report.left_out_because else "left out"
    return f"Python {report.python_version}, {plural(report.size.files, 'file')}, {size(report.size.unpacked_bytes)}"
