"""What is wrong with index options, all of it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from builder_lambda.contract.index_login import CodeArtifact, EnvironmentLogin, SecretLogin
from builder_lambda.contract.project_name import normalised
from builder_lambda.contract.urls import VARIABLE, has_credentials, has_variable, is_local
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder_lambda.contract.package_index import PackageIndex

UNREADABLE = "?"
"""Name of an index whose own name could not be read."""

_SECRET_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CODEARTIFACT = {
    # AWS CodeArtifact API reference, "GetAuthorizationToken" and "GetRepositoryEndpoint"
    "domain": re.compile(r"[a-z][a-z0-9-]{0,48}[a-z0-9]"),
    "owner": re.compile(r"\d{12}"),
    "repository": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,99}"),
    "region": re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d"),
}


class Indexes(Protocol):
    """The values of index options, checked or not."""

    @property
    def default(self) -> PackageIndex | None:
        """The index that is asked last."""
        ...

    @property
    def extra(self) -> tuple[PackageIndex, ...]:
        """The indexes that are asked before."""
        ...

    @property
    def pins(self) -> Mapping[str, str]:
        """Names of indexes by project name."""
        ...


def index_problems(options: Indexes) -> tuple[Problem, ...]:
    """Return every problem of the options. No reason quotes a URL: it may hold a password."""
    placed = [(f"index.extra[{number}]", index) for number, index in enumerate(options.extra)]
    if options.default is not None:
        placed.append(("index.default", options.default))
    problems = [Problem(place=f"{place}{part}", reason=reason) for place, i in placed for part, reason in _of(i)]

    names = [index.name for _, index in placed]
    for place, index in placed:
        if index.name and names.count(index.name) > 1:
            problems.append(Problem(place=f"{place}.name", reason=f"two indexes are called {index.name!r}"))
    if options.default is not None and options.default.is_explicit:
        problems.append(Problem(place="index.default.explicit", reason="the default index is for all other names"))
    problems += [Problem(place=f"index.pins.{name}", reason=why) for name, why in _of_pins(options.pins, names)]
    return tuple(problems)


def _of(index: PackageIndex) -> Iterator[tuple[str, str]]:
    if not index.name:
        yield ".name", "an index needs a name, for messages and pins"
    if isinstance(index.login, CodeArtifact):
        if index.url is not None:
            yield ".url", "the URL follows from the CodeArtifact repository; leave it out"
        for part, form in _CODEARTIFACT.items():
            if not form.fullmatch(getattr(index.login, part)):
                yield (
                    f".codeartifact.{part}",
                    f"{getattr(index.login, part)!r} cannot be the {part} of a CodeArtifact repository",
                )
        return
    yield from ((".url", reason) for reason in _of_url(index))
    if isinstance(index.login, SecretLogin) and not _SECRET_ARN.fullmatch(index.login.arn):
        # Not quoted: a password may have been written here by mistake.
        yield ".secret_arn", "it must be the ARN of a Secrets Manager secret"
    if isinstance(index.login, EnvironmentLogin):
        for part in ("username_variable", "password_variable"):
            value = getattr(index.login, part)
            if value is not None and not _VARIABLE.fullmatch(value):
                yield f".{part}", "it must be the name of an environment variable, not a value"
            elif value is not None and value.upper().startswith("AWS_"):
                yield f".{part}", "variables of AWS hold credentials of the builder, which no index may get"


def _of_url(index: PackageIndex) -> Iterator[str]:
    if not index.url:
        yield "the URL of the simple repository API is missing"
        return
    try:
        parts = urlsplit(index.url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        yield "it is not a URL"
        return
    if has_variable(index.url):
        yield f"it {VARIABLE}"
    if has_credentials(index.url):
        yield "a URL must not hold credentials; refer to them with secret_arn, password_variable, netrc or codeartifact"
    if parts.scheme not in ("https", "http") or not host:
        yield "it must begin with https://"
    elif parts.scheme == "http" and index.login is not None and not is_local(index.url):
        yield "credentials are sent over https:// only"
    if parts.query or parts.fragment:
        yield "it must end with the path; a query may hold a token, and indexes do not read one"
    if any(character.isspace() or not character.isprintable() for character in index.url):
        yield "it must not hold spaces or control characters"


def _of_pins(pins: Mapping[str, str], names: list[str]) -> Iterator[tuple[str, str]]:
    for name, index in sorted(pins.items()):
        if normalised(name) != name:
            yield name, f"write the name in its normal form, {normalised(name)!r}"
        if index not in names:
            known = ", ".join(map(repr, sorted({*names} - {"", UNREADABLE}))) or "there are none"
            yield name, f"no index is called {index!r}; known: {known}"
