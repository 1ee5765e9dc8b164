"""Write a file that a user has named: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.layer_error import LayerError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(eq=False, kw_only=True)
class FileNotWritable(LayerError, code="file-not-writable"):
    """A file that is to be written cannot be."""

    summary = "{path!r} cannot be written: {reason}"
    cause = "the folder does not exist, is not yours, or its disk is full"
    remedy = "name another path, or make room"

    path: str
    reason: str


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill an empty file beside ``path`` and put that in its place.

    :raises FileNotWritable: if that cannot be done; an earlier file is as it was.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(descriptor)
        part = Path(name)
        try:
            part.chmod(0o666 & ~_umask())
            write(part)
            part.replace(path)
        except BaseException:
            part.unlink()
            raise
    except OSError as error:
        raise FileNotWritable(path=str(path), reason=error.strerror or str(error)) from error


def _umask() -> int:
    """Return what the user takes off the mode of new files; it can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
