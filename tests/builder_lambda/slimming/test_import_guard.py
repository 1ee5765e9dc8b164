"""Every form of an import is seen, on any host the same, and nothing is asked of files that cannot import."""

import ast
from pathlib import Path

import pytest

from builder_lambda.slimming.import_guard import ImportGuard, module_name
from tests.builder_lambda.layer_files import download

LEFT_OUT = ("pkg/tests/__init__.py", "pkg/tests/data.py", "pkg/tests/_fast.cpython-313-x86_64-linux-gnu.so")
KEPT = ("pkg/__init__.py", "pkg/core.py", "pkg/sub/__init__.py", "pkg/sub/deep.py", "other.py")


def needed(path: str, source: str) -> list[str]:
    return ImportGuard([*KEPT, path], LEFT_OUT).needed_by(path, source.encode())


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("other.py", "import pkg.tests.data"),
        ("other.py", "import os, pkg . tests.data as data, sys"),
        ("other.py", "from pkg.tests import data"),
        ("other.py", "from pkg. tests import data as d  # noqa (really)"),
        ("other.py", "from pkg.tests.data import *"),
        ("other.py", "from pkg.tests import (  # (why\n    other,  # data)\n    data,\n)"),
        ("other.py", "from pkg.tests \\\n    import data"),
        ("other.py", "from pkg.tests import \\\r\n    data"),
        ("other.py", "if True: from pkg.tests import data"),
        ("other.py", "x = 1; import pkg.tests.data; y = 2"),
        ("other.py", "def f():\n\tfrom pkg.tests import data\n"),
        ("other.py", "try:\r\n    import pkg.tests.data\r\nexcept ImportError: pass\r\n"),
        ("other.py", "type Alias[T] = list[T]\nimport pkg.tests.data\n"),  # grammar of 3.12, read on 3.11 as well
        ("other.py", "print 'Python 2'\nimport pkg.tests.data\n"),
        ("other.py", "from importlib import import_module\nimport_module('pkg.tests.data')"),
        ("other.py", 'importlib.import_module(\n    name="pkg.tests.data"\n)'),
        ("other.py", "__import__('pkg.tests.data')"),
        ("pkg/core.py", "from .tests import data"),
        ("pkg/core.py", "from.tests import data"),
        ("pkg/core.py", "from .tests.data import (value)"),
        ("pkg/core.py", "import_module('.tests.data', __package__)"),
        ("pkg/sub/deep.py", "from ..tests import data"),
        ("pkg/sub/deep.py", "from . . tests import data"),
        (
            "demo-1.0.dist-info/entry_points.txt",
            "[console_scripts]\nother = other:main\nrun = pkg.tests.data:main [x]\n",
        ),
    ],
)
def test_an_import_needs_the_module_and_its_packages(path: str, source: str) -> None:
    assert needed(path, source) == ["pkg/tests/__init__.py", "pkg/tests/data.py"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("pkg/core.py", "from . import tests"),
        ("pkg/core.py", "from . import core, tests as t"),
        ("other.py", "from pkg import tests"),
        ("pkg/__init__.py", "__all__ = ['core', 'tests']"),
        ("pkg/__init__.py", 'lazy_loader.attach(__name__, submodules={"tests"})'),
    ],
)
def test_an_import_of_a_package_needs_the_package_only(path: str, source: str) -> None:
    assert needed(path, source) == ["pkg/tests/__init__.py"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("other.py", "import tests"),  # another one
        ("other.py", "from . import tests"),  # beyond the top
        ("other.py", "# import pkg.tests.data"),
        ("other.py", "important = 'pkg.tests.data'"),
        ("other.py", "from pkg import core  # not tests"),
        ("pkg/core.py", "from .sub import tests"),
        ("pkg/core.py", "__all__ = ['tests']"),
        ("other.py", "from pkg import contests, tests_of"),
        ("other.py", ""),
    ],
)
def test_text_that_is_not_an_import_needs_nothing(path: str, source: str) -> None:
    assert needed(path, source) == []


def test_an_extension_module_is_a_module() -> None:
    assert needed("other.py", "from pkg.tests._fast import add") == [
        "pkg/tests/__init__.py",
        "pkg/tests/_fast.cpython-313-x86_64-linux-gnu.so",
    ]


def test_neighbours_among_what_is_left_out_are_seen_without_the_name_of_their_folder() -> None:
    assert needed("pkg/tests/data.py", "from ._fast import add") == [
        "pkg/tests/__init__.py",
        "pkg/tests/_fast.cpython-313-x86_64-linux-gnu.so",
    ]


def test_a_single_module_among_kept_ones_is_seen() -> None:
    guard = ImportGuard(["pkg/__init__.py", "pkg/core.py"], ["pkg/heavy.py"])

    assert guard.needed_by("pkg/core.py", b"from . import heavy") == ["pkg/heavy.py"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a"),
        ("a/b/__init__.py", "a.b"),
        ("a/_x.abi3.so", "a._x"),
        ("a/x.so", "a.x"),
        ("a/x.pyi", None),
        ("a/my-script.py", None),
        ("a-1.0.dist-info/x.py", None),
        ("__init__.py", None),
        ("a/libz.so.1", None),
    ],
)
def test_modules_are_recognised_by_their_paths(path: str, name: str | None) -> None:
    assert module_name(path) == name


@pytest.mark.index
@pytest.mark.parametrize(
    "requirement",
    [
        "boto3",
        "psycopg2-binary",
        pytest.param("pandas", marks=pytest.mark.wide),  # half a minute each, most of it in the syntax trees
        pytest.param("scikit-learn", marks=pytest.mark.wide),
    ],
)
def test_no_import_that_a_syntax_tree_has_is_missed_in_real_packages(tmp_path: Path, requirement: str) -> None:
    files = download(tmp_path, requirement)
    modules = {path: name for path in files.contents if (name := module_name(path))}
    # All of it left out, so that every import of the layer's own modules is one that must be seen.
    guard = ImportGuard((), modules.keys())
    missed = []
    for path, content in files.contents.items():
        if not path.endswith(".py"):
            continue
        try:
            tree = ast.parse(content)
        except SyntaxError:
            continue
        imported = imported_by(tree, path)
        wanted = {other for other, name in modules.items() if name in imported and other != path}
        if wanted - set(guard.needed_by(path, content)):
            missed.append(path)

    assert not missed


def imported_by(tree: ast.Module, path: str) -> set[str]:
    package = path.split("/")[:-1]
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level <= len(package):
            base = ".".join(
                [*(package[: len(package) - node.level + 1] if node.level else ()), *filter(None, [node.module])]
            )
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return names
