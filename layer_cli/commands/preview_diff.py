"""``preview-diff``: writes the changes of a Pulumi preview as Markdown, for the comment of a pull request."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

import click

from layer_cli.output.json import json_option, print_json
from layer_deployment.errors import UnreadablePreview
from layer_deployment.preview_changes import read_preview
from layer_deployment.preview_markdown import preview_markdown

if TYPE_CHECKING:
    from layer_deployment.preview_changes import PreviewChanges


@click.command("preview-diff")
@click.argument("preview", type=click.File(encoding="utf-8"), metavar="PREVIEW")
@click.option("--title", default="Layers", show_default=True, metavar="TEXT", help="Heading, such as the stack's name.")
@json_option
def preview_diff(preview: IO[str], *, title: str, as_json: bool) -> None:
    """Show the changes in the output of `pulumi preview --json` as Markdown.

    These are the packages of each layer, functions and other resources.

    PREVIEW is a file, or - for standard input.
    """
    try:
        document = json.load(preview)
    except ValueError as error:
        raise UnreadablePreview(reason=f"it is not JSON: {error}") from error
    changes = read_preview(document)
    if as_json:
        print_json(_mapping(changes))
    else:
        click.echo(preview_markdown(changes, title=title), nl=False)


def _mapping(changes: PreviewChanges) -> dict[str, object]:
    return {
        "is_different": not changes.is_nothing,
        "layers": [
            {
                "name": layer.name,
                "kind": "function" if layer.is_deployment_package else "layer",
                "operation": layer.operation,
                "changes": [change.to_mapping() for change in layer.changes] if layer.are_packages_known else None,
                "other_inputs": list(layer.other_inputs),
                "regions": list(layer.regions),
            }
            for layer in changes.layers
        ],
        "unchanged": changes.unchanged,
        "functions": [
            {"name": change.name, "operation": change.operation, "reasons": list(change.reasons)}
            for change in changes.functions
        ],
        "others": [
            {"name": change.name, "type": change.type, "operation": change.operation} for change in changes.others
        ],
        "errors": list(changes.errors),
    }
