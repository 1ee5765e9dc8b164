"""Ask the machine's indexes what they have of a project: the one place that speaks the simple repository API."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pip._internal.models.index import PyPI  # pip has no public name for it; its version is pinned

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.listing import parse_listing
from builder_lambda.indexes.settings import IndexSettings, OpenIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import urllib3

    from builder_lambda.contract.index_listing import IndexedFile

_UNKNOWN_STATUS = (404, 410)


class SimpleIndex:
    """Lists projects, in JSON where the index has it (PEP 691), else in HTML (PEP 503).

    Of several indexes the first that knows the name answers, extra indexes before the default, as uv does it:
    nobody can take over a name of a private index by publishing it elsewhere.
    """

    def __init__(self, *, settings: IndexSettings, connections: IndexConnections | None = None) -> None:
        """List by the indexes and credentials of ``settings``; over connections of its own if none are given."""
        self._settings = settings
        self._connections = connections or IndexConnections(settings.certificates)

    def files(self, name: str) -> tuple[IndexedFile, ...]:
        """See :class:`builder_lambda.contract.index_listing.IndexListing`."""
        for index in self._indexes_for(name):
            found = self._files_of(index, name)
            if found is not None:
                return tuple(replace(file, ignores_age=True) for file in found) if index.ignores_age else found
        raise UnknownPackage(names=(name,))

    def _indexes_for(self, name: str) -> Iterator[OpenIndex]:
        """Yield the indexes that may have a project, in order: only the one that it is pinned to, if it is."""
        indexes = self._settings.indexes
        pinned_to = self._settings.pins.get(name)
        if pinned_to is not None:
            yield from (index for index in indexes if index.name == pinned_to)
            return
        yield from (index for index in indexes if not index.is_explicit)
        if not any(index.is_default for index in indexes):
            url = _default_index_url()
            yield OpenIndex(name="default", url=url, login=lambda: self._settings.login(url))

    def _files_of(self, index: OpenIndex, name: str) -> tuple[IndexedFile, ...] | None:
        """Return what one index has, or ``None`` if it does not know the name."""
        import urllib3
        from mousebender.simple import ACCEPT_SUPPORTED, create_project_url

        url = create_project_url(index.url, name)
        host = urlsplit(url).hostname or ""
        headers = {"User-Agent": "python-layers", "Accept": ACCEPT_SUPPORTED}
        login = index.login()
        if login is not None:
            headers |= urllib3.make_headers(basic_auth=f"{login.username}:{login.password}")
        try:
            with self._connections as opened:
                response = opened.for_url(url).request("GET", url, headers=headers, retries=opened.retries())
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise IndexUnreachable(detail=redacted(f"{name} at {host}: {reason}")) from error
        if response.status in _UNKNOWN_STATUS:
            return None
        if response.status in (401, 403):
            raise IndexDenied(index=index.name, detail=f"{name} at {host}: HTTP status {response.status}")
        if response.status != 200:
            raise IndexUnreachable(detail=f"{name} at {host}: HTTP status {response.status}")
        try:
            kind = response.headers.get("Content-Type", "")
            return parse_listing(response.data, kind, name=name, url=_after_redirects(url, response))
        except ValueError as error:
            raise IndexUnreachable(detail=f"{name} at {host}: {error}") from error


def listing_of_machine(environ: Mapping[str, str] = os.environ) -> SimpleIndex:
    """Return the listing of the indexes that this machine is set up for by variables and configuration files."""
    return SimpleIndex(settings=IndexSettings.of(environ))


def _after_redirects(url: str, response: urllib3.BaseHTTPResponse) -> str:
    """Return where the answer came from; urllib3 itself tells the path only."""
    for step in response.retries.history if response.retries is not None else ():
        url = urljoin(url, step.redirect_location or "")
    return url


def _default_index_url() -> str:
    """Return the index that pip and uv ask where nothing is set."""
    return str(PyPI.simple_url)
