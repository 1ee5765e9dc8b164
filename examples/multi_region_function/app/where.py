"""Reports the region that it runs in."""

import os

import certifi


def handler(_event: object, _context: object) -> dict[str, str]:
    """Return the region, and the path of the certificates of the layer."""
    return {"region": os.environ["AWS_REGION"], "certificates": certifi.where()}
