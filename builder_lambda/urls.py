"""Take URLs apart, and keep user names and passwords out of what is shown or stored."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit, urlunsplit

_USER_INFO = re.compile(r"(?<=://)[^/?#\s@]*(?:@[^/?#\s@]*)*@")


def redacted(text: str) -> str:
    """Return ``text`` with the user part of every URL replaced by ``****``."""
    return _USER_INFO.sub("****@", text)


def without_credentials(url: str) -> str:
    """Return ``url`` without its user part: what may be stored in a lock."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def has_credentials(url: str) -> bool:
    """Tell whether ``url`` names a user."""
    return "@" in urlsplit(url).netloc


def is_local(url: str) -> bool:
    """Tell whether ``url`` leads to this machine itself, where no one else listens in."""
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what a login belongs to (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def filename_of(url: str) -> str:
    """Return the last part of a URL's path: the file name of what it leads to."""
    return unquote(urlsplit(url).path.rpartition("/")[2])
