"""Check that function code has its handler. Reads the source and imports nothing.

Lambda splits the handler at its last dot and treats slashes as dots. It looks for the module in the root of the
deployment package, then in the layers.
Sources: awslambdaric, ``bootstrap.py``; AWS: "Define Lambda function handler in Python".
"""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.code.module_names import module_names
from builder_lambda.errors.code import InvalidHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionCode:
    """The code of a function, before it is built."""

    files: Mapping[str, bytes]
    """The files of the function code and of modules, by path in the deployment package."""

    python_version: str
    """``major.minor`` of the runtime."""

    has_more: bool
    """Whether dependencies or layers may add modules."""

    is_left_out: Callable[[str], bool]
    """Returns whether a path is in the code folder, but not in the deployment package."""


def check_handler(handler: str, code: FunctionCode) -> None:
    """Check that the code has the handler, as far as possible without running it.

    A module that is not in the code may come from a dependency or a layer, if there are any.

    :raises InvalidHandler: if the runtime would not find it. Suggests a similar name.
    """
    module, _, name = handler.replace("/", ".").rpartition(".")
    if not (name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise InvalidHandler(handler=handler, reason="it does not have the form <module>.<function>")
    stem = module.replace(".", "/")
    path = next((path for path in (f"{stem}/__init__.py", f"{stem}.py") if path in code.files), None)
    if path is None:
        if not (_is_native(stem, code) or (code.has_more and not _is_taken(stem, code))):
            raise InvalidHandler(handler=handler, reason=_no_module(stem, name, code))
        return
    try:
        found = module_names(code.files[path])
    except SyntaxError as error:
        if _is_newer_than_this_python(code.python_version):
            return  # the runtime may accept syntax that this interpreter does not
        raise InvalidHandler(
            handler=handler, reason=f"{path} is not Python: {error.msg} (line {error.lineno})"
        ) from error
    except ValueError as error:
        raise InvalidHandler(handler=handler, reason=f"{path} is not Python: {error}") from error
    if name not in found.names and not found.may_have_others:
        raise InvalidHandler(handler=handler, reason=_no_name(path, module, name, found.functions))


def _is_native(stem: str, code: FunctionCode) -> bool:
    return any(path.startswith(f"{stem}.") and path.endswith(".so") for path in code.files)


def _is_taken(stem: str, code: FunctionCode) -> bool:
    """Return whether a module or package of the code hides others with the handler's top-level name."""
    top = stem.partition("/")[0]
    return f"{top}.py" in code.files or f"{top}/__init__.py" in code.files


def _no_module(stem: str, name: str, code: FunctionCode) -> str:
    left_out = next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if code.is_left_out(path)), None)
    if left_out is not None:
        return f"{left_out} is left out of the code, by a pattern, a .gitignore or its name"
    modules = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in sorted(code.files)
        if path.endswith(".py") and path != "__init__.py"
    ]
    near = difflib.get_close_matches(stem.replace("/", "."), modules, n=1)
    # A handler that is relative to another folder ends in the right module name.
    near = near or [module for module in modules if module.split(".")[-1] == stem.split("/")[-1]][:1]
    hint = f"did you mean {near[0]}.{name}?" if near else _some("modules", modules)
    return f"the code has no {stem}.py; {hint}"


def _no_name(path: str, module: str, name: str, functions: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, functions, n=1)
    hint = f"did you mean {module}.{near[0]}?" if near else _some("functions", functions)
    return f"{path} binds no {name} at its top level; {hint}"


def _some(what: str, names: tuple[str, ...] | list[str]) -> str:
    if not names:
        return f"it has no {what}"
    more = ", ..." if len(names) > _SHOWN else ""
    return f"its {what} are {', '.join(names[:_SHOWN])}{more}"


def _is_newer_than_this_python(python_version: str) -> bool:
    return tuple(int(part) for part in python_version.split(".")) > sys.version_info[:2]
