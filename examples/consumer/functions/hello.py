"""A function without packages of its own, beside its layer."""

from typing import Any

import requests


def handler(_event: object, _context: object) -> dict[str, Any]:
    """Return the version and the file of the layer's library."""
    return {"requests": requests.__version__, "from": requests.__file__}
