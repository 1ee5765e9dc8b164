"""Virtual environments that are made once per set of pins and interpreter, and shared by all clones."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from local_aws.environments.cached_folder import made_once
from local_aws.environments.command import run
from local_aws.environments.folders import Folders
from local_aws.environments.interpreters import Interpreter

_REQUIREMENTS = Path(__file__).parent.parent / "requirements"
RUNTIME_REQUIREMENTS = _REQUIREMENTS / "runtime.txt"
"""What AWS puts into a Python runtime of Lambda: its runtime client and boto3."""
EMULATOR_REQUIREMENTS = _REQUIREMENTS / "emulator.txt"


def virtual_environment(interpreter: Interpreter, requirements: Path, *, folders: Folders) -> Path:
    """Return the folder of an environment of `interpreter` that holds `requirements` and nothing else.

    :raises CommandFailed: if the package index does not give them.
    """
    identity = f"{interpreter.executable}\n{interpreter.version}\nbytecode\n{requirements.read_text(encoding='utf-8')}"
    key = hashlib.sha256(identity.encode()).hexdigest()[:16]
    parent = folders.cache / requirements.stem
    parent.mkdir(parents=True, exist_ok=True)

    def make(folder: Path) -> None:
        # uv follows VIRTUAL_ENV, and would fetch a Python of its own where it does not like ours.
        environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        environ["UV_PYTHON_DOWNLOADS"] = "never"
        uv = (sys.executable, "-m", "uv")
        purpose = f"make the {requirements.stem} environment of {interpreter.runtime}"
        shutil.rmtree(folder)
        run(*uv, "venv", "--relocatable", "--python", interpreter.executable, folder, purpose=purpose, environ=environ)
        python = folder / "bin" / "python"
        install = (*uv, "pip", "install", "--python", python, "--compile-bytecode", "-r", requirements)
        run(*install, purpose=purpose, environ=environ)

    return made_once(parent / f"{interpreter.runtime}-{key}", make)
