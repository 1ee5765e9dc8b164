import importlib.util
import os
from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.archive.archive import Archive
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.hosts import entries
from builder_lambda.hosts.function_archive import deployed_modules
from components.hosts.build_container import BuildContainer, ContainerSettings, unpacked

TARGET = Target.parse("python3.13", "arm64")


def archive(folder: Path) -> Path:
    path = folder / "builder-1234.zip"
    entries = [
        ArchiveEntry.of("builder_lambda/__init__.py", b"", owner="builder"),
        ArchiveEntry.of("bin/uv", b"\x7fELF", owner="uv", mode=0o755),
    ]
    with path.open("wb") as stream:
        Archive.merge([entries], prefix="").write(stream)
    return path


def test_code_is_unpacked_once_with_executable_programs(tmp_path: Path) -> None:
    made = unpacked(archive(tmp_path), tmp_path / "code")
    assert sorted(path.name for path in made.rglob("*")) == ["__init__.py", "bin", "builder_lambda", "uv"]
    assert os.access(made / "bin" / "uv", os.X_OK)
    (made / "mark").touch()
    assert (unpacked(archive(tmp_path), tmp_path / "code") / "mark").exists()
    assert [path.name for path in (tmp_path / "code").iterdir()] == [made.name]


@pytest.mark.parametrize("module", entries.MODULES)
def test_every_entry_is_a_module_of_the_deployment_package(module: str) -> None:
    assert f"{module.removeprefix('builder_lambda.').replace('.', '/')}.py" in deployed_modules()
    assert importlib.util.find_spec(module) is not None


def test_an_image_is_named_by_runtime_and_architecture() -> None:
    assert ContainerSettings().image_for(TARGET) == "public.ecr.aws/sam/build-python3.13:latest-arm64"
    assert ContainerSettings(image="own/{runtime}:1").image_for(TARGET) == "own/python3.13:1"


def test_the_engine_is_looked_up_when_it_is_needed(tmp_path: Path) -> None:
    def find() -> None:
        raise AssertionError

    BuildContainer(ContainerSettings(), folder=tmp_path, code=lambda _: tmp_path, report=print, find_engine=find)  # type: ignore[arg-type] # never called
