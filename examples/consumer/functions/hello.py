"""A function that has nothing but its layer."""

from typing import Any

import requests


def handler(_event: object, _context: object) -> dict[str, Any]:
    """Return where the layer's library came from."""
    return {"requests": requests.__version__, "from": requests.__file__}
