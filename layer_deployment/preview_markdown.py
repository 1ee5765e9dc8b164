"""Writes a preview as Markdown, for the comment of a pull request. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.inspection.package_changes import PackageState
    from layer_deployment.preview_changes import LayerChange, PreviewChanges, ResourceChange

MARKER = "<!-- python-layers preview -->"
"""First line of every comment. A job finds its earlier comment by it."""

MAX_CHARACTERS = 60_000
"""GitHub refuses comments of more than 65,536 characters."""

_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~:&-]|(?<=www)\.)", re.IGNORECASE)
"""With ``:``, ``&`` and ``www.``, which begin links and entities (GitHub Flavored Markdown, 6.2 and 6.9)."""
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_DONE = {"create": "new", "update": "changed", "replace": "replaced", "delete": "removed"}
_CUT = "\n\nThe comment would be too long, so the rest is left out. It is in the job's log.\n"


def preview_markdown(changes: PreviewChanges, *, title: str = "Layers") -> str:
    """Return the comment, at most :data:`MAX_CHARACTERS` long."""
    text = "\n".join([MARKER, f"### {_plain(title)}", "", *_lines(changes)]).rstrip() + "\n"
    if len(text) <= MAX_CHARACTERS:
        return text
    kept = text[: MAX_CHARACTERS - len(_CUT) - 10].rpartition("\n")[0]
    return kept + ("\n```" if kept.count("\n```") % 2 else "") + _CUT


def _lines(changes: PreviewChanges) -> Iterator[str]:
    if changes.errors:
        yield "**The preview failed.** Nothing would be deployed."
        for error in changes.errors:
            yield from ("", *_block(error))
        yield ""
    elif changes.is_nothing:
        yield f"Nothing changes in any layer or function ({_count(changes.unchanged, 'resource')})."
        return
    for layer in changes.layers:
        yield from (*_layer(layer), "")
    if not changes.layers and not changes.errors:
        yield from ("No layer changes.", "")
    if changes.functions:
        yield from ("| function | | because of |", "|---|---|---|", *map(_row, changes.functions), "")
    if changes.others:
        yield from (
            f"<details><summary>{_count(len(changes.others), 'other resource')}</summary>",
            "",
            "| resource | | type | because of |",
            "|---|---|---|---|",
            *(_row(change, with_type=True) for change in changes.others),
            "",
            "</details>",
        )


def _layer(layer: LayerChange) -> Iterator[str]:
    what = "function code" if layer.is_deployment_package else "layer"
    yield f"#### {what} {_plain(layer.name)}: {_DONE[layer.operation]}"
    yield ""
    if not layer.are_packages_known:
        yield "Its packages are not known before the builder is deployed."
    elif layer.changes:
        yield from ("| package | before | after | |", "|---|---|---|---|")
        for change in layer.changes:
            yield f"| {_plain(change.name)} | {_version(change.before)} | {_version(change.after)} | {change.kind} |"
        if layer.unchanged:
            yield from ("", f"{_count(layer.unchanged, 'package')} unchanged.")
    else:
        yield f"No package changes; {_count(layer.unchanged, 'package')} unchanged."
    if layer.other_inputs:
        yield from ("", f"Other changes: {', '.join(map(_plain, layer.other_inputs))}.")
    if layer.regions:
        condition = "" if layer.operation == "create" else " if the content changes"
        yield from ("", f"A version is published in {', '.join(map(_plain, layer.regions))}{condition}.")


def _row(change: ResourceChange, *, with_type: bool = False) -> str:
    cells = [_plain(change.name), _DONE.get(change.operation) or _plain(change.operation)]
    if with_type:
        cells.append(_code(change.type))
    cells.append(", ".join(map(_code, change.reasons)))
    return f"| {' | '.join(cells)} |"


def _version(state: PackageState | None) -> str:
    return "" if state is None else _plain(state.version)


def _block(text: str) -> Sequence[str]:
    """Return text as a code block. The text cannot end the block."""
    clean = _TERMINAL_CODES.sub("", text).replace("```", "'''")
    return ("```text", *clean.splitlines(), "```")


def _plain(text: str) -> str:
    """Return text that Markdown shows unchanged. Usual names need no escapes, so the source stays legible."""
    line = _BREAKS.sub(" ", text).strip()
    if re.fullmatch(r"(?!.*www\.)[A-Za-z0-9][A-Za-z0-9. -]*(_[A-Za-z0-9.-]+)*", line, re.IGNORECASE):
        return line
    return _SPECIAL.sub(r"\\\1", line).replace("@", "@\u200b")  # an invisible space, so that nobody is notified


def _code(text: str) -> str:
    """Return text as code where it can be, in one cell of a table."""
    return f"`{text}`" if re.fullmatch(r"[^`|\x00-\x1f\x7f-\x9f\u2028\u2029]+", text) else _plain(text)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
