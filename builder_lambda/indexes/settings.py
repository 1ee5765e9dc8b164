"""Chooses the package indexes: those that a request names, else those of this machine.

The only reader of uv's and pip's own configuration. uv's variables take precedence over pip's, and pip's variables over
pip's configuration files, which uv does not read. Only uv reads a ``uv.toml`` of the user. It applies where
nothing else is set and a request names no index.
"""

from __future__ import annotations

import configparser
import os
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from builder_lambda.contract.index_login import Login
from builder_lambda.contract.program_environment import environment_for
from builder_lambda.contract.urls import VARIABLE, bare, has_variable, origin_of, without_credentials
from builder_lambda.errors.indexes import IndexOrderUnclear
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem
from builder_lambda.indexes.logins import OnceLogin, netrc_login

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.package_index import PackageIndex

_FOREIGN = (
    *("UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX"),
    *("UV_CONFIG_FILE", "UV_KEYRING_PROVIDER"),
)
"""Variables that add indexes to the chosen ones. Those that begin with ``UV_INDEX_`` do so too."""

_ADDRESSES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
"""Variables of uv with addresses of indexes."""

_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIndex:
    """An index with its login, which is looked up on first use."""

    name: str
    url: str
    """Its simple repository API, without credentials."""

    login: Callable[[], Login | None] = field(repr=False)
    is_default: bool = False
    is_explicit: bool = False
    ignores_age: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexSettings:
    """The indexes of a build, with their credentials and certificates."""

    index_url: str | None = field(default=None, repr=False)
    """The machine's index, with its login if it has one. ``None`` means the default of pip and uv."""

    extra_index_urls: tuple[str, ...] = field(default=(), repr=False)
    is_order_unclear: bool = False
    """Whether the extra indexes are those of pip, which asks all of its indexes, beside an ``index_url``."""

    chosen: tuple[OpenIndex, ...] = ()
    """The indexes that a request names, in search order.

    If there are any, the machine's extra indexes do not count, and its index only if the request has no default.
    """

    pins: Mapping[str, str] = field(default_factory=dict)
    """The name of the only index of a project, by project name."""

    certificates: str | None = None
    """A file of certificates to trust in place of the machine's, or ``None``."""

    netrc_file: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> IndexSettings:
        """Return the settings of a process with these environment variables.

        :raises InvalidOptions: if the address of an index holds ``${``.
        """
        pip = {**_pip_configuration(environ), **_pip_variables(environ)}
        _refuse_variables(environ, pip)
        ordered = environ.get("UV_EXTRA_INDEX_URL") or environ.get("UV_INDEX") or ""
        extra = ordered or pip.get("extra-index-url", "")
        index_url = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or pip.get("index-url") or None
        given = environ.get("NETRC") or str(Path(environ.get("HOME", "/nonexistent"), ".netrc"))
        return cls(
            index_url=index_url,
            is_order_unclear=bool(index_url and extra.split() and not ordered),
            extra_index_urls=tuple(url.partition("=")[2] if _is_named(url) else url for url in extra.split()),
            certificates=next((environ[name] for name in _CERTIFICATE_VARIABLES if environ.get(name)), pip.get("cert")),
            netrc_file=given if Path(given).is_file() else None,
            environ=environ,
        )

    def opened(self, options: IndexOptions, login: Callable[[PackageIndex], Login | None]) -> IndexSettings:
        """Return the settings for the index options of a request; the same settings if it has none.

        :param login: looks up a login on the first request to an index.
        """
        if not options:
            return self
        chosen = [_open(index, login, is_default=index is options.default) for index in options]
        if options.default is None and self.index_url is not None:
            chosen.append(self._of_machine(self.index_url, is_default=True))
        return replace(self, chosen=tuple(chosen), pins=options.pins)

    @property
    def indexes(self) -> tuple[OpenIndex, ...]:
        """The indexes in search order. If none is the default, that of pip and uv comes last.

        :raises IndexOrderUnclear: if they are pip's, which have no order.
        """
        if self.chosen:
            return self.chosen
        self.check_order()
        extra = tuple(self._of_machine(url) for url in self.extra_index_urls)
        return (*extra, self._of_machine(self.index_url, is_default=True)) if self.index_url else extra

    def check_order(self) -> None:
        """Check that the order of the machine's indexes is known.

        :raises IndexOrderUnclear: if it is not.
        """
        if self.is_order_unclear:
            extra = tuple(map(bare, self.extra_index_urls))
            raise IndexOrderUnclear(index_url=bare(self.index_url or ""), extra_index_urls=extra)

    def for_uv(self) -> dict[str, str]:
        """Return the environment variables for uv. ``resolvers/uv_indexes.py`` passes it the chosen indexes.

        :raises IndexOrderUnclear: if the indexes are pip's, which have no order.
        """
        if self.chosen:
            return self._without_machine_indexes()
        self.check_order()
        environ = environment_for("uv", self.environ)
        if self.index_url and not (environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")):
            environ["UV_DEFAULT_INDEX"] = self.index_url
        if self.extra_index_urls and not (environ.get("UV_EXTRA_INDEX_URL") or environ.get("UV_INDEX")):
            environ["UV_INDEX"] = " ".join(self.extra_index_urls)
        if self.certificates:
            environ.setdefault("SSL_CERT_FILE", self.certificates)
        return environ

    def login(self, url: str) -> Login | None:
        """Return the login for ``url``: that of the index at the same origin, else that of the user's netrc file.

        Of several indexes at one origin, the one with the longest common path counts.
        """
        here = [index for index in self.indexes if origin_of(index.url) == origin_of(url)]
        shared = [_shared_path(index.url, url) for index in here]
        nearest = [index for index, length in zip(here, shared, strict=True) if length == max(shared)]
        found = next((login for index in nearest if (login := index.login()) is not None), None)
        return found or netrc_login(self.netrc_file, url)

    def name_of(self, url: str) -> str:
        """Return the name of the index at the origin of ``url``, or the host if there is no single one."""
        names = [index.name for index in self.chosen if origin_of(index.url) == origin_of(url)]
        return names[0] if len(names) == 1 else urlsplit(url).hostname or url

    def _of_machine(self, url: str, *, is_default: bool = False) -> OpenIndex:
        parts = urlsplit(url)
        bare = without_credentials(url)
        look_up: Callable[[], Login | None] = partial(netrc_login, self.netrc_file, bare)
        if parts.username is not None:
            look_up = partial(Login, username=unquote(parts.username), password=unquote(parts.password or ""))
        return OpenIndex(name=parts.hostname or bare, url=bare, login=look_up, is_default=is_default)

    def _without_machine_indexes(self) -> dict[str, str]:
        environ = {
            name: value
            for name, value in environment_for("uv", self.environ).items()
            if name not in _FOREIGN and not name.startswith("UV_INDEX_")
        }
        if self.certificates:
            environ = {"SSL_CERT_FILE": self.certificates, **environ}
        return environ


def _open(index: PackageIndex, login: Callable[[PackageIndex], Login | None], *, is_default: bool) -> OpenIndex:
    return OpenIndex(
        name=index.name,
        url=index.address,
        login=OnceLogin(partial(login, index)),
        is_default=is_default,
        is_explicit=index.is_explicit,
        ignores_age=index.ignores_age,
    )


def _shared_path(one: str, other: str) -> int:
    """Return how many leading parts of their paths two URLs have in common."""
    pairs = zip(urlsplit(one).path.split("/"), urlsplit(other).path.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _is_named(url: str) -> bool:
    """Return whether an index has the form ``name=url``, which ``UV_INDEX`` allows."""
    return "=" in url.partition("://")[0]


def _refuse_variables(environ: Mapping[str, str], pip: Mapping[str, str]) -> None:
    """Refuse variables in addresses of indexes. pip expands them in requirements only, and uv nowhere but there.

    :raises InvalidOptions: naming every setting that has one, and no value.
    """
    given = {name: environ.get(name, "") for name in _ADDRESSES}
    given |= {f"{name} of pip": pip.get(name, "") for name in ("index-url", "extra-index-url")}
    problems = tuple(Problem(place=name, reason=f"it {VARIABLE}") for name, text in given.items() if has_variable(text))
    if problems:
        raise InvalidOptions(problems=problems)


def _pip_variables(environ: Mapping[str, str]) -> dict[str, str]:
    names = {"PIP_INDEX_URL": "index-url", "PIP_EXTRA_INDEX_URL": "extra-index-url"}
    return {option: environ[name] for name, option in names.items() if environ.get(name)}


def _pip_configuration(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the section ``[global]`` of pip's files: of the machine, the user and the environment, in pip's order."""
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
    there = [file for file in files if file.is_file()]
    if not there:
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(there, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}  # pip itself reports a broken file
    return dict(parser["global"]) if parser.has_section("global") else {}
