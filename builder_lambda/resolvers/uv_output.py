"""Reads the messages of uv into our errors. Only this module knows their wording.

The wording is that of the release pinned in ``requirements.txt``; ``tests/cases/uv`` has examples as uv printed them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from builder_lambda.contract.urls import bare, filename_of
from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.requirements import InvalidRequirements, UrlNotFound
from builder_lambda.errors.resolution import NoCompatibleWheel, ResolverFailed, UnknownPackage, UnresolvableRequirements
from builder_lambda.errors.wheels import InvalidWheel

if TYPE_CHECKING:
    from builder_lambda.contract.targets import Target
    from builder_lambda.indexes.settings import IndexSettings

_UNKNOWN = re.compile(  # begins only where a name does: to try each of its characters takes time by its square
    r"(?<![A-Za-z0-9._-])([A-Za-z0-9._-]++) was not found in the (?:package registry|provided package locations)"
)
_WITHOUT_WHEEL = re.compile(
    r"^hint: (?:Wheels are (?:required|available) for|You require .*? wheels for) `([A-Za-z0-9._-]+)`", re.MULTILINE
)
_UNREACHABLE = ("Failed to fetch", "Request failed", "Failed to download", "error sending request", "dns error")
_DENIED = (
    re.compile(r"An index URL \((\S+)\) could not be queried due to a lack of valid authentication"),
    re.compile(r"An index \((\S+)\) returned a 403 Forbidden"),
    re.compile(r"HTTP status client error \(40[13] [A-Za-z ]+\) for url \((\S+)\)"),
    re.compile(r"Missing credentials for: (\S+)"),
)
_UNPARSED = re.compile(r"Couldn't parse requirement in `([^`]*)` at position \d+\n +cause: (.*)\n *(.*)")
_REQUIRED_BY_URL = re.compile(r"^error: Failed to (?:read|download) `\S+ @ ([^`\s]+)`", re.MULTILINE)
_NOT_THERE = re.compile(r"HTTP status client error \((404|410) ")
_CAUSE = re.compile(r"^ +cause: (?!Failed to read metadata: )(.*)", re.MULTILINE)  # which names a path
_OTHER_PYTHON = re.compile(
    r"The `--python-version` value \((\S+)\) includes Python versions that are not supported by your dependencies "
    r"(\(.*\))\. Consider using a (higher|lower) `--python-version` value\."
)
_LOGGED = re.compile(r"(?:TRACE|DEBUG|INFO|WARN|ERROR) ")


def lines_for_user(said: str) -> str:
    """Return the message of uv without its log lines, and without options that our users cannot set."""
    message = "\n".join(line for line in said.splitlines() if not _LOGGED.match(line)).strip()
    return _OTHER_PYTHON.sub(r"The runtime's Python (\1) is not supported \2. Choose another runtime.", message)


def unknown_names(complaint: str) -> frozenset[str]:
    """Return the projects that uv found on no index. It names the first, as a rule."""
    return frozenset(_UNKNOWN.findall(complaint))


def names_without_wheel(complaint: str) -> frozenset[str]:
    """Return the projects for which uv found no wheel."""
    return frozenset(_WITHOUT_WHEEL.findall(complaint))


def raise_if_denied(complaint: str, settings: IndexSettings) -> None:
    """Raise ``IndexDenied`` if an index requires a login. uv says so only in a hint, beside an unknown project."""
    for form in _DENIED:
        found = form.search(complaint)
        if found is not None:
            raise IndexDenied(index=settings.name_of(found[1]), detail=complaint)


def raise_error(complaint: str, unknown: frozenset[str], without_wheel: frozenset[str], target: Target) -> NoReturn:
    """Raise the error for a failure of uv.

    :param unknown: all projects that uv named as unknown, over several runs.
    :param without_wheel: all projects that uv named as having no wheel.
    """
    if unknown:
        raise UnknownPackage(names=tuple(sorted(unknown)), explanation=complaint)
    if without_wheel:
        raise NoCompatibleWheel(target=str(target), packages=tuple(sorted(without_wheel)), explanation=complaint)
    if "No solution found" in complaint:
        raise UnresolvableRequirements(explanation=complaint)
    _raise_error_of_line(complaint)
    if any(words in complaint for words in _UNREACHABLE):
        raise IndexUnreachable(detail=complaint)
    raise ResolverFailed(resolver="uv", explanation=complaint)


def _raise_error_of_line(complaint: str) -> None:
    """Raise the error of a single requirement, if the message is about one."""
    unparsed = _UNPARSED.search(complaint)
    if unparsed is not None:
        source = "constraints" if unparsed[1].endswith("constraints.txt") else "requirements"
        problem = Problem(place=source, text=unparsed[3], reason=f"uv cannot read it: {unparsed[2]}")
        raise InvalidRequirements(problems=(problem,))
    by_url = _REQUIRED_BY_URL.search(complaint)
    if by_url is None:
        return
    missing = _NOT_THERE.search(complaint)
    if missing is not None:
        raise UrlNotFound(url=bare(by_url[1]), status=int(missing[1]))
    if not any(words in complaint[by_url.end() :] for words in _UNREACHABLE):
        raise InvalidWheel(filename=filename_of(by_url[1]), reason=": ".join(_CAUSE.findall(complaint)) or complaint)
