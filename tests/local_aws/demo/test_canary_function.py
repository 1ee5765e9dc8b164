"""Which modules a canary imports, by the files of a distribution."""

import pytest

from local_aws.demo.canary_function import import_error, modules_to_import


@pytest.mark.parametrize(
    ("files", "modules"),
    [
        (["requests/__init__.py", "requests/api.py", "requests-2.dist-info/RECORD"], ["requests"]),
        (["six.py", "six-1.dist-info/RECORD", "__pycache__/six.cpython-313.pyc"], ["six"]),
        (["yaml/__init__.py", "_yaml/__init__.py", "yaml/_yaml.cpython-313-x86_64-linux-gnu.so"], ["yaml"]),
        (["_cffi_backend.cpython-313-x86_64-linux-gnu.so", "cffi/__init__.py"], ["cffi"]),
        (["_only_private.abi3.so"], ["_only_private"]),
        (["requests-stubs/__init__.pyi", "types_requests-2.dist-info/RECORD"], []),
        (["google/cloud/storage/__init__.py", "google/cloud/storage/blob.py"], ["google.cloud.storage"]),
        (["compiled/__init__.pyc", "compiled/part.pyc"], ["compiled"]),
        (["useful/__init__.py", "tests/__init__.py"], ["useful"]),
        (["tests/__init__.py"], ["tests"]),
        (["../../bin/tool", "tool/__init__.py"], ["tool"]),
        (["numpy/__init__.py", "numpy.libs/libgfortran.so", "numpy/core/__init__.py"], ["numpy"]),
        (["distribution-1.data/data/x.py"], []),
    ],
)
def test_the_outermost_public_modules_are_imported(files: list[str], modules: list[str]) -> None:
    assert modules_to_import(files) == modules


def test_an_import_that_works_has_no_error() -> None:
    assert import_error("json") is None


def test_an_import_that_fails_is_told_with_its_exception() -> None:
    assert import_error("nothing_of_this_name") == (
        "import nothing_of_this_name: ModuleNotFoundError: No module named 'nothing_of_this_name'"
    )
