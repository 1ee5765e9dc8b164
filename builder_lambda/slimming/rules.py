"""The rules that leave out a file because of its path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Rule = Literal["tests", "type stubs", "native sources", "spare metadata", "excluded"]
"""Why a file is left out; ``excluded`` stands for a pattern of the user."""

_TEST_FOLDERS = frozenset({"test", "tests"})
_STUB_SUFFIXES = (".pyi", "/py.typed")
_NATIVE_SUFFIXES = frozenset(
    "a c cc cpp cu cuh cxx f f90 h hh hpp hxx la m4 o pxd pxi pyx tp".split()  # noqa: SIM905 - a table of words
)
_SOURCE_FOLDERS = frozenset({"include", "includes", "src"})
_EXTENSION_MODULE = re.compile(r"(?P<name>[^/.]+)(?:\.[^/]*)?\.so\Z")
_SPARE_METADATA = frozenset({"INSTALLER", "REQUESTED", "WHEEL", "direct_url.json"})
"""Files that installers write for themselves (PEP 376, 427, 610).

RECORD stays. It is a thousandth of the unpacked size, and ``importlib.metadata`` reads it for ``files()``. For
distributions without a ``top_level.txt`` it reads it for ``packages_distributions()`` too, with which tracers and
plug-in loaders find the distribution of an import."""

_LICENCES = ("licen", "copying", "notice", "authors")


def is_protected(path: str) -> bool:
    """Return whether a file always stays: metadata that programs read, and licences."""
    folders, _, name = path.rpartition("/")
    if not folders.partition("/")[0].endswith(".dist-info"):
        return False
    return name in ("METADATA", "entry_points.txt") or "/licenses" in folders or name.lower().startswith(_LICENCES)


def test_folders(paths: Iterable[str]) -> frozenset[str]:
    """Return the folders named ``test`` or ``tests`` that hold test modules, at any depth.

    The name alone proves nothing: ``django/test`` is a part of Django, and dbt keeps macros in ``tests``.
    """
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if _is_test_module(parts[-1]):
            found.update("/".join(parts[: depth + 1]) for depth, part in enumerate(parts[:-1]) if part in _TEST_FOLDERS)
    return frozenset(found)


def module_folders(paths: Iterable[str]) -> frozenset[str]:
    """Return the folders with modules, and those with the stubs of an extension module (``_rust`` for ``_rust.so``).

    Stubs and native sources belong to modules. A tree without modules is data: the stubs of the standard library that
    type checkers read (jedi, mypy), or sources that compilers copy into their output (Cython, CMake, OpenCL).
    """
    found: set[str] = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        extension = _EXTENSION_MODULE.fullmatch(name)
        if extension:
            found |= {folder, f"{folder}/{extension['name']}" if folder else extension["name"]}
        elif name.endswith(".py"):
            found.add(folder)
    return frozenset(found)


def rule_for(path: str, tests: frozenset[str], modules: frozenset[str]) -> Rule | None:
    """Return the first rule that leaves out a file, or ``None``.

    :param tests: what :func:`test_folders` returned for all files.
    :param modules: what :func:`module_folders` returned for all files.
    """
    parts = path.split("/")
    if any("/".join(parts[: depth + 1]) in tests for depth, part in enumerate(parts[:-1]) if part in _TEST_FOLDERS):
        return "tests"
    in_metadata = len(parts) > 1 and parts[0].endswith(".dist-info")
    if in_metadata:
        return "spare metadata" if len(parts) == 2 and parts[1] in _SPARE_METADATA else None
    folder = path.rpartition("/")[0]
    if len(parts) > 1 and parts[0].endswith("-stubs"):
        return "type stubs"
    if path.endswith(_STUB_SUFFIXES) and folder in modules:
        return "type stubs"
    if is_native_source(path) and _is_of_package(path, modules):
        return "native sources"
    return None


def _is_of_package(path: str, modules: frozenset[str]) -> bool:
    """Return whether a file is beside modules, or in a folder of headers or sources beside modules."""
    *parts, _ = path.split("/")
    return (
        "/".join(parts) in modules
        or parts[:1] == ["include"]  # where installers put the headers of a wheel
        or any(part in _SOURCE_FOLDERS and "/".join(parts[:depth]) in modules for depth, part in enumerate(parts))
    )


def is_in_source_folder(path: str) -> bool:
    """Return whether a file is below a folder whose name stands for headers or sources."""
    return not _SOURCE_FOLDERS.isdisjoint(path.split("/")[:-1])


def is_native_source(path: str) -> bool:
    """Return whether a file is a source or header of extension modules."""
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return bool(stem and dot) and suffix.lower() in _NATIVE_SUFFIXES


def _is_test_module(name: str) -> bool:
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py")
