"""Errors of writing files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class FileNotWritable(LayerError, code="file-not-writable"):
    """A file cannot be written."""

    summary = "{path!r} cannot be written: {reason}"
    cause = "the folder does not exist, is not yours, or its disk is full"
    remedy = "choose another path, or free disk space"

    path: str
    reason: str


class CacheNotPrivate(LayerError, code="cache-not-private"):
    """The cache folder belongs to another user, or others may write to it."""

    summary = "the cache {path!r} is not used: {reason}"
    cause = "who may write to a cache decides what is built from it"
    remedy = "take the right away (chmod go-w), or name another folder with --cache or PYTHON_LAYERS_CACHE"

    path: str
    reason: str


@contextmanager
def reporting_os_errors(path: Path) -> Iterator[None]:
    """Turn an error of the system in this block into one about ``path``."""
    try:
        yield
    except OSError as error:
        raise FileNotWritable(path=str(path), reason=error.strerror or str(error)) from error
