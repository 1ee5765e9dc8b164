"""Compile the sources of a layer to the ``.pyc`` files that its runtime loads without looking at the sources.

The files are unchecked-hash ones (PEP 552): the fixed dates of a layer archive make timestamps stale, and nothing
writes to a layer. The path inside them is where Lambda mounts the source, so tracebacks are right.

The work is done by ``bytecode_worker.py`` under the target's interpreter, in fresh processes that get a portion of the
sources each. A file's bytes depend on its source, its path and the patch release of the interpreter; not on this
machine, its settings, the number of processes, or the files beside it.
"""

from __future__ import annotations

import posixpath
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder_lambda.interpreter import start_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder_lambda.interpreter import Interpreter

MOUNTED_AT = "/opt/python/"
"""Where Lambda has the ``python/`` folder of a layer."""

_PORTION_FILES = 100
_PORTION_BYTES = 1_500_000
"""A portion ends before the file that would pass either: small enough to share among processes, large enough to
outweigh the 15 ms in which one starts."""

_WORKER = Path(__file__).with_name("bytecode_worker.py")
_REQUEST = struct.Struct("<IQ")
_ANSWER = struct.Struct("<BQ")
_WORKER_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C",
    # glibc would give memory back to the system and ask for it again, at each file.
    "MALLOC_TRIM_THRESHOLD_": "200000000",
    "MALLOC_TOP_PAD_": "4000000",
}


class Source(NamedTuple):
    """A Python file as the archive has it."""

    path: str
    """Below the prefix, with slashes."""

    content: bytes


class CompiledFile(NamedTuple):
    """A file of bytecode, ready to be put into the archive."""

    path: str
    """Below the prefix, in the ``__pycache__`` folder beside the source."""

    content: bytes


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class NotCompiled:
    """A source that has no bytecode, and why. It is still in the layer; whether it works there is its own matter."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bytecode:
    """What came of some sources, both ordered by the path of the source."""

    files: tuple[CompiledFile, ...]
    not_compiled: tuple[NotCompiled, ...]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(len(file.content) for file in self.files)


def compile_sources(sources: Sequence[Source], *, interpreter: Interpreter, prefix: str = MOUNTED_AT) -> Bytecode:
    """Return the bytecode of some sources, compiled by one fresh process. It needs up to about 100 MB.

    What comes back for a source is the same whatever others are compiled with it.

    :param prefix: the absolute folder that all paths are below at run time, ending in a slash.
    :raises ValueError: if the prefix is not such a folder.
    """
    if not (prefix.startswith("/") and prefix.endswith("/")):
        message = f"a prefix must begin and end with a slash, got {prefix!r}"
        raise ValueError(message)
    ordered = sorted(sources)
    return _bytecode(list(zip(ordered, _compile(ordered, interpreter, prefix), strict=True)), interpreter.cache_tag)


def portions(sizes: Mapping[str, int]) -> list[list[str]]:
    """Return the paths of sources in portions that are worth a process each, in order.

    :param sizes: bytes of each source, by path.
    """
    found: list[list[str]] = []
    size = 0
    for path in sorted(sizes):
        if not found or len(found[-1]) == _PORTION_FILES or size + sizes[path] > _PORTION_BYTES:
            found.append([])
            size = 0
        found[-1].append(path)
        size += sizes[path]
    return found


def bytecode_path(source_path: str, cache_tag: str) -> str:
    """Return where the import system looks for the bytecode of a source (PEP 3147, PEP 488 without optimisation)."""
    folder, name = posixpath.split(source_path)
    return posixpath.join(folder, "__pycache__", f"{name.rpartition('.')[0]}.{cache_tag}.pyc")


def _bytecode(results: list[tuple[Source, tuple[bool, bytes]]], cache_tag: str) -> Bytecode:
    return Bytecode(
        files=tuple(
            CompiledFile(bytecode_path(source.path, cache_tag), payload)
            for source, (compiled, payload) in results
            if compiled
        ),
        not_compiled=tuple(
            NotCompiled(path=source.path, reason=payload.decode(errors="replace"))
            for source, (compiled, payload) in results
            if not compiled
        ),
    )


def _compile(sources: list[Source], interpreter: Interpreter, prefix: str) -> list[tuple[bool, bytes]]:
    """Return, for each source, whether it was compiled, and the bytecode or the reason."""
    if not sources:
        return []
    answers, failure = _ask_worker(sources, interpreter, prefix)
    if not failure:
        return answers
    if len(sources) == 1:
        return [(False, failure.encode())]
    # One file took the compiler down, and the others with it: each on its own, so that only that one is lost.
    return [answer for source in sources for answer in _compile([source], interpreter, prefix)]


def _ask_worker(
    sources: list[Source], interpreter: Interpreter, prefix: str
) -> tuple[list[tuple[bool, bytes]], str | None]:
    # Files, not communicate(): it feeds a pipe by the page, and turns to Python for each.
    with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as complaints:
        for source in sources:
            path = (prefix + source.path).encode()
            request.write(_REQUEST.pack(len(path), len(source.content)))
            request.write(path)
            request.write(source.content)
        request.seek(0)
        with subprocess.Popen(
            # Not -I: it would ignore the hash seed. The environment holds nothing that it would protect from.
            [interpreter.path, "-S", "-s", "-B", "-W", "ignore", str(_WORKER)],
            stdin=request,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**start_environment(), **_WORKER_ENVIRONMENT},
        ) as process:
            answer = process.communicate()[0]
        if process.returncode:
            complaints.seek(0)
            last_line = complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
            return [], f"the compiler ended with status {process.returncode} {last_line}".strip()
    answers: list[tuple[bool, bytes]] = []
    view = memoryview(answer)
    while view:
        compiled, length = _ANSWER.unpack_from(view)
        answers.append((bool(compiled), bytes(view[_ANSWER.size : _ANSWER.size + length])))
        view = view[_ANSWER.size + length :]
    return answers, None
