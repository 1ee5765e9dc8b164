"""Which package index this machine uses, as it is set up for uv or for pip.

The only reader of that configuration. uv's variables win over pip's, and pip's over pip's configuration files, which
uv does not read by itself. A ``uv.toml`` of the user is read by uv alone, and wins where nothing else is set.
"""

from __future__ import annotations

import configparser
import netrc
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexSettings:
    """The indexes to ask, and how to be let in."""

    index_url: str | None = None
    """The index, or ``None`` for the tool's own default."""

    extra_index_urls: tuple[str, ...] = ()
    certificates: str | None = None
    """File of certificates to trust in place of the machine's, or ``None``."""

    netrc_file: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> IndexSettings:
        """Return the settings of a process with these environment variables."""
        pip = {**_pip_configuration(environ), **_pip_variables(environ)}
        extra = environ.get("UV_EXTRA_INDEX_URL") or environ.get("UV_INDEX") or pip.get("extra-index-url", "")
        given = environ.get("NETRC") or str(Path(environ.get("HOME", "/nonexistent"), ".netrc"))
        return cls(
            index_url=environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or pip.get("index-url") or None,
            extra_index_urls=tuple(url.partition("=")[2] if _is_named(url) else url for url in extra.split()),
            certificates=next((environ[name] for name in _CERTIFICATE_VARIABLES if environ.get(name)), pip.get("cert")),
            netrc_file=given if Path(given).is_file() else None,
            environ=environ,
        )

    def for_uv(self) -> dict[str, str]:
        """Return the environment to run uv in."""
        environ = dict(self.environ)
        if self.index_url and not (environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")):
            environ["UV_DEFAULT_INDEX"] = self.index_url
        if self.extra_index_urls and not (environ.get("UV_EXTRA_INDEX_URL") or environ.get("UV_INDEX")):
            environ["UV_INDEX"] = " ".join(self.extra_index_urls)
        if self.certificates:
            environ.setdefault("SSL_CERT_FILE", self.certificates)
        return environ

    def for_pip(self) -> dict[str, str]:
        """Return the environment to run pip in."""
        environ = dict(self.environ)
        if self.index_url:
            environ["PIP_INDEX_URL"] = self.index_url
        if self.extra_index_urls:
            environ["PIP_EXTRA_INDEX_URL"] = " ".join(self.extra_index_urls)
        if self.certificates:
            environ.setdefault("PIP_CERT", self.certificates)
        return environ

    def login(self, host: str) -> tuple[str, str] | None:
        """Return user name and password for a host, from the index URLs or the user's netrc file."""
        for url in (self.index_url, *self.extra_index_urls):
            parts = urlsplit(url or "")
            if parts.hostname == host and parts.username is not None:
                return unquote(parts.username), unquote(parts.password or "")
        if self.netrc_file is not None:
            try:
                found = netrc.netrc(self.netrc_file).authenticators(host)
            except (netrc.NetrcParseError, OSError):
                found = None
            if found is not None:
                return found[0], found[2]
        return None


def _is_named(url: str) -> bool:
    """Tell whether an index is given as ``name=url``, as ``UV_INDEX`` allows."""
    return "=" in url.partition("://")[0]


def _pip_variables(environ: Mapping[str, str]) -> dict[str, str]:
    names = {"PIP_INDEX_URL": "index-url", "PIP_EXTRA_INDEX_URL": "extra-index-url"}
    return {option: environ[name] for name, option in names.items() if environ.get(name)}


def _pip_configuration(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what pip's files say in ``[global]``: of the machine, the user, the environment, in pip's order."""
    if environ.get("PIP_CONFIG_FILE") == os.devnull:
        return {}
    home = Path(environ.get("HOME", "/nonexistent"))
    settings = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        settings / "pip" / "pip.conf",
        Path(sys.prefix) / "pip.conf",
        Path(environ.get("PIP_CONFIG_FILE", "/nonexistent")),
    ]
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(files, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}  # pip itself will complain about its file
    return dict(parser["global"]) if parser.has_section("global") else {}
