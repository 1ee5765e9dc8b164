"""``inspect``: what is in a layer archive, from the zip alone."""

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
    """Tell what is in a layer ARCHIVE, from the zip alone, whoever made it.

    Per distribution: version, files, size packed and unpacked, its share of what Lambda allows, the state of its
    bytecode, native libraries. Bytecode is `valid` if Python loads it as it is, `checked` if it hashes the source
    first, `stale` if it is tied to the date of the source, which a layer does not keep.
    """
    contents = read_layer(archive)
    if as_json:
        print_json({"archive": str(archive), **contents.to_mapping()})
    else:
        from layer_cli.tables.inspect import print_contents

        print_contents(archive, contents)
