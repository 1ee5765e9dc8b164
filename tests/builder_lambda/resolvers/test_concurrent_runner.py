"""Programs of a few lines: what they say is heard while they run, and something else is done meanwhile."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest

from builder_lambda.resolvers.concurrent_runner import ConcurrentRunner

AWAIT = """
import sys, time
from pathlib import Path
def seen(name):
    for _ in range(3000):
        if Path(name).exists():
            return True
        time.sleep(0.01)
    return False
"""
"""A program that nobody answers ends by itself."""


def command(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def touching(path: Path) -> Callable[[], None]:
    return lambda: path.touch()


def test_lines_are_heard_before_the_program_has_ended(tmp_path: Path) -> None:
    program = AWAIT + (
        "for name in ('first', 'second'):\n"
        "    print(name, file=sys.stderr, flush=True)\n"
        "    if not seen(name):\n"
        "        sys.exit(1)\n"
    )
    heard: list[str] = []

    def on_log_line(line: str) -> None:
        heard.append(line)
        (tmp_path / line.strip()).touch()

    done = ConcurrentRunner((), on_log_line)(command(program), input="", cwd=tmp_path, env=os.environ)

    assert (done.returncode, heard) == (0, ["first\n", "second\n"])


@pytest.mark.parametrize("on_log_line", [None, [].append], ids=["without ears", "with ears"])
def test_what_a_program_says_and_returns_is_given_whole(
    on_log_line: Callable[[str], None] | None, tmp_path: Path
) -> None:
    program = (
        "import os, sys\n"
        "print('not of interest')\n"
        "print(sys.stdin.read(), os.environ['GIVEN'], os.getcwd(), sep='\\n', file=sys.stderr)\n"
        "sys.stderr.write('x' * 200_000 + '\\nno end of line')\n"
        "sys.exit(3)\n"
    )
    done = ConcurrentRunner((), on_log_line)(
        command(program), input="idna\nsix", cwd=tmp_path, env={**os.environ, "GIVEN": "a variable"}
    )

    assert (done.args, done.returncode, done.stdout) == (command(program), 3, "")
    assert done.stderr == f"idna\nsix\na variable\n{tmp_path.resolve()}\n{'x' * 200_000}\nno end of line"


def test_the_last_line_is_heard_even_if_it_has_no_end(tmp_path: Path) -> None:
    heard: list[str] = []
    program = "import sys; sys.stderr.write('one\\n\\ntwo')"
    ConcurrentRunner((), heard.append)(command(program), input="", cwd=tmp_path, env=os.environ)
    assert heard == ["one\n", "\n", "two"]


def test_much_input_reaches_the_program(tmp_path: Path) -> None:
    program = "import sys; print(len(sys.stdin.read()), file=sys.stderr)"
    done = ConcurrentRunner(())(command(program), input="x" * 1_000_000, cwd=tmp_path, env=os.environ)
    assert done.stderr == "1000000\n"


def test_input_that_a_program_does_not_read_is_no_problem(tmp_path: Path) -> None:
    program = "import os, sys; os.close(0); print('enough', file=sys.stderr); sys.exit(2)"
    done = ConcurrentRunner(())(command(program), input="x" * 1_000_000, cwd=tmp_path, env=os.environ)
    assert (done.returncode, done.stderr) == (2, "enough\n")


@pytest.mark.parametrize("length", [0, 10, 1_000_000])
def test_input_for_a_program_that_has_ended_already_is_no_problem(
    length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ended(subprocess.Popen[str]):
        """Stands for a machine that has other things to do until the program has ended."""

        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__(command, **options)
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    monkeypatch.setattr(subprocess, "Popen", Ended)
    done = ConcurrentRunner(())(command("raise SystemExit(4)"), input="x" * length, cwd=tmp_path, env=os.environ)
    assert (done.returncode, done.stderr) == (4, "")


def test_options_of_subprocess_run_are_passed_over(tmp_path: Path) -> None:
    done = ConcurrentRunner(())(
        command("pass"), input="", cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_other_work_is_done_while_the_program_runs(tmp_path: Path) -> None:
    program = AWAIT + "sys.exit(0 if seen('one') and seen('two') else 1)"
    runner = ConcurrentRunner((touching(tmp_path / "one"), touching(tmp_path / "two")))
    assert runner(command(program), input="", cwd=tmp_path, env=os.environ).returncode == 0


def test_other_work_is_done_once_for_each_program(tmp_path: Path) -> None:
    done = SimpleQueue[str]()
    runner = ConcurrentRunner((lambda: done.put("one"), lambda: done.put("two")))
    for _ in range(2):
        runner(command("pass"), input="", cwd=tmp_path, env=os.environ)

    assert sorted(done.get(timeout=30) for _ in range(4)) == ["one", "one", "two", "two"]
    assert done.empty()


def test_the_program_is_not_held_up_by_other_work(tmp_path: Path) -> None:
    may_end, has_ended = Event(), Event()

    def work() -> None:
        may_end.wait(30)
        has_ended.set()

    done = ConcurrentRunner((work,))(command("pass"), input="", cwd=tmp_path, env=os.environ)

    assert done.returncode == 0
    assert not has_ended.is_set()
    may_end.set()
    assert has_ended.wait(30)


def test_other_work_that_fails_says_nothing_and_hinders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    workers = SimpleQueue[threading.Thread]()

    def fail() -> None:
        workers.put(threading.current_thread())
        raise OSError("no such certificates")

    runner = ConcurrentRunner((fail, touching(tmp_path / "other"), fail))
    program = AWAIT + "print('said', file=sys.stderr); sys.exit(0 if seen('other') else 1)"
    done = runner(command(program), input="", cwd=tmp_path, env=os.environ)
    for _ in range(2):
        workers.get(timeout=30).join(30)

    assert (done.returncode, done.stderr) == (0, "said\n")
    assert told == []
    assert capfd.readouterr() == ("", "")


def test_a_program_that_is_not_there_is_told_before_other_work_is_begun(tmp_path: Path) -> None:
    done: list[str] = []
    with pytest.raises(FileNotFoundError):
        ConcurrentRunner((lambda: done.append("work"),))(
            [str(tmp_path / "nothing")], input="", cwd=tmp_path, env=os.environ
        )
    assert done == []


def test_a_program_that_takes_too_long_is_killed_with_what_it_started(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "print('begun', file=sys.stderr, flush=True)\n"
        "time.sleep(60)\n"
    )
    with pytest.raises(subprocess.TimeoutExpired):
        ConcurrentRunner(seconds=2)(command(program), input="", cwd=tmp_path, env=os.environ)

    # The child holds the other end of the pipe: the call could not return while it lived.
    assert (tmp_path / "child").read_text()


def test_a_program_that_does_not_read_its_input_is_killed(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        ConcurrentRunner(seconds=0.5)(
            command("import time; time.sleep(60)"), input="x" * 1_000_000, cwd=tmp_path, env=os.environ
        )


def test_a_program_is_killed_when_its_lines_raise_an_error(tmp_path: Path) -> None:
    def interrupted(_line: str) -> None:
        raise KeyboardInterrupt

    program = "import sys, time; print('begun', file=sys.stderr, flush=True); time.sleep(60)"
    with pytest.raises(KeyboardInterrupt):
        ConcurrentRunner((), interrupted)(command(program), input="", cwd=tmp_path, env=os.environ)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of another process")
def test_a_program_that_takes_too_much_memory_gets_none(tmp_path: Path) -> None:
    program = "import sys; sys.stdin.read(); bytearray(600_000_000)"
    done = ConcurrentRunner(data_bytes=500_000_000)(command(program), input="", cwd=tmp_path, env=os.environ)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "MemoryError"
