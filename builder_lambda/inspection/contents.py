"""The contents of a layer archive by distribution, whatever tool built it.

Pure values. ``reading.py`` fills them from a file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder_lambda.inspection.bytecode_header import BytecodeHeader
    from builder_lambda.inspection.native_library import NativeLibrary

BytecodeState = Literal["unchecked", "checked", "timestamp", "damaged", "mixed", "none"]
"""The validity of all files (``bytecode_header.Validity``); ``damaged`` if no header can be read."""

Layout = Literal["python", "site-packages", "none"]
"""The folder on Lambda's import path that has the packages (AWS: "Packaging your layer content")."""

_MACHINES = ("x86_64", "aarch64")


@dataclass(frozen=True, kw_only=True, slots=True)
class BytecodeSummary:
    """The bytecode of some sources."""

    state: BytecodeState
    pythons: tuple[str, ...]
    """``major.minor`` of each Python that has some of it."""

    compiled: int
    """Files of bytecode."""

    sources: int
    """Python files."""

    @classmethod
    def of(cls, headers: Iterable[BytecodeHeader | None], *, sources: int) -> BytecodeSummary:
        """Return the summary of files with these headers. ``None`` is a header that cannot be read."""
        found = list(headers)
        states: set[BytecodeState] = {"damaged" if header is None else header.validity for header in found}
        state: BytecodeState = states.pop() if len(states) == 1 else "mixed" if states else "none"
        pythons = sorted({header.python for header in found if header is not None}, key=_version_order)
        return cls(state=state, pythons=tuple(pythons), compiled=len(found), sources=sources)


@dataclass(frozen=True, kw_only=True, slots=True)
class PartContents:
    """One distribution in an archive, or files below one name that no distribution lists."""

    name: str
    """Normalised name of the project; else the file or folder in the archive."""

    version: str | None
    """``None`` for files that no distribution lists."""

    files: int
    size_bytes: int
    """Packed, without the zip format's own headers."""

    unpacked_bytes: int
    bytecode: BytecodeSummary
    native: tuple[NativeLibrary, ...]
    """Ordered by path."""

    digest: str
    """sha256, in hex, over path, CRC-32 and size of the files: changes with the content."""

    @property
    def title(self) -> str:
        """Return what messages call the part."""
        return f"{self.name} {self.version}" if self.version else self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerContents:
    """The contents of a layer archive."""

    layout: Layout
    files: int
    size_bytes: int
    """Of the archive file."""

    unpacked_bytes: int
    code_sha256: str
    """AWS's ``CodeSha256``: base64 of the sha256 of the archive file."""

    distributions: tuple[PartContents, ...]
    """Ordered by name."""

    others: tuple[PartContents, ...]
    """Files that no distribution lists, by their top-level folder or file; ordered by name."""

    @property
    def parts(self) -> tuple[PartContents, ...]:
        """Return all distributions, then the others."""
        return (*self.distributions, *self.others)

    @property
    def share_of_limit(self) -> float:
        """Return the unpacked size as a fraction of what Lambda allows a function with all its layers."""
        return self.unpacked_bytes / MAX_UNPACKED_BYTES

    @property
    def machines(self) -> tuple[str, ...]:
        """Return the machines of the native libraries, ordered by name."""
        return tuple(sorted({library.machine for part in self.parts for library in part.native}))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what does not work in Lambda, or works badly."""
        return tuple(_warnings(self))

    def to_mapping(self) -> dict[str, object]:
        """Return the contents as JSON values."""
        return {
            "code_sha256": self.code_sha256,
            "size_bytes": self.size_bytes,
            "unpacked_bytes": self.unpacked_bytes,
            "limit_bytes": MAX_UNPACKED_BYTES,
            "share_of_limit": round(self.share_of_limit, 6),
            "files": self.files,
            "layout": self.layout,
            "machines": list(self.machines),
            "distributions": [_part_mapping(part) for part in self.distributions],
            "others": [_part_mapping(part) for part in self.others],
            "warnings": list(self.warnings),
        }


def _part_mapping(part: PartContents) -> dict[str, object]:
    mapping = asdict(part)
    del mapping["digest"]
    mapping["bytecode"]["pythons"] = list(part.bytecode.pythons)
    mapping["native"] = [asdict(library) for library in part.native]
    return mapping


def _warnings(contents: LayerContents) -> Iterator[str]:
    if contents.unpacked_bytes > MAX_UNPACKED_BYTES:
        yield f"it unpacks to {contents.unpacked_bytes:,} bytes; Lambda allows {MAX_UNPACKED_BYTES:,}"
    if contents.layout == "none":
        yield "nothing is below python/: Lambda's import path finds it in a deployment package, not in a layer"
    for name, count in sorted(Counter(part.name for part in contents.distributions).items()):
        if count > 1:
            yield f"{name} is in it {count} times; its files cannot be told apart"
    foreign = [machine for machine in contents.machines if machine not in _MACHINES]
    if foreign:
        yield f"Lambda cannot load its libraries for {', '.join(foreign)}"
    if set(_MACHINES) <= set(contents.machines):
        yield "it mixes libraries for x86_64 and aarch64; a function can load only one kind"
    stale = sum(part.bytecode.compiled for part in contents.parts if part.bytecode.state in ("timestamp", "mixed"))
    if stale:
        files = f"{stale:,} file{'s' if stale != 1 else ''}"
        yield f"bytecode is tied to the dates of its sources ({files}); Lambda will most likely compile them again"


def _version_order(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())
