"""Sources and their bytecode, as a compiler takes and returns them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Source(NamedTuple):
    """A Python file of the archive."""

    path: str
    """Below the prefix, with slashes."""

    content: bytes


class CompiledFile(NamedTuple):
    """A bytecode file for the archive."""

    path: str
    """Below the prefix, in the ``__pycache__`` folder beside the source."""

    content: bytes


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class NotCompiled:
    """A source that does not compile, and why. It stays in the layer."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bytecode:
    """The result of a batch. Both lists are ordered by the path of the source."""

    files: tuple[CompiledFile, ...]
    not_compiled: tuple[NotCompiled, ...]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(len(file.content) for file in self.files)
