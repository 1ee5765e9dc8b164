"""Renders a greeting."""

from pathlib import Path
from typing import Any

import jinja2
import markupsafe

TEMPLATE = jinja2.Template(Path(__file__).with_name("greeting.txt").read_text(encoding="utf-8"))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return a greeting, and the files of the modules that made it."""
    folder = Path(__file__).parent
    return {
        "text": TEMPLATE.render(name=event.get("name", "world")),
        "from": [jinja2.__file__, markupsafe.__file__],
        "native": markupsafe.escape.__module__,
        "files": sorted(path.name for path in folder.iterdir()),
    }
