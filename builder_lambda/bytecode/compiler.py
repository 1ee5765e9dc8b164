"""Compile the sources of a layer to the ``.pyc`` files that its runtime loads without looking at the sources.

The files are unchecked-hash ones (PEP 552): the fixed dates of a layer archive make timestamps stale, and nothing
writes to a layer. The path inside them is where Lambda mounts the source, so tracebacks are right.

The work is done by ``bytecode_worker.py`` under the target's interpreter, in fresh processes that get a batch of the
sources each (``bytecode_process.py``). A file's bytes depend on its source, its path and the patch release of the
interpreter; not on this machine, its settings, the number of processes, or the files beside it.
"""

from __future__ import annotations

import posixpath
import struct
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from builder_lambda.bytecode.process import BytecodeProcess
from builder_lambda.ports.compiled import Bytecode, CompiledFile, NotCompiled, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder_lambda.bytecode.interpreter import Interpreter


MOUNTED_AT = "/opt/python/"


"""Where Lambda has the ``python/`` folder of a layer."""


_BATCH_FILES = 100


_BATCH_BYTES = 1_500_000


"""A batch ends before the file that would pass either: small enough to share among processes, large enough to
outweigh the 15 ms in which one starts."""


_REQUEST = struct.Struct("<IQ")


_ANSWER = struct.Struct("<BQ")


class BytecodeCompiler:
    """Compiles batches of sources, each in a fresh process. Threads may share it; its context ends all processes."""

    def __init__(self, interpreter: Interpreter, *, prefix: str = MOUNTED_AT) -> None:
        """Compile by ``interpreter``.

        :param prefix: the absolute folder that all paths are below at run time, ending in a slash.
        :raises ValueError: if the prefix is not such a folder.
        """
        if not (prefix.startswith("/") and prefix.endswith("/")):
            message = f"a prefix must begin and end with a slash, got {prefix!r}"
            raise ValueError(message)
        self._interpreter = interpreter
        self._prefix = prefix
        self._idle = SimpleQueue[BytecodeProcess]()

    def __enter__(self) -> BytecodeCompiler:
        """Start nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes; nobody may be compiling."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def compile(self, sources: Sequence[Source]) -> Bytecode:
        """Return the bytecode of some sources. It takes a process up to about 100 MB.

        What comes back for a source is the same whatever others are compiled with it, and were before.
        """
        ordered = sorted(sources)
        results = list(zip(ordered, self._results(ordered), strict=True))
        return Bytecode(
            files=tuple(
                CompiledFile(bytecode_path(source.path, self._interpreter.cache_tag), payload)
                for source, (compiled, payload) in results
                if compiled
            ),
            not_compiled=tuple(
                NotCompiled(path=source.path, reason=payload.decode(errors="replace"))
                for source, (compiled, payload) in results
                if not compiled
            ),
        )

    def _process(self) -> tuple[BytecodeProcess, bool]:
        """Return a process, and whether it is a new one."""
        try:
            return self._idle.get_nowait(), False
        except Empty:
            return BytecodeProcess(self._interpreter), True

    def _results(self, sources: list[Source]) -> list[tuple[bool, bytes]]:
        """Return, for each source, whether it was compiled, and the bytecode or the reason."""
        if not sources:
            return []
        requests = b"".join(part for source in sources for part in _request(self._prefix + source.path, source.content))
        process, is_new = self._process()
        try:
            answers, failure = process.ask(requests)
        except BaseException:
            process.close()
            raise
        if failure is None:
            self._idle.put(process)
            return list(_read(memoryview(answers)))
        process.close()
        if not is_new:
            return self._results(sources)  # somebody may have ended it while it waited
        if len(sources) == 1:
            return [(False, failure.encode())]
        # One file took the compiler down, and the others with it: each on its own, so that only that one is lost.
        return [result for source in sources for result in self._results([source])]


def batches(sizes: Mapping[str, int]) -> list[list[str]]:
    """Return the paths of sources in batches that are worth a process each, in order.

    :param sizes: bytes of each source, by path.
    """
    found: list[list[str]] = []
    size = 0
    for path in sorted(sizes):
        if not found or len(found[-1]) == _BATCH_FILES or size + sizes[path] > _BATCH_BYTES:
            found.append([])
            size = 0
        found[-1].append(path)
        size += sizes[path]
    return found


def bytecode_path(source_path: str, cache_tag: str) -> str:
    """Return where the import system looks for the bytecode of a source (PEP 3147, PEP 488 without optimisation)."""
    folder, name = posixpath.split(source_path)
    return posixpath.join(folder, "__pycache__", f"{name.rpartition('.')[0]}.{cache_tag}.pyc")


def _request(path: str, content: bytes) -> tuple[bytes, bytes, bytes]:
    name = path.encode()
    return _REQUEST.pack(len(name), len(content)), name, content


def _read(answers: memoryview) -> Iterator[tuple[bool, bytes]]:
    while answers:
        compiled, length = _ANSWER.unpack_from(answers)
        yield bool(compiled), bytes(answers[_ANSWER.size : _ANSWER.size + length])
        answers = answers[_ANSWER.size + length :]
