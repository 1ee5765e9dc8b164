"""What an index has of a project, as values: the simple repository API's answer, in JSON or HTML.

Pure. The forms are those of the "Simple repository API" of the packaging specifications (PEP 503, 592, 691, 700);
``simple_index.py`` asks for them.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from builder_lambda.contract.index_listing import IndexedFile, IndexListing
from builder_lambda.contract.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mousebender.simple import ProjectFileDetails

    from builder_lambda.ports.version_policy import VersionPolicy


class OlderFiles:
    """Lists what another listing has of files that were uploaded before a time."""

    def __init__(self, listing: IndexListing, uploaded_before: datetime) -> None:
        """List only files whose index tells that they are older, and those of indexes that ages are not asked of."""
        self._listing = listing
        self._uploaded_before = uploaded_before

    def files(self, name: str) -> Sequence[IndexedFile]:
        """See :class:`IndexListing`."""
        return [file for file in self._listing.files(name) if file.ignores_age or self._is_older(file)]

    def _is_older(self, file: IndexedFile) -> bool:
        return file.upload_time is not None and file.upload_time < self._uploaded_before


class FindLinksListing:
    """Lists what is find_links beside the indexes; of a project that it is find_links of, nothing else."""

    def __init__(self, listing: IndexListing, find_links: Mapping[str, IndexedFile]) -> None:
        """List one file of each project in ``find_links``, and what ``listing`` has of others."""
        self._listing = listing
        self._offered = find_links

    def files(self, name: str) -> Sequence[IndexedFile]:
        """See :class:`IndexListing`."""
        file = self._offered.get(name)
        return self._listing.files(name) if file is None else (file,)


def listing_for(listing: IndexListing, policy: VersionPolicy) -> IndexListing:
    """Return the listing as the policy lets it be seen."""
    aged = OlderFiles(listing, policy.uploaded_before) if policy.uploaded_before else listing
    return FindLinksListing(aged, policy.find_links) if policy.find_links else aged


def parse_listing(body: bytes, content_type: str, *, name: str, url: str) -> tuple[IndexedFile, ...]:
    """Return the files in an answer of the simple repository API.

    :param url: where the answer came from, after redirects; addresses in it may be relative to it.
    :raises ValueError: if the answer is in none of the forms of the API.
    """
    from mousebender.simple import (
        APIVersionWarning,
        UnsupportedAPIVersion,
        UnsupportedMIMEType,
        parse_project_details,
    )

    media_type = content_type.partition(";")[0].strip().lower()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", APIVersionWarning)  # a newer minor version adds what we do not read
            details = parse_project_details(body.decode("utf-8"), media_type, name)
        return tuple(_file(file, url) for file in details["files"])
    except (UnsupportedAPIVersion, UnsupportedMIMEType, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not an answer of the simple repository API: {error}") from error


def _file(file: ProjectFileDetails, base_url: str) -> IndexedFile:
    sha256 = file["hashes"].get("sha256")
    return IndexedFile(
        filename=file["filename"],
        url=without_credentials(urljoin(base_url, file["url"])),
        sha256=sha256.lower() if sha256 else None,
        requires_python=file.get("requires-python") or None,
        is_yanked=file.get("yanked", False) is not False,
        upload_time=_time(cast("str | None", file.get("upload-time"))),
    )


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None  # a time that cannot be read is none: the file counts as too new
    return time if time.tzinfo else time.replace(tzinfo=UTC)
