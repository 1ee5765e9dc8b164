"""Make virtual environments, once for each interpreter and set of pins. All clones share them."""

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
"""The packages of Lambda's Python runtimes: the runtime client and boto3."""
EMULATOR_REQUIREMENTS = _REQUIREMENTS / "emulator.txt"


def virtual_environment(interpreter: Interpreter, requirements: Path, *, folders: Folders) -> Path:
    """Return the folder of an environment of `interpreter` that has only `requirements`.

    :raises CommandFailed: if the requirements cannot be installed.
    """
    identity = f"{interpreter.executable}\n{interpreter.version}\nbytecode\n{requirements.read_text(encoding='utf-8')}"
    key = hashlib.sha256(identity.encode()).hexdigest()[:16]
    parent = folders.cache / requirements.stem
    parent.mkdir(parents=True, exist_ok=True)

    def make(folder: Path) -> None:
        # uv would use the environment in VIRTUAL_ENV, and could download another Python than `interpreter`.
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
