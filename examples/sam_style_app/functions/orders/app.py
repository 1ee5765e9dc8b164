"""Takes orders."""

import os
from typing import Any

import idna
import prices


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the price of an order, and what it was worked out with."""
    return {
        "total": prices.total(event.get("items", [])),
        "stage": os.environ["STAGE"],
        "idna": idna.__version__,
    }
