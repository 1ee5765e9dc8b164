"""The handler of a canary: import every distribution that the layers at /opt bring. Runs in the function, on its own.

Only the standard library of the oldest supported runtime is used, and nothing of this repository.
"""

import importlib
import importlib.metadata
import os
import sys
from pathlib import PurePosixPath
from typing import Any

SUFFIXES = (".py", ".pyc", ".so")
BESIDE_THE_POINT = frozenset(
    {"test", "tests", "testing", "doc", "docs", "example", "examples", "benchmark", "benchmarks"}
)
"""Names that some distributions install at the top by mistake; they need what only their authors have."""


def handler(event: object, context: object) -> dict[str, Any]:  # noqa: ARG001  Lambda's signature
    """Answer what each distribution's import gave, by name."""
    places = [path for path in sys.path if _is_of_layers(path)]
    found = {}
    for distribution in importlib.metadata.distributions(path=places):
        name = distribution.metadata["Name"]
        files = distribution.files
        modules = modules_to_import([str(file) for file in files or ()])
        errors = [error for error in map(import_error, modules) if error]
        if files is None:
            errors.append("has no RECORD, so that nobody can tell what it installs")
        found[name] = {"version": distribution.version, "modules": modules, "error": "; ".join(errors) or None}
    return found


def _is_of_layers(path: str) -> bool:
    """Tell a folder of the layers from the function's own and the runtime's."""
    task = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
    layers = path.startswith("/opt/") or path in os.environ.get("PYTHONPATH", "").split(":")
    return layers and path != task and not path.startswith(sys.prefix)


def modules_to_import(files: list[str]) -> list[str]:
    """Return the modules whose import shows that a distribution works, from the paths in its RECORD.

    These are the outermost packages and modules. Folders without an `__init__` are namespaces, which always import, so
    the packages in them count instead. Private modules count where there are no public ones; stubs never.
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
    # Modules of a namespace tell no more than one of them does, and there may be hundreds.
    public = {name for name in outermost if not any(part.startswith("_") for part in name.split("."))}
    wanted = public or outermost
    return sorted(wanted - BESIDE_THE_POINT or wanted)


def import_error(module: str) -> str | None:
    """Import `module`; return what went wrong, if anything."""
    try:
        importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001  a module may well raise SystemExit
        return f"import {module}: {type(error).__name__}: {error}"
    return None
