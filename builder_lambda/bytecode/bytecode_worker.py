"""Compiles the sources that arrive on standard input, with the interpreter that the bytecode is for.

A script, run by Python 3.9 to 3.14 as ``python -S -s -B -W ignore bytecode_worker.py`` with a fixed ``PYTHONHASHSEED``
(not with ``-I``, which ignores the seed). It imports the standard library only, and no module of ours.

Input is a sequence of batches. A batch is ``<u64 length>`` in little endian, then requests. A request is ``<u32 length
of path><u64 length of source>``, the path in UTF-8, then the source. Output for a batch is ``<i32 status><u64
length>``, then an answer to each request. An answer is ``<u8 compiled><u64 length>``, then the ``.pyc`` if ``compiled``
is 1, else the reason in UTF-8. There are no answers if the status is not 0.

A fork compiles each batch. It has compiled nothing before, it starts faster than a new Python, and a fatal error ends
that fork only.

The bytes for a file depend on the file, its path and the interpreter, and on nothing that was compiled before.
``marshal`` alone does not guarantee that. It writes whether an object has more than one owner, whether a string is
interned, and (before 3.11) the items of a set by their hashes, some of which are addresses. So these are made equal
first.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the folder of this file; its modules must not shadow those of the standard library

import gc
import io
import marshal
import os
import struct
from importlib.util import MAGIC_NUMBER, source_hash
from types import CodeType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = struct.Struct("<Q")
OUTCOME = struct.Struct("<iQ")
REQUEST = struct.Struct("<IQ")
ANSWER = struct.Struct("<BQ")

UNCHECKED_HASH = struct.pack("<I", 0b01)
"""PEP 552: the import system does not compare the source."""

_SETS_BY_HASH = sys.version_info < (3, 11)
"""Whether ``marshal`` writes sets in the order of their hashes, and strings by their number of owners."""


def main() -> None:
    """Compile batches until the input ends."""
    gc.disable()  # compilation makes no reference cycles
    # The process has one object for each of these strings, and any source may intern it.
    interned = [sys.intern(chr(number)) for number in range(256)]
    batches, outcomes = sys.stdin.buffer, sys.stdout.buffer
    while header := batches.read(BATCH.size):
        status, answers = _forked(batches.read(*BATCH.unpack(header)))
        outcomes.write(OUTCOME.pack(status, len(answers)))
        outcomes.write(answers)
        outcomes.flush()
    del interned


def _forked(batch: bytes) -> tuple[int, bytes]:
    """Compile a batch in a fork. Return its exit code, which is negative for a signal, and its answers."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        with open(writing, "wb") as answers:  # noqa: PTH123 - a number, not a path
            answers.write(_answers(batch))
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as arriving:  # noqa: PTH123
        arrived = arriving.read()
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return code, b"" if code else arrived


def _answers(batch: bytes) -> bytes:
    requests, answers = io.BytesIO(batch), io.BytesIO()
    while header := requests.read(REQUEST.size):
        path_length, source_length = REQUEST.unpack(header)
        path = requests.read(path_length).decode()
        source = requests.read(source_length)
        try:
            compiled, content = 1, pyc(path, source)
        except SyntaxError as error:
            compiled, content = 0, f"{error.msg} (line {error.lineno})".encode()
        except (ArithmeticError, MemoryError, RecursionError, SystemError, ValueError) as error:
            compiled, content = 0, (str(error) or type(error).__name__).encode()
        answers.write(ANSWER.pack(compiled, len(content)))
        answers.write(content)
    return answers.getvalue()


def pyc(path: str, source: bytes) -> bytes:
    """Return the ``.pyc`` of a source, of the kind "unchecked hash" (PEP 552).

    :raises SyntaxError, ValueError: and other errors of the compiler.
    """
    code: CodeType = compile(source, path, "exec", dont_inherit=True, optimize=0)
    body = _marshalled_by_hash(code) if _SETS_BY_HASH else marshal.dumps(_with_shared_sets(code))
    return MAGIC_NUMBER + UNCHECKED_HASH + source_hash(source) + body


def _with_shared_sets(code: CodeType) -> CodeType:
    """Return the code with one object for equal sets.

    From 3.12, the compiler copies a set instead of sharing it if the process has interned its strings before.
    """
    if not any(type(constant) is frozenset for each in _walk(code) for constant in each.co_consts):
        return code
    shared: dict[object, frozenset[object]] = {}

    def share(value: frozenset[object]) -> object:
        return shared.setdefault(frozenset((type(item), item) for item in value), value)  # 1 and True are equal

    return _with_sets(code, share)


def _marshalled_by_hash(code: CodeType) -> bytes:
    """Return the code as ``marshal`` of 3.9 and 3.10 writes it if sets have a fixed order and objects many owners."""
    marks: list[tuple[bytes, bytes]] = []

    def mark(value: frozenset[object]) -> object:
        # Format 2 has no references, so that the inserted bytes do not shift the numbers of references around them.
        items = sorted(marshal.dumps(item, 2) for item in value)  # type: ignore[arg-type]  # of a constant: constants
        name = b"\0set %d, to be put in here\0" % len(marks)
        marks.append((name, b"\xbe" + struct.pack("<I", len(items)) + b"".join(items)))
        return name

    code = _with_sets(code, mark)
    owners: list[object] = [name for name, _ in marks]
    for each in _walk(code):
        for attribute in dir(each):
            if attribute.startswith("co_"):
                _own(getattr(each, attribute), owners)
    body = marshal.dumps(code)
    del owners
    for name, as_set in marks:
        as_bytes = b"\xf3" + struct.pack("<I", len(name)) + name
        if body.count(as_bytes) != 1:
            raise ValueError("the source has the text of a mark of the bytecode worker")
        body = body.replace(as_bytes, as_set)
    return body


def _with_sets(code: CodeType, changed: Callable[[frozenset[object]], object]) -> CodeType:
    constants: list[object] = []
    for constant in code.co_consts:
        if type(constant) is CodeType:
            constants.append(_with_sets(constant, changed))
        else:
            constants.append(changed(constant) if type(constant) is frozenset else constant)
    return code.replace(co_consts=tuple(constants))


def _walk(code: CodeType) -> list[CodeType]:
    codes = [code]
    for each in codes:  # the list grows during the loop
        codes.extend(constant for constant in each.co_consts if type(constant) is CodeType)
    return codes


def _own(value: object, owners: list[object]) -> None:
    owners.append(value)
    if type(value) is tuple:
        for item in value:
            _own(item, owners)


if __name__ == "__main__":
    main()
