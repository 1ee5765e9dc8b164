"""Run a program of the set-up. If it fails, report the end of its output."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from local_aws.errors import CommandFailed

TAIL_LINES = 30


def run(*command: str | Path, purpose: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run `command` and return its standard output.

    :param purpose: completes "could not ..." in the error message.
    :raises CommandFailed: if it cannot start or ends with another status than 0. It has the end of the output.
    """
    words = tuple(str(word) for word in command)
    try:
        done = subprocess.run(words, env=environ, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CommandFailed(purpose=purpose, command=words, exit_status=127, output=str(error)) from error
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        raise CommandFailed(
            purpose=purpose, command=words, exit_status=done.returncode, output="\n".join(lines[-TAIL_LINES:])
        )
    return done.stdout
