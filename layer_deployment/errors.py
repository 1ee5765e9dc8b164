"""The error of a preview that cannot be read."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class UnreadablePreview(LayerError, code="unreadable-preview"):
    """A file is not the output of ``pulumi preview --json``."""

    summary = "the preview cannot be read: {reason}"
    cause = "the preview was printed without --json, mixed with other output, or ended before it printed anything"
    remedy = "write it with `pulumi preview --json > preview.json`, without standard error"

    reason: str
