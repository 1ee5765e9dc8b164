"""Reports on domains."""

from typing import Any

import idna


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return a domain as the name system has it."""
    return {"domain": idna.encode(event["domain"]).decode(), "from": idna.__file__}
