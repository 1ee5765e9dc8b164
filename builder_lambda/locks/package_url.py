"""Package URLs (purl) in place of download addresses, for locks without addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from builder_lambda.contract.locked_wheel import LockedWheel

_SCHEME = "pkg:"


def name_in_place_of_url(name: str, version: str, filename: str) -> str:
    """Return the package URL of a file whose download address is not known."""
    return f"{_SCHEME}pypi/{quote(name)}@{quote(version, safe='')}?file_name={quote(filename, safe='')}"


def has_no_address(wheel: LockedWheel) -> bool:
    """Return whether the URL of the wheel is a package URL."""
    return wheel.url.startswith(_SCHEME)
