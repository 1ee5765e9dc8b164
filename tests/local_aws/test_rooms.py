"""The rooms of `local_aws`: which package may import which, and that imports go in no circle."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.source_tree import ROOT

FOLDER = ROOT / "local_aws"
PRODUCT = {"builder_lambda", "components", "layer_cli", "layer_deployment"}
MAY_IMPORT = {
    "errors": set(),
    "make_venv": set(),
    "emulator": set(),
    "provider": set(),
    "language_host": set(),
    "environments": {"errors", "builder_lambda"},
    "processes": {"environments", "emulator", "errors"},
    "pulumi_engine": {"processes", "environments", "errors"},
    "demo": {"pulumi_engine", "processes", "environments"},
    "__main__": {"demo", "pulumi_engine", "processes", "environments", "errors"},
}
"""Room -> the rooms and product packages that it may import. A module at the root is a room of its own."""


def modules() -> dict[str, Path]:
    files = {file.relative_to(FOLDER.parent).with_suffix(""): file for file in FOLDER.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): file for name, file in files.items()}


def imported_names(file: Path) -> Iterator[str]:
    """Yield the dotted name of everything that a file imports, also inside functions and for types."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{name.name}" for name in names)


def room_of(name: str) -> str:
    parts = name.split(".")
    return parts[1] if parts[0] == "local_aws" else parts[0]


@pytest.mark.parametrize("module", sorted(set(modules()) - {"local_aws"}))
def test_a_room_imports_only_the_rooms_of_its_row(module: str) -> None:
    room = room_of(module)
    ours = [name for name in imported_names(modules()[module]) if name.split(".")[0] in {"local_aws", *PRODUCT}]

    assert {room_of(name) for name in ours} - {room} <= MAY_IMPORT[room]


def test_an_init_imports_nothing() -> None:
    assert not [file for file in FOLDER.rglob("__init__.py") if list(imported_names(file))]


def test_modules_import_each_other_in_no_circle() -> None:
    known = modules()
    graph = {
        module: {
            found
            for name in imported_names(file)
            for found in (name, name.rpartition(".")[0])
            if found in known and found not in {module, "local_aws"}
        }
        for module, file in known.items()
    }

    TopologicalSorter(graph).prepare()
