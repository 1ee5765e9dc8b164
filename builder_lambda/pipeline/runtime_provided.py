"""Decides which distributions to leave to the Lambda runtime, which includes the AWS SDK for Python.

boto3 and its dependencies are left out, each only if nothing in the layer requires it: the layer was resolved with the
versions of the lock, and AWS changes those of the runtime. So urllib3 stays for requests, and python-dateutil with six
stays for pandas. The whole SDK stays for a package that requires it, such as awswrangler. The ``exclude`` patterns
remove it even then.

A distribution of the layer comes before the runtime's on the import path, also for the runtime's boto3. That works,
because the lock chose it together with a boto3 of the same time. AWS warns about a urllib3 that was chosen without.
Source of the list: "Runtime dependencies in Python" in the AWS Lambda documentation for boto3; the others are what
boto3 requires (six until python-dateutil 2.9).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import TYPE_CHECKING, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.markers import Environment

RUNTIME_PROVIDED = frozenset({"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"})
"""Normalised names of the distributions that the runtimes include."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuntimeProvided:
    """The distributions of a layer that the runtime includes as well."""

    left_out: tuple[str, ...]
    """Names of distributions, sorted."""

    kept_for: tuple[tuple[str, str], ...]
    """Distributions that stay although the runtime includes them, each with one that requires it."""


def leave_to_runtime(requires: Mapping[str, Collection[str]]) -> RuntimeProvided:
    """Return which distributions to leave out as a whole.

    :param requires: the normalised names of all distributions of the layer, each with those that it requires.
    """
    kept_for: dict[str, str] = {}
    queue = deque(sorted(requires.keys() - RUNTIME_PROVIDED))
    while queue:
        name = queue.popleft()
        for required in sorted(requires.get(name, ())):
            if required in RUNTIME_PROVIDED and required in requires and required not in kept_for:
                kept_for[required] = name
                queue.append(required)
    return RuntimeProvided(
        left_out=tuple(sorted((requires.keys() & RUNTIME_PROVIDED) - kept_for.keys())),
        kept_for=tuple(sorted(kept_for.items())),
    )


def required_names(metadata: bytes, environment: Environment, extras: Collection[str] = ()) -> frozenset[str]:
    """Return the normalised names of the distributions that one requires in an environment.

    :param metadata: the content of its ``METADATA`` file (PEP 566).
    :param extras: the extras of it that the layer asks for.
    :raises InvalidRequirement: if one of its requirements cannot be parsed.
    """
    names = set()
    headers = HeaderParser().parsestr(metadata.decode("utf-8", "replace"))
    for requirement in map(Requirement, headers.get_all("Requires-Dist", [])):
        wanted = requirement.marker is None or any(
            requirement.marker.evaluate({**cast("dict[str, str]", environment), "extra": extra})
            for extra in ("", *extras)
        )
        if wanted:
            names.add(canonicalize_name(requirement.name))
    return frozenset(names)
