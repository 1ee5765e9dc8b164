"""Parse one line of a requirements file, or say why it cannot be used.

Pure. The grammar is PEP 508 with pip's ``--hash`` option ("Requirements File Format" in pip's documentation).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, is_normalized_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from builder_lambda.contract.bounds import LINE_CHARACTERS, NAME_CHARACTERS, URL_CHARACTERS
from builder_lambda.contract.store_keys import LOCAL_SCHEME
from builder_lambda.contract.urls import VARIABLE, filename_of, has_credentials, has_variable, why_invalid
from builder_lambda.requirements.requirement import SHA256, ParsedRequirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTION = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]*)(?:(?:\s*=\s*|\s+)([^\s-]\S*))?")
_HASH_OPTION = re.compile(r"\s--hash(?:\s*=\s*|\s+)\S+")
_LOCAL = re.compile(r"^(?:[./~]|[A-Za-z]:\\|file:)|^[^@;]*\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$|^[^@;\[(<>=!~]*/")
_REPOSITORY = re.compile(r"(?:^|@\s*)(?:git|hg|svn|bzr)\+")
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")

_REASONS = {
    "-e": "an editable requirement exists on one machine only; publish a wheel and require that",
    "-r": "other files can be named in a requirements file only, not here",
    "-c": "constraints can be named in a requirements file only, not here",
    "-i": "indexes are given as index options, or to the builder (UV_INDEX_URL), not among requirements",
}
_LONG_NAMES = {
    "--editable": "-e",
    "--requirement": "-r",
    "--constraint": "-c",
    "--index-url": "-i",
    "--extra-index-url": "-i",
    "--find-links": "-i",
    "-f": "-i",
    "--no-index": "-i",
    "--trusted-host": "-i",
}


class InvalidLine(Exception):
    """A line cannot be used. The text is the reason."""


def logical_lines(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each requirement with the number of its first line, from 1. Joins continued lines and drops comments.

    For lists of lines. Files are split by pip's own parser, which the builder function does not have.
    """
    first, parts = 0, list[str]()
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        is_comment = stripped.startswith("#")
        first = first if parts else number
        if stripped.endswith("\\") and not is_comment:
            parts.append(stripped[:-1])
            continue
        text = _COMMENT.sub("", " ".join((*parts, stripped))).strip()
        parts.clear()
        if text:
            yield first, text
    rest = " ".join(parts).strip()
    if rest:
        yield first, rest


def parse_line(text: str, *, is_constraint: bool = False) -> ParsedRequirement:
    """Return the requirement of one logical line.

    :raises InvalidLine: with the reason.
    """
    if len(text) > LINE_CHARACTERS:
        raise InvalidLine(f"it has {len(text):,} characters; at most {LINE_CHARACTERS:,} are read")
    refuse_variables(text)
    option = _OPTION.search(text)
    bare = text[: option.start()].strip() if option else text.strip()
    digests = _hashes(text[len(bare) :]) if option else set[str]()
    _refuse_unsupported(bare, is_constraint=is_constraint)
    try:
        requirement = Requirement(bare)
    except InvalidRequirement as error:
        raise InvalidLine(str(error).splitlines()[0]) from error

    if len(requirement.name) > NAME_CHARACTERS:
        raise InvalidLine(f"its name has {len(requirement.name):,} characters; at most {NAME_CHARACTERS} are read")
    requirement.name = _normalised_name(requirement.name)
    requirement.extras = {_normalised_name(extra) for extra in requirement.extras}
    if "===" in bare:
        _check_versions(requirement)
    if is_constraint and (requirement.extras or requirement.url):
        raise InvalidLine("a constraint limits versions; it has no extras and no URL")
    if requirement.url:
        _check_wheel_url(requirement, digests)
    elif digests and not _is_pinned(requirement):
        raise InvalidLine("a hash belongs to one version: pin it with '=='")
    return ParsedRequirement.of(requirement, digests)


def refuse_variables(text: str) -> None:
    """Refuse ``${NAME}``, which pip and uv replace by an environment variable: its value could leave the builder.

    :raises InvalidLine: if there is one.
    """
    if has_variable(text):
        raise InvalidLine(f"the line {VARIABLE}")


def without_hash_options(text: str) -> str:
    """Return a part of a line that was not parsed yet, without its ``--hash`` options."""
    return _HASH_OPTION.sub("", text).strip()


def _hashes(options: str) -> set[str]:
    digests = set()
    for name, value in _OPTION.findall(options):
        if name != "--hash":
            reason = _REASONS.get(_LONG_NAMES.get(name, name), f"the option {name} is not supported")
            raise InvalidLine(reason)
        match = SHA256.fullmatch(value)
        if match is None:
            raise InvalidLine("a hash must be 'sha256:' and 64 hexadecimal digits")
        digests.add(match[1].lower())
    return digests


def _refuse_unsupported(bare: str, *, is_constraint: bool) -> None:
    if _REPOSITORY.search(bare):
        raise InvalidLine("a repository has to be built, which runs its code; publish a wheel and require that")
    if _URL.match(bare) and not bare.startswith("file:"):
        raise InvalidLine("a URL needs a name before it: 'name @ https://...whl#sha256=...'")
    if _LOCAL.search(bare):
        if is_constraint:
            raise InvalidLine("a constraint limits the versions of a package; name the file among the requirements")
        raise InvalidLine("a local path exists on one machine only; require a wheel, by its path or from an index")


def _check_versions(requirement: Requirement) -> None:
    """Refuse texts after '===' that are not versions (PEP 440): pip alone compares them as text."""
    for specifier in requirement.specifier:
        try:
            if specifier.operator == "===":
                Version(specifier.version)
        except InvalidVersion as error:
            raise InvalidLine(f"{specifier.version!r} is not a version (PEP 440); pin one with '=='") from error


def _check_wheel_url(requirement: Requirement, digests: set[str]) -> None:
    url = requirement.url or ""
    if len(url) > URL_CHARACTERS:
        raise InvalidLine(f"its URL has {len(url):,} characters; at most {URL_CHARACTERS:,} are read")
    reason = why_invalid(url)
    if reason is not None:
        raise InvalidLine(f"the URL is not valid: {reason}")
    parts = urlsplit(url)
    if parts.scheme not in ("https", LOCAL_SCHEME):
        raise InvalidLine("a URL must begin with https://")
    if parts.scheme == "https" and not parts.hostname:
        raise InvalidLine("the URL is not valid: it names no host")
    if has_credentials(url):
        raise InvalidLine("a URL must not hold credentials; they would be stored with the deployment")
    try:
        name = parse_wheel_filename(filename_of(url))[0]
    except InvalidWheelFilename as error:
        raise InvalidLine("a URL must end in the file name of a wheel; other archives have to be built") from error
    if name != requirement.name:
        raise InvalidLine(f"the wheel of the URL belongs to the project {name!r}")
    if not digests and not SHA256.fullmatch(parts.fragment):
        raise InvalidLine("a URL needs '#sha256=' and 64 hexadecimal digits at its end")


def _normalised_name(name: str) -> str:
    normalised = canonicalize_name(name)
    if not is_normalized_name(normalised):
        raise InvalidLine(f"the name {name!r} must begin and end with a letter or a digit")
    return normalised


def _is_pinned(requirement: Requirement) -> bool:
    specifiers = list(requirement.specifier)
    return len(specifiers) == 1 and specifiers[0].operator in ("==", "===") and not specifiers[0].version.endswith(".*")
