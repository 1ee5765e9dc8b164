"""Compiles the sources of a layer to ``.pyc`` files that its runtime loads without a look at the sources.

The files are of the kind "unchecked hash" (PEP 552): the fixed dates of a layer archive make timestamps stale, and
nothing writes to a layer. They name the path where Lambda mounts the source, so that tracebacks are right.

``bytecode_worker.py`` does the work under the target's interpreter, in fresh processes for one batch of sources each
(``process.py``). The bytes of a file depend on its source, its path and the patch release of the interpreter. They do
not depend on this machine, its settings, the number of processes, or the other files.
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

_BATCH_FILES = 100
_BATCH_BYTES = 1_500_000
"""A batch ends before the file that would pass either limit. It is small enough to share the work among processes, and
large enough to outweigh the 15 ms in which a process starts."""

_REQUEST = struct.Struct("<IQ")
_ANSWER = struct.Struct("<BQ")


class BytecodeCompiler:
    """Compiles batches of sources, each in a fresh process. Threads may share it. Its context ends all processes."""

    def __init__(self, interpreter: Interpreter, *, prefix: str) -> None:
        """Compile with ``interpreter``.

        :param prefix: the absolute folder of all paths at run time, with a slash at its end.
        :raises ValueError: if the prefix has another form.
        """
        if not (prefix.startswith("/") and prefix.endswith("/")):
            message = f"a prefix must begin and end with a slash, got {prefix!r}"
            raise ValueError(message)
        self._interpreter = interpreter
        self._prefix = prefix
        self._idle = SimpleQueue[BytecodeProcess]()

    def __enter__(self) -> BytecodeCompiler:
        """Return the compiler. Processes start later."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes. No thread may still compile."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def compile(self, sources: Sequence[Source]) -> Bytecode:
        """Return the bytecode of some sources. A process takes up to about 100 MB.

        The bytecode of a source does not depend on other sources, compiled with it or before it.
        """
        ordered = sorted(sources)
        results = list(zip(ordered, self._results(ordered), strict=True))
        return Bytecode(
            files=tuple(
                CompiledFile(bytecode_path(source.path, self._interpreter.cache_tag), content)
                for source, (compiled, content) in results
                if compiled
            ),
            not_compiled=tuple(
                NotCompiled(path=source.path, reason=content.decode(errors="replace"))
                for source, (compiled, content) in results
                if not compiled
            ),
        )

    def _process(self) -> tuple[BytecodeProcess, bool]:
        """Return a process, and whether it is new."""
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
            return self._results(sources)  # the system may have ended it while it was idle
        if len(sources) == 1:
            return [(False, failure.encode())]
        # One file made the compiler crash. Compile each on its own, so that only that one fails.
        return [result for source in sources for result in self._results([source])]


def batches(sizes: Mapping[str, int]) -> list[list[str]]:
    """Return the paths of sources in batches for one process each, in order.

    :param sizes: the bytes of each source, by path.
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
    """Return the path of the bytecode of a source (PEP 3147; PEP 488 without optimisation)."""
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
