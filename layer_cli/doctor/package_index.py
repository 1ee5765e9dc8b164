"""Checks the package index of this machine. It provides the builder's own packages, and those of local builds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.simple import SimpleIndex
from layer_cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.contract.index_listing import IndexListing

_CHECK = "package index"
_KNOWN = "packaging"
"""A project that the builder needs, so every usable index has it."""

_BACKOFF_SECONDS = 0.05
"""Shorter than in a build, because the user waits."""


def find_index(
    environ: Mapping[str, str] = os.environ, *, listing: Callable[[Mapping[str, str]], IndexListing] | None = None
) -> tuple[Finding, ...]:
    """Return the finding on the index, which is asked for one project."""
    try:
        files = (listing or _listing)(environ).files(_KNOWN)
    except LayerError as error:  # unreachable, access denied, or without the project
        return (Finding.of_error(_CHECK, error, is_needed=True),)
    return (Finding(check=_CHECK, status="ok", found=f"answers: {len(files)} files of {_KNOWN}"),)


def _listing(environ: Mapping[str, str]) -> IndexListing:
    settings = IndexSettings.of(environ)
    connections = IndexConnections(settings.certificates, backoff_seconds=_BACKOFF_SECONDS)
    return SimpleIndex(settings=settings, connections=connections)
