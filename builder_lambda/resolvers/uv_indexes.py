"""Configures the indexes of uv, without a login in any file or argument.

Environment variables that name the index pass its login (uv: "Package indexes", "Providing credentials directly").
uv pins a name to an index only where the project itself requires it, so a dependency could still come from elsewhere.
Pinned names, and names of wheels on this machine, are therefore served from pages on disk that come before all indexes.
For such a name, uv sees nothing but its page.
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import tomli_w

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.contract.urls import why_invalid
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.indexes.listing import listing_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.ports.version_policy import VersionPolicy

_URL_VARIABLES = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_FIRST_INDEX = ("--index-strategy", "first-index")


@dataclass(frozen=True, kw_only=True, slots=True)
class UvIndexes:
    """Arguments and variables to run uv with."""

    arguments: tuple[str, ...]
    environ: dict[str, str] = field(repr=False)
    passwords: tuple[str, ...] = field(default=(), repr=False)
    """Removed from every message of uv."""

    def redacted(self, text: str) -> str:
        """Return ``text`` without the passwords."""
        for password in self.passwords:
            text = text.replace(password, "****")
        return text


def write_uv_indexes(folder: Path, settings: IndexSettings, policy: VersionPolicy, listing: IndexListing) -> UvIndexes:
    """Write the configuration of uv into ``folder``, and return the arguments and variables to run it with.

    :param listing: lists the files of the indexes; asked for the names that are served from disk.
    :raises IndexCredentialsMissing: if the login of an index does not exist.
    :raises BuilderNotPermitted: if the login may not be read.
    """
    arguments, environ = [*_FIRST_INDEX, *_age_arguments(settings, policy)], settings.for_uv()
    pages, names = folder / "pinned", tuple({**settings.pins, **policy.find_links})
    if names:
        _write_pages(pages, names, listing_for(listing, policy))
    if not settings.chosen:
        if names:
            environ["UV_INDEX"] = " ".join(part for part in (pages.as_uri(), environ.get("UV_INDEX")) if part)
        return UvIndexes(arguments=tuple(arguments), environ=environ, passwords=_passwords_in(environ))
    passwords, indexes = [], list[dict[str, object]]()
    unguessable = secrets.token_hex(8)  # uv expands ${NAME} in metadata of packages, which must not name a login
    if names:
        indexes.append({"name": "pinned", "url": pages.as_uri()})
    for number, index in enumerate(settings.chosen):
        name = f"index{number}x{unguessable}"  # ours, because uv allows fewer names than we do
        table: dict[str, object] = {"name": name, "url": index.url}
        table |= {"default": True} if index.is_default else {}
        table |= {"explicit": True} if index.is_explicit else {}
        table |= {"exclude-newer": False} if index.ignores_age and policy.uploaded_before else {}
        login = index.login()
        if login is not None:
            table["authenticate"] = "always"
            environ[f"UV_INDEX_{name.upper()}_USERNAME"] = login.username
            environ[f"UV_INDEX_{name.upper()}_PASSWORD"] = login.password
            passwords.append(login.password)
        indexes.append(table)
    configuration = folder / "uv.toml"
    configuration.write_text(tomli_w.dumps({"index": indexes}))
    arguments += ["--config-file", str(configuration)]
    return UvIndexes(arguments=tuple(arguments), environ=environ, passwords=tuple(passwords))


def _passwords_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the passwords in variables of uv: those of named indexes, and those in URLs."""
    named = [value for name, value in environ.items() if name.startswith("UV_INDEX_") and name.endswith("_PASSWORD")]
    urls = (url for name in _URL_VARIABLES for url in environ.get(name, "").split())
    written = [password for url in urls if not why_invalid(url) and (password := urlsplit(url).password)]
    return tuple(dict.fromkeys(filter(None, (*named, *written, *map(unquote, written)))))


def _age_arguments(settings: IndexSettings, policy: VersionPolicy) -> list[str]:
    if policy.uploaded_before is None:
        return []
    arguments = ["--exclude-newer", policy.uploaded_before.isoformat()]
    for name in {**settings.pins, **policy.find_links}:  # their pages list only old enough files, without times
        arguments += ["--exclude-newer-package", f"{name}=false"]
    if any(index.ignores_age for index in settings.chosen):
        arguments += ["--preview-features", "index-exclude-newer"]
    return arguments


def _write_pages(folder: Path, names: tuple[str, ...], listing: IndexListing) -> None:
    """Write a page for each name (PEP 503). It is empty if the index does not know the name."""
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
        for name, page in zip(names, threads.map(lambda name: _page(name, listing), names), strict=True):
            file = folder / name / "index.html"
            file.parent.mkdir(parents=True)
            file.write_text(page, encoding="utf-8")


def _page(name: str, listing: IndexListing) -> str:
    try:
        files = listing.files(name)
    except UnknownPackage:
        files = ()
    return "<!DOCTYPE html><html><body>\n" + "".join(map(_link, files)) + "</body></html>\n"


def _link(file: IndexedFile) -> str:
    url = f"{file.url}#sha256={file.sha256}" if file.sha256 else file.url
    attributes = f' data-requires-python="{escape(file.requires_python)}"' if file.requires_python else ""
    attributes += ' data-yanked=""' if file.is_yanked else ""
    return f'<a href="{escape(url)}"{attributes}>{escape(file.filename)}</a>\n'
