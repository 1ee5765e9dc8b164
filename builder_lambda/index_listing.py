"""What an index has of a project, as values: the simple repository API's answer, in JSON or HTML.

Pure. The forms are those of the "Simple repository API" of the packaging specifications (PEP 503, 592, 691, 700);
``simple_index.py`` asks for them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

from builder_lambda.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mousebender.simple import ProjectFileDetails


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexedFile:
    """A file of a project on an index."""

    filename: str
    url: str
    """Absolute, without credentials."""

    sha256: str | None = None
    """In lower case hex, if the index has it."""

    requires_python: str | None = None
    is_yanked: bool = False


class IndexListing(Protocol):
    """Lists what an index has."""

    def files(self, name: str) -> Sequence[IndexedFile]:
        """Return the files of a project, in the order of the index.

        :raises UnknownPackage: if the index has no project of the name.
        :raises IndexUnreachable: if the index does not answer.
        """
        ...


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
    except (UnsupportedAPIVersion, UnsupportedMIMEType, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an answer of the simple repository API: {error}") from error


def _file(file: ProjectFileDetails, base_url: str) -> IndexedFile:
    sha256 = file["hashes"].get("sha256")
    return IndexedFile(
        filename=file["filename"],
        url=without_credentials(urljoin(base_url, file["url"])),
        sha256=sha256.lower() if sha256 else None,
        requires_python=file.get("requires-python") or None,
        is_yanked=file.get("yanked", False) is not False,
    )
