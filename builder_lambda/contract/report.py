"""The report of a build: what was compiled, what was left out and why, how full the layer is.

Pure values, as JSON values on the wire and in ``<content_hash>.report.json`` beside the archive.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.contract.json_values import (
    flag_of,
    mapping_of,
    mappings_of,
    number_of,
    optional_text_of,
    text_of,
    texts_of,
    whole_number_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much of an archive something takes, or took before it was left out."""

    files: int
    size_bytes: int
    """Packed, without the zip format's own headers."""

    unpacked_bytes: int

    def __add__(self, other: Size) -> Size:
        return Size(
            files=self.files + other.files,
            size_bytes=self.size_bytes + other.size_bytes,
            unpacked_bytes=self.unpacked_bytes + other.unpacked_bytes,
        )

    @classmethod
    def of(cls, sizes: Iterable[tuple[int, int]]) -> Size:
        """Return the total of files, each given as its packed and its unpacked size in bytes."""
        sizes = list(sizes)
        return cls(
            files=len(sizes),
            size_bytes=sum(packed for packed, _ in sizes),
            unpacked_bytes=sum(unpacked for _, unpacked in sizes),
        )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Size:
        """Return the size that ``dataclasses.asdict`` described."""
        return cls(
            files=whole_number_of(mapping, "files"),
            size_bytes=whole_number_of(mapping, "size_bytes"),
            unpacked_bytes=whole_number_of(mapping, "unpacked_bytes"),
        )


NOTHING = Size(files=0, size_bytes=0, unpacked_bytes=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class BytecodeReport:
    """Whether compiled files are in the archive."""

    included: bool
    left_out_because: str | None = None
    """Why they are not, where they are not."""

    python_version: str | None = None
    """The interpreter that compiled, with its patch release; ``None`` where nothing was compiled."""

    size: Size = NOTHING
    not_compiled: Mapping[str, str] = field(default_factory=dict)
    """Why a source has no bytecode, by its path. It is in the archive all the same."""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> BytecodeReport:
        """Return the report that ``dataclasses.asdict`` described."""
        not_compiled = mapping_of(mapping, "not_compiled")
        return cls(
            included=flag_of(mapping, "included"),
            left_out_because=optional_text_of(mapping, "left_out_because"),
            python_version=optional_text_of(mapping, "python_version"),
            size=Size.from_mapping(mapping_of(mapping, "size")),
            not_compiled={path: text_of(not_compiled, path) for path in not_compiled},
        )


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class NeededFileReport:
    """A file that a rule leaves out, and a file of the layer that needs it."""

    path: str
    rule: str
    needed_by: str

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> NeededFileReport:
        """Return what ``dataclasses.asdict`` described."""
        return cls(
            path=text_of(mapping, "path"), rule=text_of(mapping, "rule"), needed_by=text_of(mapping, "needed_by")
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SlimReport:
    """What slimming did."""

    left_out: Mapping[str, Size] = field(default_factory=dict)
    """What went, by rule, the most first."""

    put_back: tuple[NeededFileReport, ...] = ()
    """Files that a rule would leave out, and that stay because code that stays needs them."""

    missing: tuple[NeededFileReport, ...] = ()
    """Files that the user leaves out, and that code which stays needs: it may fail."""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> SlimReport:
        """Return what ``dataclasses.asdict`` described."""
        left_out = mapping_of(mapping, "left_out")
        return cls(
            left_out={rule: Size.from_mapping(mapping_of(left_out, rule)) for rule in left_out},
            put_back=tuple(NeededFileReport.from_mapping(item) for item in mappings_of(mapping, "put_back")),
            missing=tuple(NeededFileReport.from_mapping(item) for item in mappings_of(mapping, "missing")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All that is worth telling about one archive."""

    limit_share: float = 0.0
    """Unpacked size as a share of what Lambda allows a function with all its layers (1.0 is all of it)."""

    bytecode: BytecodeReport = field(default_factory=lambda: BytecodeReport(included=False))
    slim: SlimReport = field(default_factory=SlimReport)
    runtime_provided: tuple[str, ...] = ()
    """Distributions that are left to the runtime."""

    modules: Mapping[str, Size] = field(default_factory=dict)
    """Own modules, by name; the code folder of a function as ``function code``."""

    notes: tuple[str, ...] = ()
    """What is as it should be, and may surprise."""

    def to_mapping(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Report:
        """Return the report that :meth:`to_mapping` described."""
        modules = mapping_of(mapping, "modules")
        return cls(
            limit_share=number_of(mapping, "limit_share"),
            bytecode=BytecodeReport.from_mapping(mapping_of(mapping, "bytecode")),
            slim=SlimReport.from_mapping(mapping_of(mapping, "slim")),
            runtime_provided=texts_of(mapping, "runtime_provided"),
            modules={name: Size.from_mapping(mapping_of(modules, name)) for name in modules},
            notes=texts_of(mapping, "notes"),
        )
