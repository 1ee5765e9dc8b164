"""Lists the files that the package indexes have of a project."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pip._internal.models.index import PyPI  # pip has no public name for it; its version is pinned

from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.settings import IndexSettings, OpenIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder_lambda.contract.index_listing import IndexedFile


class SimpleIndex:
    """Lists projects, in JSON where the index has it (PEP 691), else in HTML (PEP 503).

    The first index that knows the name answers. Extra indexes come before the default, as in uv: nobody can take over
    a name of a private index by publishing it elsewhere.
    """

    def __init__(self, *, settings: IndexSettings, connections: IndexConnections | None = None) -> None:
        """List by the indexes and credentials of ``settings``, over new connections if none are given."""
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
        """Yield the indexes that may have a project, in order. A project that is pinned to an index has only that."""
        indexes = self._settings.indexes
        pinned_to = self._settings.pins.get(name)
        if pinned_to is not None:
            yield from (index for index in indexes if index.name == pinned_to)
            return
        yield from (index for index in indexes if not index.is_explicit)
        if not any(index.is_default for index in indexes):
            url = str(PyPI.simple_url)  # the index that pip and uv use where nothing is set
            yield OpenIndex(name="default", url=url, login=lambda: self._settings.login(url))

    def _files_of(self, index: OpenIndex, name: str) -> tuple[IndexedFile, ...] | None:
        """Return the files on one index, or ``None`` if it does not know the name."""
        from builder_lambda.indexes import project_page  # mousebender: 10 ms before uv starts

        url = project_page.project_url(index.url, name)
        subject = f"{name} at {urlsplit(url).hostname or ''}"
        client, login = self._connections.client, index.login()
        page = client.get(url, subject=subject, index=index.name, login=login, accept=project_page.ACCEPTED)
        if page is None:
            return None
        try:
            return project_page.parse_project_page(page.body, page.content_type, name=name, url=page.url)
        except ValueError as error:
            raise IndexUnreachable(detail=f"{subject}: {error}") from error


def listing_of_machine(environ: Mapping[str, str] = os.environ) -> SimpleIndex:
    """Return the listing of the indexes that variables and configuration files of this machine name."""
    return SimpleIndex(settings=IndexSettings.of(environ))
