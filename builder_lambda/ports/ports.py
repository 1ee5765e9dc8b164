"""What a build needs from outside, as protocols. Adapters and test doubles implement them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from builder_lambda.ports.reporter import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from subprocess import CompletedProcess

    from packaging.pylock import Pylock

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.archive.written import WrittenArchive
    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.ports.compiled import Bytecode, Source
    from builder_lambda.ports.reporter import Reporter
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution
    from builder_lambda.ports.version_query import VersionQuery


Runner: TypeAlias = "Callable[..., CompletedProcess[str]]"


"""Starts a program and waits for it, as ``subprocess.run`` does."""


class Resolver(Protocol):
    """Chooses versions that meet requirements."""

    def resolve(self, query: VersionQuery) -> Pylock:
        """Return a lock for the target. Versions of the previous lock stay where requirements and policy allow.

        :raises UnknownPackage: if the index has no project of a name.
        :raises UnresolvableRequirements: with the resolver's whole explanation.
        :raises NoCompatibleWheel: if only a source distribution, or wheels for other targets, would do.
        :raises IndexUnreachable: if the index does not answer.
        :raises IndexDenied: if the index does not accept the login, or asks for one.
        """
        ...


class WheelIndex(Protocol):
    """Fetches the wheels that a lock pins."""

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """Begin to download, and yield the bytes of the wheels in the order given, each as soon as it has arrived.

        Each is checked against its sha256. What follows is raised here, or where the iterator comes to the wheel.

        :raises WheelHashMismatch: if the index has other bytes.
        :raises IndexUnreachable: if the index does not answer.
        :raises IndexDenied: if the index does not accept the login, or asks for one.
        """
        ...


class Compiler(Protocol):
    """Compiles sources to the bytecode of a runtime's interpreter."""

    def version(self, python_version: str) -> str:
        """Return the version, with the patch release, of the interpreter that compiles for ``major.minor``.

        :raises InterpreterMissing: if there is none here.
        """
        ...

    @property
    def jobs(self) -> int:
        """How many batches can usefully be compiled at once, each from a thread of its own."""
        ...

    def opened(self, python_version: str, *, mounted_at: str) -> AbstractContextManager[CompileBatch]:
        """Return a context that compiles. It releases its resources at the end.

        :param mounted_at: the folder that all paths are below at run time, with a slash at its end.
        :raises InterpreterMissing: if there is no such interpreter here.
        """
        ...


CompileBatch: TypeAlias = "Callable[[Sequence[Source]], Bytecode]"


"""Returns the bytecode of some sources. The bytecode of a file does not depend on the others of its batch."""


class WheelBuilder(Protocol):
    """Builds wheels from source distributions. This runs the package's own code."""

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """Return the wheel that the build backend of an sdist makes for its target. It is not checked yet.

        :param content: the sdist, whose sha256 was checked.
        :raises SourceBuildBroken: with the log, if it makes none.
        :raises SourceBuildNeedsInterpreter: if there is no interpreter of the target's Python.
        :raises SourceBuildsUnavailable: if nothing is built here.
        :raises InvalidSdist: if the sdist is damaged or unsafe.
        """
        ...


class ArchiveStore(Protocol):
    """Stores archives, and small objects such as locks, results and fragments. Keys are paths with ``/``."""

    def read_text(self, key: str) -> str | None:
        """Return the text at ``key``, or ``None``."""
        ...

    def write_text(self, key: str, text: str) -> None:
        """Store a text, and replace an earlier one."""
        ...

    def read_bytes(self, key: str) -> bytes | None:
        """Return the bytes at ``key``, or ``None``."""
        ...

    def write_bytes(self, key: str, content: bytes) -> None:
        """Store bytes, and replace earlier ones."""
        ...

    def location_of(self, key: str) -> str:
        """Return the location of ``key`` for a person: a path, or an address in S3."""
        ...

    def find_archive(self, key: str) -> WrittenArchive | None:
        """Return the digest and the size of the archive at ``key``, or ``None``."""
        ...

    def write_archive(self, key: str, write: Callable[[BinaryIO], WrittenArchive]) -> WrittenArchive:
        """Store the archive that ``write`` writes, and return its digest and size. Readers never see a partial archive.

        Nothing is stored if it raises.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexPorts:
    """The ports to the package indexes of one request."""

    resolver: Resolver
    wheels: WheelIndex
    listing: IndexListing | None = None
    """Lists what they have, source distributions included. Needed where something is built from source."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """All ports of a build."""

    open_indexes: Callable[[IndexOptions], IndexPorts]
    """Returns the ports to the indexes that a request names, or to those of the machine if it names none.

    No index is asked, and no login looked up, before a port is used.
    """

    store: ArchiveStore
    compiler: Compiler

    clock: Callable[[], float]
    """Seconds from any fixed point, such as ``time.perf_counter``."""

    peak_memory: Callable[[], int]
    """Most bytes of memory that the process has held so far."""

    wheel_builder: WheelBuilder | None = None
    """Builds from source, where a request allows it; ``None`` if that cannot be done here."""

    now: Callable[[], datetime] = _utc_now
    """The time of day, for ages of packages."""

    reporter: Reporter = SILENT
    """Receives the progress of a build."""
