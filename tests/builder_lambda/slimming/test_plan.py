"""Slimming takes what no function needs, puts back what code that stays needs, and says both."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder_lambda.errors.options import InvalidSlimPattern
from builder_lambda.slimming.plan import LeftOutFile, NeededFile, SlimOptions, SlimPlan, plan_slimming
from tests.builder_lambda.layer_files import LayerFiles, download, unpack

SAFE = SlimOptions(profile="safe")


def slim(files: LayerFiles | dict[str, str], options: SlimOptions = SAFE) -> SlimPlan:
    given = files if isinstance(files, LayerFiles) else LayerFiles(files)
    return plan_slimming(given.sizes, given.source_of, options)


def test_the_default_leaves_everything_in_and_reads_nothing() -> None:
    files = LayerFiles({"pkg/tests/test_a.py": "", "pkg/a.pyi": "", "pkg-1.dist-info/RECORD": ""})

    assert slim(files, SlimOptions()) == SlimPlan(left_out=(), put_back=(), missing=())
    assert files.read == []


def test_each_rule_says_what_it_took() -> None:
    plan = slim(
        {
            "pkg/__init__.py": "",
            "pkg/core.pyx": "1",
            "pkg/include/api.H": "22",
            "pkg/core.pyi": "333",
            "pkg/py.typed": "",
            "pkg/test/test_core.py": "4444",
            "pkg/test/data/a.csv": "55555",
            "pkg-1.0.dist-info/WHEEL": "666666",
            "pkg-1.0.dist-info/RECORD": "1",
            "pkg-stubs/__init__.py": "7777777",
        }
    )

    assert plan.left_out == (
        LeftOutFile(path="pkg-1.0.dist-info/WHEEL", rule="spare metadata", size=6),
        LeftOutFile(path="pkg-stubs/__init__.py", rule="type stubs", size=7),
        LeftOutFile(path="pkg/core.pyi", rule="type stubs", size=3),
        LeftOutFile(path="pkg/core.pyx", rule="native sources", size=1),
        LeftOutFile(path="pkg/include/api.H", rule="native sources", size=2),
        LeftOutFile(path="pkg/py.typed", rule="type stubs", size=0),
        LeftOutFile(path="pkg/test/data/a.csv", rule="tests", size=5),
        LeftOutFile(path="pkg/test/test_core.py", rule="tests", size=4),
    )
    assert plan.size_by_rule == {"type stubs": 10, "tests": 9, "spare metadata": 6, "native sources": 3}
    assert "pkg/core.pyi" in plan.paths
    assert "pkg/__init__.py" not in plan.paths


@pytest.mark.parametrize(
    "path",
    [
        "botocore/docs/__init__.py",
        "pkg/examples/demo.py",
        "numpy/testing/__init__.py",
        "numpy/testing/test_like.py",
        "django/test/client.py",
        "dbt/include/tests/generic/builtin.sql",
        "tests",
        "test_module.py",
        "pkg-1.0.dist-info/METADATA",
        "pkg-1.0.dist-info/entry_points.txt",
        "pkg-1.0.dist-info/top_level.txt",
        "pkg-1.0.dist-info/LICENSE.txt",
        "pkg-1.0.dist-info/licenses/tests/COPYING.c",
        "pkg/WHEEL",
        "pkg/.h",
        "pkg/c",
    ],
)
def test_what_may_be_needed_stays(path: str) -> None:
    assert slim({path: ""}).left_out == ()


def test_tests_that_kept_code_imports_come_back_with_all_that_they_import() -> None:
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

    assert plan.paths == {"pkg/tests/deeper/test_base.py", "pkg/tests/test_all.py"}
    assert plan.put_back == (
        NeededFile(path="pkg/tests/__init__.py", rule="tests", needed_by="pkg/testing.py"),
        NeededFile(path="pkg/tests/deeper/__init__.py", rule="tests", needed_by="pkg/tests/support.py"),
        NeededFile(path="pkg/tests/deeper/base.py", rule="tests", needed_by="pkg/tests/support.py"),
        NeededFile(path="pkg/tests/support.py", rule="tests", needed_by="pkg/testing.py"),
    )


def test_what_another_distribution_imports_comes_back() -> None:
    plan = slim({"one/tests/__init__.py": "", "one/tests/test_a.py": "", "two.py": "import one.tests.test_a"})

    assert plan.left_out == ()


def test_what_an_entry_point_names_comes_back() -> None:
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
        NeededFile(path="skimage/__init__.pyi", rule="type stubs", needed_by="skimage/__init__.py"),
    )
    assert plan.paths == {"skimage/io.pyi"}


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

    assert plan.put_back == (NeededFile(path="pkg/include/api.h", rule="native sources", needed_by="pkg/ffi.py"),)
    assert plan.paths == {"pkg/include/other.h", "another/api.h"}


@pytest.mark.parametrize(
    "files",
    [
        # jedi and mypy have the stubs of the standard library, by which they know its types
        {"jedi/__init__.py": "", "jedi/third_party/typeshed/stdlib/builtins.pyi": ""},
        # what compilers read: OpenCL, CMake, Cython
        {"pyopencl/__init__.py": "", "pyopencl/cl/complex.h": ""},
        {"cmake/__init__.py": "", "cmake/data/share/Modules/CMakeCCompilerABI.c": ""},
        {"Cython/Shadow.py": "", "Cython/Includes/libc/math.pxd": ""},
        {"go/pkg/include/textflag.h": ""},
    ],
)
def test_stubs_and_sources_without_modules_are_data(files: dict[str, str]) -> None:
    assert slim(files).left_out == ()


@pytest.mark.parametrize(
    "path",
    [
        "pkg/_rust/x509.pyi",
        "pkg/_rust/__init__.pyi",
        "pkg/space/inner/module.pyi",
        "pkg/include/deeper/api.h",
        "pkg/space/src/api.c",
        "include/greenlet/greenlet.h",
    ],
)
def test_stubs_and_sources_of_a_package_go(path: str) -> None:
    modules = {"pkg/__init__.py": "", "pkg/_rust.abi3.so": "", "pkg/space/inner/module.py": "", "pkg/space/a.py": ""}
    assert slim({**modules, path: ""}).paths == {path}


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
    assert plan.paths == {"Cython/Compiler/Code.pxd"}


def test_native_sources_stay_on_demand() -> None:
    files = {"pkg/__init__.py": "", "pkg/api.h": "", "pkg/api.pyi": ""}

    assert slim(files, SlimOptions(profile="safe", keep_native_sources=True)).paths == {"pkg/api.pyi"}


def test_what_the_user_includes_stays_whatever_else_is_said() -> None:
    files = {"pkg/tests/test_a.py": "", "pkg/tests/fixtures/a.json": "", "pkg/a.txt": ""}
    options = SlimOptions(profile="safe", include=("pkg/tests/fixtures/", "a.txt"), exclude=("*.txt",))

    assert slim(files, options).paths == {"pkg/tests/test_a.py"}


def test_a_module_that_the_user_includes_keeps_the_packages_around_it() -> None:
    files = {"pkg/tests/__init__.py": "", "pkg/tests/helper.py": "", "pkg/tests/test_a.py": ""}

    plan = slim(files, SlimOptions(profile="safe", include=("helper.py",)))

    assert plan.paths == {"pkg/tests/test_a.py"}
    assert [(file.path, file.needed_by) for file in plan.put_back] == [("pkg/tests/__init__.py", "pkg/tests/helper.py")]


def test_what_the_user_excludes_goes_even_without_a_profile() -> None:
    files = {"botocore/data/s3/a.json": "1", "botocore/data/ec2/a.json": "22", "botocore/data/sdk.json": ""}
    options = SlimOptions(exclude=("botocore/data/*/", "!botocore/data/s3/"))

    assert slim(files, options).left_out == (LeftOutFile(path="botocore/data/ec2/a.json", rule="excluded", size=2),)


def test_metadata_and_licences_stay_even_if_the_user_excludes_them() -> None:
    files = {"a-1.dist-info/METADATA": "", "a-1.dist-info/licenses/LICENSE": "", "a-1.dist-info/extra.json": ""}

    assert slim(files, SlimOptions(exclude=("*.dist-info",))).paths == {"a-1.dist-info/extra.json"}


def test_an_excluded_module_that_kept_code_imports_is_reported_and_stays_out() -> None:
    plan = slim(
        {
            "pkg/__init__.py": "",
            "pkg/core.py": "from . import plotting",
            "pkg/plotting.py": "from . import x",
            "pkg/x.py": "",
        },
        SlimOptions(exclude=("pkg/plotting.py", "pkg/x.py")),
    )

    assert plan.paths == {"pkg/plotting.py", "pkg/x.py"}
    assert plan.missing == (NeededFile(path="pkg/plotting.py", rule="excluded", needed_by="pkg/core.py"),)


def test_each_file_is_read_once_at_most() -> None:
    files = LayerFiles(
        {f"pkg/{name}.py": "import pkg.tests.test_a" for name in "abc"} | {"pkg/tests/test_a.py": "import pkg.a"}
    )

    slim(files)

    assert sorted(files.read) == ["pkg/a.py", "pkg/b.py", "pkg/c.py", "pkg/tests/test_a.py"]


def test_the_order_of_files_does_not_matter() -> None:
    contents = {f"pkg/{name}.py": "import pkg.tests.test_a" for name in "cab"} | {"pkg/tests/test_a.py": ""}

    assert slim(contents) == slim(dict(sorted(contents.items())))


def test_libraries_are_stripped_by_the_small_profile_only() -> None:
    assert [SlimOptions(profile=profile).strips_libraries for profile in ("none", "safe", "small")] == [
        False,
        False,
        True,
    ]


def test_a_pattern_that_cannot_be_read_is_named() -> None:
    with pytest.raises(InvalidSlimPattern) as caught:
        slim({}, SlimOptions(exclude=("fine", "!")))

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
    unpack({path: content for path, content in files.contents.items() if path not in plan.paths}, tmp_path / "layer")

    (tmp_path / "a.py").write_text("def increased(number):\n    return number + 1\n")

    subprocess.run(
        [sys.executable, "-S", "-B", "-c", program],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "layer")},
    )

    assert plan.left_out
