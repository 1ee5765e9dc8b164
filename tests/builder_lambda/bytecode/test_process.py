"""Processes that compile: one that dies is replaced, and none is left behind."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psutil
import pytest

from builder_lambda.bytecode.compiler import BytecodeCompiler
from builder_lambda.bytecode.interpreter import Interpreter, find_interpreter
from builder_lambda.bytecode.process import BytecodeProcess
from builder_lambda.ports.compiled import Source
from tests.builder_lambda.bytecode.test_compiler import MOUNTED_AT, compile_one, delicate_sources
from tests.builder_lambda.interpreters import VERSIONS, interpreter_or_skip

NOTHING = b""
MORE = [Source(f"more/{number}.py", f"V = {{'v{number}', None}}\n".encode()) for number in range(9)]
MAKES_A_NAME = Source("first.py", "\u00e9 = 1\n".encode())
HAS_A_WORD = Source("second.py", "WORDS = '\u00e9', 'two words'\n".encode())
"""The same letter, of which CPython has one object: interned as a name, and not as a word."""


@pytest.fixture(scope="module", params=VERSIONS)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    return interpreter_or_skip(request.param)


@pytest.fixture(scope="module")
def one_interpreter() -> Interpreter:
    return find_interpreter(f"{sys.version_info.major}.{sys.version_info.minor}")


@pytest.fixture
def before() -> Iterator[set[int]]:
    """Have the processes that this one has started before; none may be more in the end."""
    before = pids()
    yield before
    assert pids() <= before


def pids() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def kill(pid: int) -> None:
    """End a process, and leave it to whoever has started it to learn of that."""
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def test_a_process_that_dies_between_batches_reports_the_signal(one_interpreter: Interpreter, before: set[int]) -> None:
    process = BytecodeProcess(one_interpreter)
    assert process.ask(NOTHING) == (b"", None)
    (pid,) = pids() - before
    kill(pid)

    answers, failure = process.ask(NOTHING)
    process.close()
    assert (answers, failure) == (b"", "the compiler ended with status -9")


def test_a_process_that_is_dead_before_a_large_batch_reports_the_signal(
    one_interpreter: Interpreter, before: set[int]
) -> None:
    process = BytecodeProcess(one_interpreter)
    assert process.ask(NOTHING) == (b"", None)
    (pid,) = pids() - before
    kill(pid)

    answers, failure = process.ask(bytes(1_000_000))
    process.close()
    assert (answers, failure) == (b"", "the compiler ended with status -9")


def test_the_last_line_of_its_errors_is_reported(one_interpreter: Interpreter, before: set[int]) -> None:
    process = BytecodeProcess(one_interpreter)
    answers, failure = process.ask(b"no request")
    process.close()

    assert answers == b""
    assert failure is not None
    assert failure.startswith("the compiler ended with status 1 struct.error: ")


def test_a_compiler_goes_on_with_a_new_process_when_its_own_has_died(
    one_interpreter: Interpreter, before: set[int]
) -> None:
    sources = delicate_sources()
    expected = compile_one(one_interpreter, *sources)

    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler:
        compiler.compile(MORE)
        (first,) = pids() - before
        kill(first)
        found = compiler.compile(sources)
        (second,) = pids() - before
        assert compiler.compile(sources) == expected
        assert pids() - before == {second}, "it is kept, as the first was"

    assert found == expected
    assert second != first


def test_one_process_compiles_several_batches(one_interpreter: Interpreter, before: set[int]) -> None:
    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler:
        assert pids() == before, "none is started that nobody needs"
        compiler.compile(MORE)
        started = pids() - before
        for _ in range(3):
            compiler.compile(MORE)
        assert pids() - before == started
        assert len(started) == 1


def test_threads_that_share_a_compiler_get_what_one_alone_gets(one_interpreter: Interpreter, before: set[int]) -> None:
    asked = [delicate_sources(), MORE] * 10
    expected = {0: compile_one(one_interpreter, *asked[0]), 1: compile_one(one_interpreter, *asked[1])}
    together = Barrier(2)

    def compile_half(half: int, compiler: BytecodeCompiler) -> list[bool]:
        together.wait(30)
        return [compiler.compile(asked[number]) == expected[number % 2] for number in range(half, 20, 3)]

    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler, ThreadPoolExecutor(2) as threads:
        found = [same for half in threads.map(lambda half: compile_half(half, compiler), (0, 1)) for same in half]
        assert len(pids() - before) in (1, 2)

    assert found == [True] * 14


@pytest.mark.parametrize("batches", [[], [MORE], [MORE, delicate_sources()]], ids=len)
def test_no_process_is_left_after_the_compiler(
    batches: Sequence[Sequence[Source]], one_interpreter: Interpreter, before: set[int]
) -> None:
    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler:
        for batch in batches:
            compiler.compile(batch)
    assert pids() == before


def test_no_process_is_left_after_an_error(one_interpreter: Interpreter, before: set[int]) -> None:
    def fail_after_a_batch() -> None:
        with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler:
            compiler.compile(MORE)
            assert len(pids() - before) == 1
            raise KeyError("of the caller")

    with pytest.raises(KeyError, match="of the caller"):
        fail_after_a_batch()
    assert pids() == before


def test_no_process_is_left_of_those_that_have_died(one_interpreter: Interpreter, before: set[int]) -> None:
    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler:
        compiler.compile(MORE)
        for pid in pids() - before:
            kill(pid)
    assert pids() == before


def test_a_batch_gives_the_same_bytes_after_another_as_in_a_fresh_process(interpreter: Interpreter) -> None:
    batches = [
        [*delicate_sources(), HAS_A_WORD],
        [MAKES_A_NAME, *MORE],
        [MAKES_A_NAME, HAS_A_WORD],
        [Source("broken.py", b"print 'hello'\n"), *delicate_sources()[3:]],
    ]
    fresh = [compile_one(interpreter, *batch) for batch in batches]

    with BytecodeCompiler(interpreter, prefix=MOUNTED_AT) as compiler:
        forwards = [compiler.compile(batch) for batch in batches]
        backwards = [compiler.compile(batch) for batch in reversed(batches)]

    assert forwards == fresh
    assert list(reversed(backwards)) == fresh
    assert [len(each.not_compiled) for each in fresh] == [0, 0, 0, 1]
    assert fresh[2].files == tuple(compile_one(interpreter, each).files[0] for each in (MAKES_A_NAME, HAS_A_WORD))


def test_a_single_source_is_compiled_though_the_process_before_has_died(
    one_interpreter: Interpreter, before: set[int]
) -> None:
    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler:
        compiler.compile(MORE)
        for pid in pids() - before:
            kill(pid)
        assert compiler.compile(MORE[:1]) == compile_one(one_interpreter, MORE[0])


def test_no_process_is_left_when_asking_is_interrupted(
    one_interpreter: Interpreter, before: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> tuple[bytes, str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(BytecodeProcess, "ask", interrupted)
    with BytecodeCompiler(one_interpreter, prefix=MOUNTED_AT) as compiler, pytest.raises(KeyboardInterrupt):
        compiler.compile(MORE)
    assert pids() == before
