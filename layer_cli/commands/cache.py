"""``cache``: what is kept on this machine, and an end to it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click

from layer_cli.inputs.cache import cache_option
from layer_cli.output.json import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.group(short_help="Tell what is kept on this machine, or remove it.")
def cache() -> None:
    """Tell what is kept on this machine to make builds fast, or remove it. That costs time, and changes no byte."""


@cache.command(short_help="Tell how much is kept, and where.")
@cache_option
@json_option
def info(*, cache: Path, as_json: bool) -> None:
    """Tell how much is kept, and where."""
    from builder_lambda.stores.cache_bound import bound_of, kept_files
    from layer_cli.output.tables import plural, print_table, size

    parts: dict[str, list[int]] = {}
    for file in kept_files(cache):
        parts.setdefault(file.path.relative_to(cache).parts[0], []).append(file.size)
    bound, total = bound_of(os.environ), sum(map(sum, parts.values()))
    if as_json:
        sizes = {name: {"files": len(found), "size_bytes": sum(found)} for name, found in sorted(parts.items())}
        print_json({"folder": str(cache), "size_bytes": total, "bound_bytes": bound, "parts": sizes})
        return
    rows = [(name, f"{len(found):,}", size(sum(found))) for name, found in sorted(parts.items())]
    count = sum(map(len, parts.values()))
    print_table(("kept", "files", "size"), rows, total=("total", f"{count:,}", size(total)))
    click.echo(f"{cache}: {plural(count, 'file')}, at most {size(bound)}")


@cache.command(short_help="Remove all of it.")
@cache_option
def clear(*, cache: Path) -> None:
    """Remove all that is kept, uv's part included. No build may run meanwhile."""
    from builder_lambda.stores.cache_folders import CACHE_FOLDERS

    for name in CACHE_FOLDERS:
        shutil.rmtree(cache / name, ignore_errors=True)
    click.echo(f"{cache}: removed")
