"""A plan leaves out what no function needs, puts back what code that stays needs, and names both."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.report import NeededFileReport
from builder_lambda.errors.options import InvalidSlimPattern
from builder_lambda.slimming.plan import LeftOutFile, SlimPlan, plan_slimming, rules_of
from tests.builder_lambda.layer_files import LayerFiles, download, unpack

SAFE = BuildOptions(slim="safe")
LAYERS: list[dict[str, str]] = tomllib.loads((Path(__file__).parents[2] / "cases/slimming/rules.toml").read_text())[
    "layer"
]


def slim(files: LayerFiles | dict[str, str], options: BuildOptions = SAFE) -> SlimPlan:
    given = files if isinstance(files, LayerFiles) else LayerFiles(files)
    return plan_slimming(given.sizes, given.source_of, options)


def paths_of(plan: SlimPlan) -> set[str]:
    return {file.path for file in plan.left_out}


def test_the_default_leaves_everything_in_and_reads_nothing() -> None:
    files = LayerFiles({"pkg/tests/test_a.py": "", "pkg/a.pyi": "", "pkg-1.dist-info/RECORD": ""})

    assert slim(files, BuildOptions()) == SlimPlan(left_out=(), put_back=(), missing=())
    assert files.read == []


@pytest.mark.parametrize("layer", LAYERS, ids=[layer["about"] for layer in LAYERS])
def test_each_file_of_the_table_falls_under_its_rule(layer: dict[str, str]) -> None:
    expected = {path: rule for path, rule in layer.items() if path != "about"}

    rules = rules_of(expected, SAFE)

    assert {path: rules.get(path, "stays") for path in expected} == expected


def test_a_file_that_is_left_out_is_reported_with_its_rule_and_size() -> None:
    plan = slim({"pkg/__init__.py": "", "pkg/core.pyx": "1", "pkg/core.pyi": "333"})

    assert plan.left_out == (
        LeftOutFile(path="pkg/core.pyi", rule="type stubs", size=3),
        LeftOutFile(path="pkg/core.pyx", rule="native sources", size=1),
    )


def test_tests_that_kept_code_imports_come_back_with_their_own_imports() -> None:
    plan = slim(
        {
            "pkg/__init__.py": "",
            "pkg/testing.py": "def check():\n    from pkg.tests.support import helper\n",
            "pkg/tests/__init__.py": "",
            "pkg/tests/support.py": "from .deeper import base\n",
            "pkg/tests/deeper/__init__.py": "from . import base\n",
            "pkg/tests/deeper/base.py": "",
            "pkg/tests/deeper/test_base.py": "from .. import support\n",
            "pkg/tests/test_all.py": "",
        }
    )

    assert paths_of(plan) == {"pkg/tests/deeper/test_base.py", "pkg/tests/test_all.py"}
    assert plan.put_back == (
        NeededFileReport(path="pkg/tests/__init__.py", rule="tests", needed_by="pkg/testing.py"),
        NeededFileReport(path="pkg/tests/deeper/__init__.py", rule="tests", needed_by="pkg/tests/support.py"),
        NeededFileReport(path="pkg/tests/deeper/base.py", rule="tests", needed_by="pkg/tests/support.py"),
        NeededFileReport(path="pkg/tests/support.py", rule="tests", needed_by="pkg/testing.py"),
    )


def test_a_test_that_another_distribution_imports_comes_back() -> None:
    plan = slim({"one/tests/__init__.py": "", "one/tests/test_a.py": "", "two.py": "import one.tests.test_a"})

    assert plan.left_out == ()


def test_a_test_that_an_entry_point_names_comes_back() -> None:
    plan = slim({"pkg/tests/test_a.py": "", "pkg-1.dist-info/entry_points.txt": "[x]\na = pkg.tests.test_a:main\n"})

    assert [file.path for file in plan.put_back] == ["pkg/tests/test_a.py"]


def test_stubs_that_are_read_at_run_time_come_back() -> None:
    plan = slim(
        {
            "skimage/__init__.py": "import lazy_loader\n__getattr__, _, _ = lazy_loader.attach_stub(__name__)",
            "skimage/__init__.pyi": "from . import io",
            "skimage/io.py": "",
            "skimage/io.pyi": "",
        }
    )

    assert plan.put_back == (
        NeededFileReport(path="skimage/__init__.pyi", rule="type stubs", needed_by="skimage/__init__.py"),
    )
    assert paths_of(plan) == {"skimage/io.pyi"}


def test_a_header_that_code_of_its_package_names_comes_back() -> None:
    plan = slim(
        {
            "pkg/ffi.py": "ffi.cdef((HERE / 'include/api.h').read_text())",
            "pkg/include/api.h": "",
            "pkg/include/other.h": "",
            "another/__init__.py": "",
            "another/api.h": "",
        }
    )

    assert plan.put_back == (NeededFileReport(path="pkg/include/api.h", rule="native sources", needed_by="pkg/ffi.py"),)
    assert paths_of(plan) == {"pkg/include/other.h", "another/api.h"}


def test_sources_beside_one_that_code_reads_come_back_with_it() -> None:
    plan = slim(
        {
            "Cython/Utility/__init__.py": "def load(name='Buffer.c'): return open(name or f'{computed}.c')",
            "Cython/Utility/Buffer.c": "",
            "Cython/Utility/Overflow.c": "",
            "Cython/Compiler/__init__.py": "",
            "Cython/Compiler/Code.pxd": "",
        }
    )

    assert [file.path for file in plan.put_back] == ["Cython/Utility/Buffer.c", "Cython/Utility/Overflow.c"]
    assert paths_of(plan) == {"Cython/Compiler/Code.pxd"}


def test_an_included_file_stays_even_if_it_is_excluded_too() -> None:
    files = {"pkg/tests/test_a.py": "", "pkg/tests/fixtures/a.json": "", "pkg/a.txt": ""}
    options = BuildOptions(slim="safe", include=("pkg/tests/fixtures/", "a.txt"), exclude=("*.txt",))

    assert paths_of(slim(files, options)) == {"pkg/tests/test_a.py"}


def test_an_included_module_keeps_its_packages() -> None:
    files = {"pkg/tests/__init__.py": "", "pkg/tests/helper.py": "", "pkg/tests/test_a.py": ""}

    plan = slim(files, BuildOptions(slim="safe", include=("helper.py",)))

    assert paths_of(plan) == {"pkg/tests/test_a.py"}
    assert [(file.path, file.needed_by) for file in plan.put_back] == [("pkg/tests/__init__.py", "pkg/tests/helper.py")]


def test_an_excluded_file_is_left_out_even_without_a_profile() -> None:
    files = {"botocore/data/s3/a.json": "1", "botocore/data/ec2/a.json": "22", "botocore/data/sdk.json": ""}
    options = BuildOptions(exclude=("botocore/data/*/", "!botocore/data/s3/"))

    assert slim(files, options).left_out == (LeftOutFile(path="botocore/data/ec2/a.json", rule="excluded", size=2),)


def test_metadata_and_licences_stay_even_if_the_user_excludes_them() -> None:
    files = {"a-1.dist-info/METADATA": "", "a-1.dist-info/licenses/LICENSE": "", "a-1.dist-info/extra.json": ""}

    assert paths_of(slim(files, BuildOptions(exclude=("*.dist-info",)))) == {"a-1.dist-info/extra.json"}


def test_an_excluded_module_that_kept_code_imports_is_reported_and_stays_out() -> None:
    plan = slim(
        {
            "pkg/__init__.py": "",
            "pkg/core.py": "from . import plotting",
            "pkg/plotting.py": "from . import x",
            "pkg/x.py": "",
        },
        BuildOptions(exclude=("pkg/plotting.py", "pkg/x.py")),
    )

    assert paths_of(plan) == {"pkg/plotting.py", "pkg/x.py"}
    assert plan.missing == (NeededFileReport(path="pkg/plotting.py", rule="excluded", needed_by="pkg/core.py"),)


def test_each_file_is_read_once_at_most() -> None:
    files = LayerFiles(
        {f"pkg/{name}.py": "import pkg.tests.test_a" for name in "abc"} | {"pkg/tests/test_a.py": "import pkg.a"}
    )

    slim(files)

    assert sorted(files.read) == ["pkg/a.py", "pkg/b.py", "pkg/c.py", "pkg/tests/test_a.py"]


def test_the_order_of_files_does_not_matter() -> None:
    contents = {f"pkg/{name}.py": "import pkg.tests.test_a" for name in "cab"} | {"pkg/tests/test_a.py": ""}

    assert slim(contents) == slim(dict(sorted(contents.items())))


def test_a_pattern_that_cannot_be_read_is_named() -> None:
    with pytest.raises(InvalidSlimPattern) as caught:
        slim({}, BuildOptions(exclude=("fine", "!")))

    assert str(caught.value) == (
        "invalid-slim-pattern: '!' is not a pattern of files\n"
        "  likely cause: a spelling error; the patterns are those of .gitignore\n"
        "  what to do: correct the pattern, for instance 'botocore/data/ec2/' for a folder "
        "or '*.txt' for files of any folder"
    )


@pytest.mark.index
@pytest.mark.parametrize(
    ("requirement", "program"),
    [
        ("pandas", "import pandas; print(pandas.DataFrame({'a': [1, 2]}).a.sum())"),
        ("boto3", "import boto3; print(boto3.client('s3', region_name='eu-west-1').meta.service_model.service_name)"),
        ("scikit-learn", "from sklearn.linear_model import LinearRegression as L; print(L().fit([[1]], [1]).coef_)"),
        ("scikit-image", "import skimage, importlib\nfor n in skimage.__all__: getattr(skimage, n)"),
        ("jedi", "import jedi; assert jedi.Script('x = sorted([1])\\nx').infer(2, 1)[0].full_name == 'builtins.list'"),
        ("cython", "import Cython.Compiler.Main as M; assert not M.compile('a.py', language_level=3).num_errors"),
        ("cryptography", "from cryptography.fernet import Fernet; Fernet(Fernet.generate_key())"),
    ],
)
def test_slimmed_packages_work(tmp_path: Path, requirement: str, program: str) -> None:
    files = download(tmp_path / "wheels", requirement)
    plan = slim(files)
    unpack(
        {path: content for path, content in files.contents.items() if path not in paths_of(plan)}, tmp_path / "layer"
    )

    (tmp_path / "a.py").write_text("def increased(number):\n    return number + 1\n")

    subprocess.run(
        [sys.executable, "-S", "-B", "-c", program],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "layer")},
    )

    assert plan.left_out
