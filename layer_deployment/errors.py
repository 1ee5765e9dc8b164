"""The problem of a preview that cannot be told."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class UnreadablePreview(LayerError, code="unreadable-preview"):
    """What is given is not the document of ``pulumi preview --json``."""

    summary = "the preview cannot be read: {reason}"
    cause = "the preview was printed without --json, mixed with other output, or ended before it printed anything"
    remedy = "write it with `pulumi preview --json > preview.json`, standard error apart"

    reason: str
