"""Writes an output file completely or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.errors.files import FileNotWritable, reporting_os_errors

if TYPE_CHECKING:
    from collections.abc import Callable


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Write ``path`` by replacing it with a temporary file that ``write`` fills.

    :raises FileNotWritable: if that fails. An earlier file is then unchanged. What is no file is never replaced.
    """
    if path.name == "-":
        raise FileNotWritable(path=str(path), reason="results are not written to standard output; name a file")
    if path.exists() and not path.is_file():
        reason = "it is a folder" if path.is_dir() else "it is a device or a pipe, not a file"
        raise FileNotWritable(path=str(path), reason=reason)
    with reporting_os_errors(path):
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


def _umask() -> int:
    """Return the umask of the process. It can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
