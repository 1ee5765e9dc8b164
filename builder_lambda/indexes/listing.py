"""Applies the version policy of a request to the listing of its indexes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.ports.version_policy import VersionPolicy


class OlderFiles:
    """Lists the files of another listing that were uploaded before a time."""

    def __init__(self, listing: IndexListing, uploaded_before: datetime) -> None:
        """List files with an older upload time, and all files of indexes whose ages are ignored."""
        self._listing = listing
        self._uploaded_before = uploaded_before

    def files(self, name: str) -> Sequence[IndexedFile]:
        """See :class:`IndexListing`."""
        return [file for file in self._listing.files(name) if file.ignores_age or self._is_older(file)]

    def _is_older(self, file: IndexedFile) -> bool:
        return file.upload_time is not None and file.upload_time < self._uploaded_before


class FindLinksListing:
    """Lists files that are given beside the indexes. They replace all other files of their projects."""

    def __init__(self, listing: IndexListing, find_links: Mapping[str, IndexedFile]) -> None:
        """List one file of each project in ``find_links``, and what ``listing`` has of others."""
        self._listing = listing
        self._find_links = find_links

    def files(self, name: str) -> Sequence[IndexedFile]:
        """See :class:`IndexListing`."""
        file = self._find_links.get(name)
        return self._listing.files(name) if file is None else (file,)


def listing_for(listing: IndexListing, policy: VersionPolicy) -> IndexListing:
    """Return the listing of the files that a policy allows."""
    aged = OlderFiles(listing, policy.uploaded_before) if policy.uploaded_before else listing
    return FindLinksListing(aged, policy.find_links) if policy.find_links else aged
