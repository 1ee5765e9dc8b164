"""Which indexes the packages of a layer come from, as one value: the same in a program, on the wire and in a log.

Pure, and free of credentials: these are given by reference (``index_login.py``) and looked up where they are used.
Indexes are asked in a fixed order, and the first that knows a name has it: who publishes that name on a later one
gains nothing (PEP 708 describes the attack; the rule is uv's ``first-index``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder_lambda.contract.package_index import PackageIndex


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexOptions:
    """The indexes of a layer. Values are checked when one is made, all of them at once.

    Without any, the indexes are those that the builder is set up for by uv's or pip's variables and files.

    :raises InvalidOptions: naming everything that cannot be used.
    """

    default: PackageIndex | None = None
    """The index that is asked last; ``None`` for the one that the builder is set up for."""

    extra: tuple[PackageIndex, ...] = ()
    """The indexes that are asked before, in this order."""

    pins: Mapping[str, str] = field(default_factory=dict)
    """Name of the index by project name: such a project comes from there or not at all."""

    def __post_init__(self) -> None:
        """Check the values."""
        if not self and not self.pins:
            return  # most requests say nothing, and the rules are long to import
        from builder_lambda.contract.index_checks import check

        check(self)

    def __bool__(self) -> bool:
        """Return whether there is any index."""
        return bool(self.default or self.extra)

    def __iter__(self) -> Iterator[PackageIndex]:
        """Yield the indexes in the order in which they are asked."""
        yield from self.extra
        if self.default is not None:
            yield self.default

    def to_mapping(self) -> dict[str, object]:
        """Return the options as JSON values, without what is not set."""
        mapping: dict[str, object] = {}
        if self.default is not None:
            mapping["default"] = self.default.to_mapping()
        if self.extra:
            mapping["extra"] = [index.to_mapping() for index in self.extra]
        if self.pins:
            mapping["pins"] = dict(sorted(self.pins.items()))
        return mapping

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> IndexOptions:
        """Return the options that :meth:`to_mapping` described, or that a user wrote in this form.

        :raises InvalidOptions: naming everything that cannot be used.
        """
        if not mapping:
            return cls()
        from builder_lambda.contract.index_checks import read

        return cls(**read(mapping))
