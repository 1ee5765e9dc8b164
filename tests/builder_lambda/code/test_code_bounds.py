"""Folders of code that hold more than a function or a layer can have."""

from pathlib import Path

import pytest

from builder_lambda.code import folder as code_folder
from builder_lambda.code import modules
from builder_lambda.code.folder import pack_code
from builder_lambda.code.modules import pack_module
from builder_lambda.errors.code import InvalidCode, InvalidModules


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    for number in range(20):
        (package / f"m{number}.py").write_text("x = 1\n")
    return package


def test_code_folder_of_many_files_is_given_up(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_folder, "WALKED_ENTRIES", 19)

    with pytest.raises(InvalidCode, match="more than 19 files and folders"):
        pack_code(package)


def test_deeply_nested_code_folder_is_given_up(package: Path) -> None:
    deepest = package.joinpath(*["d"] * 110)
    deepest.mkdir(parents=True)
    (deepest / "m.py").touch()

    with pytest.raises(InvalidCode, match="more than 100 folders are in each other"):
        pack_code(package)


@pytest.mark.parametrize(
    ("bound", "most", "reason"),
    [
        ("WALKED_ENTRIES", 19, "holds more than 19 files and folders"),
        ("MAX_ENTRIES", 19, "has more than 19 files"),
        ("MAX_UNPACKED_BYTES", 119, "has more than 119 bytes"),
    ],
)
def test_module_that_is_too_large_is_given_up(
    bound: str, most: int, reason: str, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modules, bound, most)

    with pytest.raises(InvalidModules, match=reason):
        pack_module(package)

    monkeypatch.setattr(modules, bound, most + 1)
    assert pack_module(package).source.name == "package"
