"""The handler of a canary: import every distribution of the layers at /opt.

This file alone is the code of the function. It uses the standard library of the oldest supported runtime only.
"""

import importlib
import importlib.metadata
import os
import sys
from pathlib import PurePosixPath
from typing import Any

SUFFIXES = (".py", ".pyc", ".so")
DEVELOPMENT_MODULES = frozenset(
    {"test", "tests", "testing", "doc", "docs", "example", "examples", "benchmark", "benchmarks"}
)
"""Modules that some distributions install at the top level by mistake. They need packages of their developers."""


def handler(event: object, context: object) -> dict[str, Any]:  # noqa: ARG001  Lambda's signature
    """Return the result of importing each distribution, by name."""
    places = [path for path in sys.path if _is_of_layers(path)]
    found = {}
    for distribution in importlib.metadata.distributions(path=places):
        name = distribution.metadata["Name"]
        files = distribution.files
        modules = modules_to_import([str(file) for file in files or ()])
        errors = [error for error in map(import_error, modules) if error]
        if files is None:
            errors.append("has no RECORD, so its modules are unknown")
        found[name] = {"version": distribution.version, "modules": modules, "error": "; ".join(errors) or None}
    return found


def _is_of_layers(path: str) -> bool:
    """Return whether `path` is a folder of the layers, not of the function or the runtime."""
    task = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
    layers = path.startswith("/opt/") or path in os.environ.get("PYTHONPATH", "").split(":")
    return layers and path != task and not path.startswith(sys.prefix)


def modules_to_import(files: list[str]) -> list[str]:
    """Return the modules to import, from the paths in the RECORD of a distribution.

    These are the outermost packages and modules. A folder without an `__init__` is a namespace, and its import always
    works. So the packages in it are imported instead. Private modules count only if there are no public ones. Type
    stubs never count.
    """
    paths = [PurePosixPath(file) for file in files]
    code = [
        path for path in paths if path.suffix in SUFFIXES and "__pycache__" not in path.parts and ".." not in path.parts
    ]
    packages = {path.parent for path in code if path.name.split(".")[0] == "__init__"}
    outermost = set()
    for path in code:
        inside = [folder for folder in path.parents if folder in packages]
        module = inside[-1] if inside else path.parent / path.name.split(".")[0]
        if all(part.isidentifier() for part in module.parts):
            outermost.add(".".join(module.parts))
    public = {name for name in outermost if not any(part.startswith("_") for part in name.split("."))}
    wanted = public or outermost
    return sorted(wanted - DEVELOPMENT_MODULES or wanted)


def import_error(module: str) -> str | None:
    """Import `module`. Return the error as a text, or None."""
    try:
        importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001  a module may well raise SystemExit
        return f"import {module}: {type(error).__name__}: {error}"
    return None
