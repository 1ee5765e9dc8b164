"""``inspect``: shows the contents of a layer archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from builder_lambda.inspection.reading import read_layer
from layer_cli.inputs.requirements import PATH
from layer_cli.output.json import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("archive", type=PATH)
@json_option
def inspect(archive: Path, *, as_json: bool) -> None:
    """Show the contents of a layer ARCHIVE, whatever tool built it.

    For each distribution: version, files, packed and unpacked size, its share of the size that Lambda allows, state of
    the bytecode, native libraries. Bytecode is `valid` if Python loads it without a check, `checked` if Python hashes
    the source first, `stale` if it needs the modification time of the source, which a layer does not keep.
    """
    contents = read_layer(archive)
    if as_json:
        print_json({"archive": str(archive), **contents.to_mapping()})
    else:
        from layer_cli.tables.inspect import print_contents

        print_contents(archive, contents)
