"""Decide which distributions to leave to the Lambda runtime, which brings the AWS SDK for Python.

Left to it are boto3 and what boto3 needs, each only if nothing that stays in the layer requires it: what stays was
resolved with the versions of the lock, and the runtime has others, which AWS moves. So urllib3 stays for requests, and
python-dateutil with six for pandas; and all of the SDK stays for a package that requires it, such as awswrangler. Who
wants it gone even then has the ``exclude`` patterns.

A distribution that stays comes before the runtime's on the import path, also for the runtime's boto3. That holds since
the lock chose it together with a boto3 of the same days; AWS warns of a urllib3 chosen without, which we cannot see.
Source of the list: "Runtime dependencies in Python" in the AWS Lambda documentation for boto3; the others are what
boto3 requires (six until python-dateutil 2.9).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.markers import Environment

RUNTIME_PROVIDED = frozenset({"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"})
"""Normalised names of what the runtimes bring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuntimeProvided:
    """What of a layer is left to the runtime."""

    left_out: tuple[str, ...]
    """Names of distributions, sorted."""

    kept_for: tuple[tuple[str, str], ...]
    """Distributions that the runtime brings and that stay all the same, each with one that stays and requires it."""


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
    """Return the normalised names of what a distribution requires in an environment.

    :param metadata: the content of its ``METADATA`` file (PEP 566).
    :param extras: those of its extras that the layer asks for.
    :raises ExceptionGroup: if the file cannot be read.
    """
    from packaging.metadata import Metadata  # few layers ask, and it takes a while to import
    from packaging.utils import canonicalize_name

    names = set()
    for requirement in Metadata.from_email(metadata, validate=False).requires_dist or ():
        wanted = requirement.marker is None or any(
            requirement.marker.evaluate({**cast("dict[str, str]", environment), "extra": extra})
            for extra in ("", *extras)
        )
        if wanted:
            names.add(canonicalize_name(requirement.name))
    return frozenset(names)
