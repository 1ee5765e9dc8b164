"""Own modules: the same zip wherever they are read, and nothing in it that is not meant to be."""

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from builder_lambda import BuildRequest, ResolveRequest, Target, resolve
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.code.modules import pack_module, pack_modules
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.request import ModuleSource
from builder_lambda.distributions.module_entries import module_entries
from builder_lambda.errors.code import InvalidModules, ModuleMissing
from builder_lambda.pipeline.build import build
from tests.builder_lambda.fakes import MemoryArchives, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    (folder / "inner" / "__pycache__").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    files = {
        "__init__.py": "a = 1\n",
        "inner/data.json": "{}",
        "inner/run.sh": "#!/bin/sh\n",
        "inner/__pycache__/x.cpython-312.pyc": "stale",
        "old.pyc": "stale",
        ".DS_Store": "",
        ".hidden/x.py": "",
    }
    for path, text in files.items():
        (folder / path).write_text(text)
    (folder / "inner" / "run.sh").chmod(0o755)
    return folder


def test_a_folder_is_a_package_without_what_tools_leave_behind(package: Path) -> None:
    packed = pack_module(package)

    entries = module_entries(packed.source, packed.code.zipped())
    assert [(entry.path, entry.mode) for entry in entries] == [
        ("shared/__init__.py", 0o644),
        ("shared/inner/data.json", 0o644),
        ("shared/inner/run.sh", 0o755),
    ]
    assert entries[0].content() == b"a = 1\n"
    assert packed.source == ModuleSource(name="shared", sha256=packed.code.sha256)


def test_members_are_copied_as_the_client_deflated_them(tmp_path: Path) -> None:
    text = b"b = 2\n" * 100
    (tmp_path / "tool.py").write_bytes(text)
    packed = pack_module(tmp_path / "tool.py")
    stored = packed.code.zipped()

    (entry,) = module_entries(packed.source, stored)

    expected = ArchiveEntry.deflated("tool.py", text, owner="tool")
    assert (entry.method, bytes(entry.packed), entry.sha256) == (expected.method, expected.packed, expected.sha256)
    assert isinstance(entry.packed, memoryview)
    assert entry.packed.obj is stored


def test_a_file_is_a_module(tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text("b = 2\n")
    packed = pack_module(tmp_path / "tool.py")
    assert [entry.path for entry in module_entries(packed.source, packed.code.zipped())] == ["tool.py"]


def test_times_and_permissions_of_others_do_not_matter(package: Path) -> None:
    first = pack_module(package)
    os.utime(package / "__init__.py", (0, 0))
    (package / "__init__.py").chmod(0o600)
    assert pack_module(package) == first
    (package / "__init__.py").write_text("a = 2\n")
    assert pack_module(package).source.sha256 != first.source.sha256


def test_all_problems_are_told_at_once(package: Path, tmp_path: Path) -> None:
    (package / "link").symlink_to(tmp_path)
    for path, text in {"note.txt": "", "not-a-name.py": "", "tool.py": ""}.items():
        (tmp_path / path).write_text(text)
    (tmp_path / "empty").mkdir()
    paths = [package, *(tmp_path / name for name in ("note.txt", "not-a-name.py", "gone", "empty", "tool.py"))]
    with pytest.raises(InvalidModules) as caught:
        pack_modules([*paths, tmp_path / "tool.py"])

    assert str(caught.value) == (
        "invalid-modules: 7 own modules cannot be used\n"
        f"    {package}: shared/link is a link\n"
        f"    {tmp_path / 'note.txt'}: its name is not one that Python can import\n"
        f"    {tmp_path / 'note.txt'}: is neither a folder nor a .py file\n"
        f"    {tmp_path / 'not-a-name.py'}: its name is not one that Python can import\n"
        f"    {tmp_path / 'gone'}: is not there\n"
        f"    {tmp_path / 'empty'}: has no files\n"
        "    tool: is given twice\n"
        "  likely cause: the path is misspelt, or names something that Python cannot import\n"
        "  what to do: name a folder or a .py file whose name is an identifier, without links in it"
    )


@pytest.mark.parametrize("content", [None, b"", b"other"])
def test_content_that_is_not_the_named_one_is_refused(content: bytes | None, package: Path) -> None:
    with pytest.raises(ModuleMissing):
        module_entries(pack_module(package).source, content)


@pytest.mark.parametrize("path", ["../evil.py", "other/x.py", "shared/../../x.py", "shared//x.py", "/shared/x.py"])
def test_files_outside_of_the_module_are_refused(path: str) -> None:
    code = PackedCode.of([ArchiveEntry.of(path, b"", owner="shared")])
    with pytest.raises(InvalidModules, match="is not below its name"):
        module_entries(ModuleSource(name="shared", sha256=code.sha256), code.zipped())


def test_modules_are_built_compiled_and_reported_beside_the_packages(package: Path) -> None:
    packed = pack_module(package)
    store = MemoryArchives()
    store.others[packed.source.key] = packed.code.zipped()
    ports = memory_ports(make_wheel(), store=store)
    lock = resolve(ResolveRequest(requirements=("demo",), target=TARGET), ports).lock_sha256
    request = BuildRequest(name="x", target=TARGET, lock_sha256=lock, modules=(packed.source,))
    result = build(request, ports)

    with zipfile.ZipFile(io.BytesIO(store.archives[result.archive_key])) as read:
        names = read.namelist()
    assert "python/shared/inner/data.json" in names
    assert "python/shared/__pycache__/__init__.cpython-312.pyc" in names
    assert result.report.modules["shared"].files == 4
    assert list(result.packages) == ["demo"]
    without = build(replace(request, modules=(), options=BuildOptions(bytecode=False)), ports)
    assert without.report.modules == {}


@pytest.mark.parametrize("name", ["root", "home", "above"])
def test_a_folder_that_holds_more_than_a_module_is_refused_before_it_is_walked(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "project" / "here").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "project" / "here")
    monkeypatch.setattr("os.walk", None)
    monkeypatch.setattr("os.scandir", None)
    path = {"root": Path("/"), "home": tmp_path / "home", "above": Path("../..") / "project"}[name]
    with pytest.raises(InvalidModules, match=r"not a module|more than a module"):
        pack_module(path)
