"""How the process of the command line ends: with its exit code, whatever its threads do."""

import os
import signal
import subprocess
import sys

import pytest

from tests.layer_cli.shell import ROOT

ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT)}
COMMAND = [sys.executable, "-m", "layer_cli"]


def test_a_thread_that_still_imports_does_not_change_the_exit_code() -> None:
    # Python 3.11 takes the import system away from such a thread; most of these runs would end by a signal.
    program = (
        "import sys, threading, time\n"
        "def work():\n"
        "    import ssl\n"
        "    while True: ssl.create_default_context()\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "time.sleep(0.05)\n"
        "from layer_cli.__main__ import main\n"
        "sys.argv = ['python-layers', 'inspect', 'no-such-file']\n"
        "main()\n"
    )
    codes = {
        subprocess.run([sys.executable, "-c", program], env=ENVIRON, capture_output=True, check=False).returncode
        for _ in range(10)
    }
    assert codes == {1}


def test_an_interruption_at_work_ends_with_one_line_and_130() -> None:
    with subprocess.Popen(
        [*COMMAND, "preview-diff", "-"],
        env=ENVIRON,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b" " * 1_000_000)  # more than a pipe holds, so that it has begun to read
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()
    assert (process.returncode, stdout, stderr) == (130, b"", b"interrupted\n")


def test_an_interruption_during_the_imports_ends_in_the_same_way() -> None:
    program = (
        "import signal, sys, os\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'layer_cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from layer_cli.__main__ import main\n"
        "main()\n"
    )
    run = subprocess.run([sys.executable, "-c", program], env=ENVIRON, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (130, b"interrupted\n")


@pytest.mark.parametrize("arguments", [("--help",), ("inspect", "--help")])
def test_a_reader_that_is_gone_ends_the_process_without_a_traceback(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = subprocess.run([*COMMAND, *arguments], env=ENVIRON, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (run.returncode, run.stderr) == (1, b"")
