"""One requirement in normal form: parsed once, compared and stored by its text. Pure."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from builder_lambda.contract.store_keys import LOCAL_SCHEME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.markers import Environment, Marker
    from packaging.requirements import Requirement
    from packaging.utils import NormalizedName

SHA256 = re.compile(r"sha256[:=]([0-9a-fA-F]{64})")
"""A digest in an option (``:``) or in the fragment of a URL (``=``)."""


@dataclass(frozen=True, order=True, slots=True)
class ParsedRequirement:
    """A requirement with its hashes. Two are equal if their texts are."""

    text: str
    """The normal form: PEP 508, then ``--hash=sha256:...`` options in order."""

    value: Requirement = field(compare=False, repr=False)
    """The parsed text without hashes. Never changed: the methods return copies."""

    digests: frozenset[str] = field(compare=False, repr=False)
    """The sha256 values of the ``--hash`` options, in lower case hex."""

    @classmethod
    def of(cls, value: Requirement, digests: Iterable[str] = ()) -> ParsedRequirement:
        """Return the requirement of a value whose names are already normalised."""
        text, given = str(value), frozenset(digests)
        if given:
            text = " --hash=sha256:".join([text, *sorted(given)])
        return cls(text, value, given)

    @property
    def name(self) -> NormalizedName:
        """The normalised name of the project."""
        return canonicalize_name(self.value.name)

    @property
    def is_local(self) -> bool:
        """Whether it names a wheel of this machine, which the archive store has."""
        return (self.value.url or "").startswith(f"{LOCAL_SCHEME}:")

    @property
    def sha256s(self) -> frozenset[str]:
        """The sha256 values that a file may have: those of the options and that of the URL; any if empty."""
        in_url = SHA256.findall(urlsplit(self.value.url).fragment) if self.value.url else ()
        return self.digests.union(map(str.lower, in_url))

    def applies_to(self, environment: Environment) -> bool:
        """Return whether the marker is true for these variables, or absent."""
        marker = self.value.marker
        return marker is None or marker.evaluate(cast("dict[str, str]", environment))

    def without_hashes(self) -> ParsedRequirement:
        """Return the requirement without ``--hash`` options; a URL keeps its own hash."""
        return ParsedRequirement.of(self.value) if self.digests else self

    def under(self, marker: Marker) -> ParsedRequirement:
        """Return the requirement under one more condition."""
        value = copy(self.value)
        value.marker = value.marker & marker if value.marker else marker
        return ParsedRequirement.of(value, self.digests)

    def at(self, url: str) -> ParsedRequirement:
        """Return the requirement of the same project and extras at another URL, under no condition."""
        value = copy(self.value)
        value.url, value.marker = url, None
        return ParsedRequirement.of(value)
