"""Reads the page of a project in the simple repository API, in JSON or HTML. Pure.

Source: "Simple repository API" of the packaging specifications (PEP 503, 592, 691, 700). The library mousebender reads
both forms.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from mousebender.simple import (
    ACCEPT_SUPPORTED,
    APIVersionWarning,
    UnsupportedAPIVersion,
    UnsupportedMIMEType,
    create_project_url,
    parse_project_details,
)

from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.contract.urls import without_credentials

if TYPE_CHECKING:
    from mousebender.simple import ProjectFileDetails

ACCEPTED: str = ACCEPT_SUPPORTED
"""The media types of the API, as a value of the header ``Accept``."""


def project_url(index_url: str, name: str) -> str:
    """Return the URL of the page of a project."""
    return create_project_url(index_url, name)


def parse_project_page(body: bytes, content_type: str, *, name: str, url: str) -> tuple[IndexedFile, ...]:
    """Return the files that a page lists.

    :param url: where the page came from, after redirects. Addresses in it may be relative to it.
    :raises ValueError: if the page is in none of the forms of the API.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", APIVersionWarning)  # a newer minor version adds what we do not read
            details = parse_project_details(body.decode("utf-8"), media_type, name)
        return tuple(_file(file, url) for file in details["files"])
    except RecursionError as error:
        raise ValueError("not an answer of the simple repository API: it is nested too deeply") from error
    except (UnsupportedAPIVersion, UnsupportedMIMEType, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not an answer of the simple repository API: {error}") from error


def _file(file: ProjectFileDetails, base_url: str) -> IndexedFile:
    sha256, size = file["hashes"].get("sha256"), file.get("size")
    return IndexedFile(
        filename=file["filename"],
        url=without_credentials(urljoin(base_url, file["url"])),
        sha256=sha256.lower() if sha256 else None,
        requires_python=file.get("requires-python") or None,
        is_yanked=file.get("yanked", False) is not False,
        size=size if type(size) is int and size >= 0 else None,
        upload_time=_time(cast("str | None", file.get("upload-time"))),
    )


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None  # without a time, the file counts as too new
    return time if time.tzinfo else time.replace(tzinfo=UTC)
