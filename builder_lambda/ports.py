"""What a build needs from outside, as three protocols; adapters and test doubles have their shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from subprocess import CompletedProcess

    from packaging.pylock import Pylock

    from builder_lambda.archive import WrittenArchive
    from builder_lambda.requirements import Requirements
    from builder_lambda.targets import Target
    from builder_lambda.wheels import LockedWheel

WheelBytes: TypeAlias = "bytes | bytearray"

Runner: TypeAlias = "Callable[..., CompletedProcess[str]]"
"""Starts a program and waits for it, as ``subprocess.run`` does."""


class Resolver(Protocol):
    """Chooses versions that meet requirements."""

    def resolve(self, requirements: Requirements, target: Target, *, previous: Pylock | None = None) -> Pylock:
        """Return a lock for ``target``, with the versions of ``previous`` where the requirements allow them.

        :raises UnknownPackage: if the index has no project of a name.
        :raises UnresolvableRequirements: with the resolver's whole explanation.
        :raises NoCompatibleWheel: if only a source distribution, or wheels for other targets, would do.
        :raises IndexUnreachable: if the index does not answer.
        """
        ...


class WheelIndex(Protocol):
    """Has the wheels that locks pin."""

    def fetch(self, wheels: Sequence[LockedWheel]) -> tuple[WheelBytes, ...]:
        """Return the bytes of the wheels, in the order given, each checked against its sha256.

        :raises WheelHashMismatch: if the index has other bytes.
        :raises IndexUnreachable: if the index does not answer.
        """
        ...


class ArchiveStore(Protocol):
    """Keeps archives, and the small texts (locks, results) that go with them. Keys are paths with ``/``."""

    def read_text(self, key: str) -> str | None:
        """Return a text, or ``None`` if there is none."""
        ...

    def write_text(self, key: str, text: str) -> None:
        """Store a text, in place of an earlier one."""
        ...

    def find_archive(self, key: str) -> WrittenArchive | None:
        """Return what is stored at ``key``, or ``None``."""
        ...

    def write_archive(self, key: str, stream: BinaryIO, archive: WrittenArchive) -> None:
        """Store the archive that ``stream`` holds from its beginning; readers never see a part of it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Everything that a build takes from outside."""

    resolver: Resolver
    index: WheelIndex
    store: ArchiveStore

    clock: Callable[[], float]
    """Seconds from any fixed point, such as ``time.perf_counter``."""

    peak_memory: Callable[[], int]
    """Most bytes of memory that the process has held so far."""
