"""The input and the output of a wheel builder: a source distribution with its target, and a wheel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from builder_lambda.contract.json_values import optional_text_of, text_of
from builder_lambda.contract.store_keys import built_wheels_key
from builder_lambda.contract.targets import Target

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceDistribution:
    """An sdist of an index, and the target to build a wheel for."""

    name: str
    """Normalised name of the project."""

    version: str
    filename: str
    sha256: str
    """Of the sdist, in lower case hex."""

    target: Target
    uploaded_before: datetime | None = None
    """The age limit of the resolution. It applies to build requirements as well."""

    @property
    def place(self) -> str:
        """The folder of the archive store for the results of this sdist and target."""
        return built_wheels_key(self.sha256, self.target.slug)

    def to_mapping(self) -> dict[str, object]:
        """Return the sdist as JSON values."""
        return {
            "name": self.name,
            "version": self.version,
            "filename": self.filename,
            "sha256": self.sha256,
            "runtime": self.target.runtime,
            "architecture": self.target.architecture,
            "uploaded_before": self.uploaded_before.isoformat() if self.uploaded_before else None,
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> SourceDistribution:
        """Return the sdist that :meth:`to_mapping` described."""
        before = optional_text_of(mapping, "uploaded_before")
        return cls(
            name=text_of(mapping, "name"),
            version=text_of(mapping, "version"),
            filename=text_of(mapping, "filename"),
            sha256=text_of(mapping, "sha256"),
            target=Target.parse(text_of(mapping, "runtime"), text_of(mapping, "architecture")),
            uploaded_before=datetime.fromisoformat(before) if before else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltWheel:
    """A wheel that was built from an sdist."""

    filename: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredWheel:
    """A wheel that was built from an sdist, checked, and stored."""

    filename: str
    sha256: str
    """In lower case hex."""

    place: str
    """The folder in the store: :attr:`SourceDistribution.place`."""

    @property
    def key(self) -> str:
        """Its key in the store, which is its path in a lock."""
        return f"{self.place}/{self.filename}"

    def to_mapping(self) -> dict[str, object]:
        """Return the wheel as JSON values."""
        return {"filename": self.filename, "sha256": self.sha256}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], *, place: str) -> StoredWheel:
        """Return the wheel that :meth:`to_mapping` described."""
        return cls(filename=text_of(mapping, "filename"), sha256=text_of(mapping, "sha256"), place=place)


class SourceBuildBroken(Exception):
    """A build backend failed. The log says why."""

    def __init__(self, log: str) -> None:
        """Keep the whole output of the build in ``log``."""
        super().__init__("the build backend failed")
        self.log = log
