"""The three ports in memory, and an S3 client that keeps objects in a dictionary."""

import base64
import hashlib
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

from botocore.exceptions import ClientError
from packaging.pylock import Pylock

from builder_lambda import Ports, Target, parse_requirements
from builder_lambda.archive.written import WrittenArchive
from builder_lambda.bytecode.compiler import bytecode_path
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.locks.pylock import lock_of
from builder_lambda.ports.compiled import Bytecode, CompiledFile, NotCompiled, Source
from builder_lambda.ports.ports import CompileBatch, IndexPorts
from builder_lambda.ports.version_query import VersionQuery
from tests.builder_lambda.wheel_factory import MadeWheel


class MemoryArchives:
    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.archives: dict[str, bytes] = {}
        self.others: dict[str, bytes] = {}
        self.written: list[str] = []

    def read_text(self, key: str) -> str | None:
        return self.texts.get(key)

    def write_text(self, key: str, text: str) -> None:
        self.texts[key] = text

    def read_bytes(self, key: str) -> bytes | None:
        return self.others.get(key)

    def write_bytes(self, key: str, content: bytes) -> None:
        self.others[key] = content

    def location_of(self, key: str) -> str:
        return f"memory:{key}"

    def find_archive(self, key: str) -> WrittenArchive | None:
        content = self.archives.get(key)
        if content is None:
            return None
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        return WrittenArchive(code_sha256=digest, size_bytes=len(content))

    def write_archive(self, key: str, write: Callable[[BinaryIO], WrittenArchive]) -> WrittenArchive:
        stream = io.BytesIO()
        written = write(stream)
        self.archives[key] = stream.getvalue()
        self.written.append(key)
        assert self.find_archive(key) == written
        return written


class ListedResolver:
    """Always resolves to the wheels that it was made with."""

    def __init__(self, wheels: Iterable[LockedWheel]) -> None:
        self.wheels = list(wheels)
        self.asked: list[VersionQuery] = []

    def resolve(self, query: VersionQuery) -> Pylock:
        self.asked.append(query)
        return lock_of(self.wheels)


class MemoryIndex:
    def __init__(self, wheels: Iterable[MadeWheel]) -> None:
        self.contents = {wheel.filename: wheel.content for wheel in wheels}
        self.fetched: list[str] = []

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[bytes]:
        self.fetched += [wheel.filename for wheel in wheels]
        return iter([self.contents[wheel.filename] for wheel in wheels])


class MarkingCompiler:
    """Gives every source a bytecode that tells what it was made of, and remembers what it was asked for."""

    def __init__(self, version: str = "3.12.1") -> None:
        self.running = version
        self.asked: list[str] = []

    def version(self, python_version: str) -> str:
        assert self.running.startswith(f"{python_version}.")
        return self.running

    jobs = 2

    @contextmanager
    def opened(self, python_version: str, *, mounted_at: str) -> Iterator[CompileBatch]:
        assert self.running.startswith(f"{python_version}.")
        yield lambda sources: self.compiled(sources, mounted_at)

    def compiled(self, sources: Sequence[Source], mounted_at: str) -> Bytecode:
        self.asked += sorted(source.path for source in sources)
        tag = f"cpython-{self.running.rpartition('.')[0].replace('.', '')}"
        broken = [source for source in sources if b"broken" in source.content]
        return Bytecode(
            files=tuple(
                CompiledFile(
                    bytecode_path(source.path, tag),
                    f"{self.running} {mounted_at}{source.path} ".encode() + source.content,
                )
                for source in sources
                if source not in broken
            ),
            not_compiled=tuple(NotCompiled(path=source.path, reason="invalid syntax (line 1)") for source in broken),
        )


def memory_ports(
    *wheels: MadeWheel, store: MemoryArchives | None = None, compiler: MarkingCompiler | None = None
) -> Ports:
    seconds = itertools.count()
    indexes = IndexPorts(resolver=ListedResolver(wheel.locked() for wheel in wheels), wheels=MemoryIndex(wheels))
    return Ports(
        open_indexes=lambda _options: indexes,
        store=store or MemoryArchives(),
        compiler=compiler or MarkingCompiler(),
        clock=lambda: float(next(seconds)),
        peak_memory=lambda: 50_000_000,
    )


def indexes_of(ports: Ports) -> IndexPorts:
    """Return the ports to the indexes of a request that names none."""
    return ports.open_indexes(IndexOptions())


def with_indexes(ports: Ports, **changes: Any) -> Ports:
    """Return the ports with another resolver, wheel index or listing, whatever indexes a request names."""
    changed = replace(indexes_of(ports), **changes)
    return replace(ports, open_indexes=lambda _options: changed)


def query(*requirements: str, target: Target, **more: Any) -> VersionQuery:
    """Return what a resolver is asked for these requirement lines."""
    return VersionQuery(requirements=parse_requirements(requirements), target=target, **more)


class FakeS3:
    """The operations of an S3 client that are used, with S3's errors."""

    def __init__(self, denied: str | None = None) -> None:
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.denied = denied

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **more: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self._check("PutObject")
        content = Body if isinstance(Body, bytes) else Body.read()
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if more.get("ChecksumSHA256", checksum) != checksum:
            raise _error("PutObject", "BadDigest", "the checksum does not match")
        self.objects[Bucket, Key] = {"content": content, **more}
        return {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self._check("GetObject")
        if (Bucket, Key) not in self.objects:
            raise _error("GetObject", "NoSuchKey", "The specified key does not exist.")
        return {"Body": io.BytesIO(self.objects[Bucket, Key]["content"])}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self._check("HeadObject")
        if (Bucket, Key) not in self.objects:
            raise _error("HeadObject", "404", "Not Found")
        found = self.objects[Bucket, Key]
        return {"ContentLength": len(found["content"]), "Metadata": found.get("Metadata", {})}

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803 - boto3's names
        self._check("DeleteObject")
        self.objects.pop((Bucket, Key), None)

    def _check(self, operation: str) -> None:
        if operation == self.denied:
            code = "403" if operation == "HeadObject" else "AccessDenied"
            raise _error(operation, code, "Access Denied")


def _error(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
