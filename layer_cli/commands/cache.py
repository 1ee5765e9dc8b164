"""``cache``: shows or removes the files that are kept on this machine."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click

from builder_lambda.stores.cache_bound import bound_of, kept_files
from builder_lambda.stores.cache_folders import CACHE_FOLDERS
from layer_cli.inputs.cache import cache_option
from layer_cli.output.json import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def cache() -> None:
    """Show or remove the files that are kept on this machine to make builds fast.

    Without them builds take longer; their results are the same.
    """


@cache.command()
@cache_option
@json_option
def info(*, cache: Path, as_json: bool) -> None:
    """Show the folder, and the files and bytes in each part of it."""
    parts: dict[str, list[int]] = {}
    for file in kept_files(cache):
        parts.setdefault(file.path.relative_to(cache).parts[0], []).append(file.size)
    bound, total = bound_of(os.environ), sum(map(sum, parts.values()))
    if as_json:
        sizes = {name: {"files": len(found), "size_bytes": sum(found)} for name, found in sorted(parts.items())}
        print_json({"folder": str(cache), "size_bytes": total, "bound_bytes": bound, "parts": sizes})
        return
    from layer_cli.tables.cache import print_kept

    print_kept(cache, parts, bound)


@cache.command()
@cache_option
def clear(*, cache: Path) -> None:
    """Remove all kept files, also those of uv. No build may run meanwhile."""
    for name in CACHE_FOLDERS:
        shutil.rmtree(cache / name, ignore_errors=True)
    click.echo(f"{cache}: removed")
