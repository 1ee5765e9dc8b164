"""Make the clone's .venv, once for each set of pins.

    python3 local_aws/make_venv.py

The machine's own Python runs this file, so it imports the standard library only. The environment is built in another
folder and then renamed: an interrupted run leaves the old one intact. The pins come from requirements.txt and from the
group `dev` of pyproject.toml. uv installs them, and requirements.txt pins uv.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ("requirements.txt", "pyproject.toml")
MARK = "made-from"
"""The file of an environment with the hash of its inputs."""


def identity(root: Path, python: str) -> str:
    """Return the hash of everything that determines the environment of `root`."""
    digest = hashlib.sha256(python.encode())
    for path in (*(root / name for name in PINS), Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(environment: Path, wanted: str) -> bool:
    """Return whether `environment` is complete, has a Python, and was made from the inputs `wanted`."""
    with contextlib.suppress(OSError):
        made_from = (environment / MARK).read_text(encoding="ascii")
        return made_from == wanted and os.access(environment / "bin" / "python", os.X_OK)
    return False


def make(environment: Path, root: Path) -> None:
    """Build `environment` from the pins of `root`.

    :raises subprocess.CalledProcessError: if a step fails. The step has printed its error.
    """
    shutil.rmtree(environment, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    with (environment / "pyvenv.cfg").open("a", encoding="utf-8") as settings:
        settings.write("relocatable = true\n")  # makes uv write scripts that work after a rename
    python = environment / "bin" / "python"
    uv = re.search(r"^uv==\S+", (root / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if uv is None:
        sys.exit("error: requirements.txt pins no 'uv=='. Pin it there: it installs everything else.")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-input", uv.group()], check=True)
    # Every `pulumi up` starts Python four times. Without bytecode, each start compiles about a hundred modules.
    command = "-m uv pip install --quiet --compile-bytecode -r requirements.txt --group dev --python"
    install: list[str | Path] = [python, *command.split(" "), python]
    environ = {name: text for name, text in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    subprocess.run(install, cwd=root, env={**environ, "UV_PYTHON_DOWNLOADS": "never"}, check=True)


def correct_activation(built: Path, final: Path) -> None:
    """Replace the path of the build folder in the activation scripts with the final path."""
    for script in (built / "bin").glob("[Aa]ctivate*"):
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace(str(built), str(final)), encoding="utf-8")


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the lock of `root`, so that only one set-up changes it at a time."""
    (root / ".local").mkdir(exist_ok=True)
    with (root / ".local" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Make .venv if it is missing or out of date."""
    environment, unfinished = ROOT / ".venv", ROOT / ".local" / ".venv"
    wanted = identity(ROOT, sys.version + sys.base_prefix)
    if is_current(environment, wanted):
        return
    with alone(ROOT):
        if is_current(environment, wanted):
            return
        print("making .venv", file=sys.stderr, flush=True)
        try:
            make(unfinished, ROOT)
        except subprocess.CalledProcessError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            program = " ".join(map(str, error.cmd))
            sys.exit(
                f"error: .venv could not be made: {program!r} ended with status {error.returncode}.\n"
                "Its error is printed above. If the venv module is missing, install it (Debian: apt install "
                "python3-venv). If no package index can be reached, configure one for pip and uv. "
                "Then run the same command again."
            )
        correct_activation(unfinished, environment)
        (unfinished / MARK).write_text(wanted, encoding="ascii")
        replaced = ROOT / ".local" / "replaced"
        shutil.rmtree(replaced, ignore_errors=True)
        if environment.exists():
            environment.rename(replaced)
        unfinished.rename(environment)
        shutil.rmtree(replaced, ignore_errors=True)


if __name__ == "__main__":
    main()
