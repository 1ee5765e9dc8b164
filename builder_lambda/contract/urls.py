"""Take URLs apart, and keep user names and passwords out of what is shown or stored.

Every function takes any text: one that is no valid URL has no parts but a last one.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

_USER_INFO = re.compile(r"(?<=://)[^/?#\s@]*(?:@[^/?#\s@]*)*@")
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_QUERIES = re.compile(r"(://(?:(?!://)[^\s?#])*)\?[^\s#'\"`<>)]+")
"""Of URLs in a text. A URL ends where another one begins, so that many of them take time by their length."""


VARIABLE = "holds '${', which uv replaces by an environment variable; write the value itself, or %7B for the brace"
"""Why a text with a variable is refused."""


def has_variable(text: str) -> bool:
    """Return whether uv would read an environment variable in ``text``."""
    return "${" in text


def why_invalid(url: str) -> str | None:
    """Return why ``url`` cannot be taken apart, in a few words; ``None`` if it can."""
    try:
        _ = urlsplit(url).port  # checked by the standard library where it is read
    except ValueError as error:
        return str(error)
    return None


def redacted(text: str) -> str:
    """Return ``text`` with the user part and the query of every URL replaced by ``****``: both may hold a secret."""
    return _QUERIES.sub(r"\1?****", _USER_INFO.sub("****@", text))


def without_credentials(url: str) -> str:
    """Return ``url`` without its user part: what may be stored in a lock."""
    if why_invalid(url):
        return _USER_INFO.sub("", url)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def bare(url: str) -> str:
    """Return ``url`` without its user part, its query and its fragment, any of which may hold a secret."""
    return _QUERY.sub("", without_credentials(url))


def has_credentials(url: str) -> bool:
    """Return whether ``url`` names a user."""
    return _USER_INFO.search(url) is not None if why_invalid(url) else "@" in urlsplit(url).netloc


def is_local(url: str) -> bool:
    """Return whether ``url`` leads to this machine, where nobody else can listen."""
    return _split(url).hostname in ("localhost", "127.0.0.1", "::1")


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what a login belongs to (RFC 6454). All are empty if ``url`` is not valid."""
    parts = _split(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def filename_of(url: str) -> str:
    """Return the last part of a URL's path: the file name of what it leads to."""
    return unquote(_split(url).path.rpartition("/")[2])


def _split(url: str) -> SplitResult:
    if why_invalid(url):
        return SplitResult("", "", _QUERY.sub("", url), "", "")
    return urlsplit(url)
