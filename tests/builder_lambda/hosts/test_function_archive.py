import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from builder_lambda import ARCHITECTURES, Ports, Target, read_requirements
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.options import UnsupportedTarget
from builder_lambda.hosts import function_archive
from builder_lambda.hosts.function_archive import build_function_archive, deployed_modules
from builder_lambda.hosts.local_ports import local_ports
from tests.builder_lambda.fakes import memory_ports
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.12", "x86_64")
PINS = Path(function_archive.__file__).parent.parent / "requirements.txt"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose handler needs one of two other modules, with its other entries and its pins."""
    folder = tmp_path / "source"
    folder.mkdir()
    wheel = make_wheel()
    files = {
        "__init__.py": "",
        "hosts/__init__.py": "",
        "hosts/handler.py": (
            "from typing import TYPE_CHECKING\n\n\ndef handler():\n    from builder_lambda.pipeline.build import x\n"
            "if TYPE_CHECKING:\n    from builder_lambda.hosts.function_archive import y\n"
        ),
        "hosts/source_handler.py": "",
        "hosts/container_entry.py": "",
        "hosts/codebuild_entry.py": "",
        "hosts/function_archive.py": "y = 1\n",
        "pipeline/__init__.py": "",
        "pipeline/build.py": "x = 1\n",
        "requirements.txt": f"demo==1.0 --hash=sha256:{wheel.sha256}\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setattr(function_archive, "_SOURCE", folder)
    return folder


def ports_of(*wheels: MadeWheel) -> Ports:
    return memory_ports(*wheels)


def test_archive_holds_what_the_handler_reaches_and_its_requirements(source: Path, tmp_path: Path) -> None:
    archive = build_function_archive(TARGET, tmp_path / "cache", ports_of(make_wheel()))

    with zipfile.ZipFile(archive.path) as read:
        assert read.namelist() == [
            "builder_lambda/__init__.py",
            "builder_lambda/hosts/__init__.py",
            "builder_lambda/hosts/codebuild_entry.py",
            "builder_lambda/hosts/container_entry.py",
            "builder_lambda/hosts/handler.py",
            "builder_lambda/hosts/source_handler.py",
            "builder_lambda/pipeline/__init__.py",
            "builder_lambda/pipeline/build.py",
            "demo-1.0.dist-info/INSTALLER",
            "demo-1.0.dist-info/METADATA",
            "demo-1.0.dist-info/RECORD",
            "demo-1.0.dist-info/WHEEL",
            "demo/__init__.py",
        ]


def test_archive_is_made_once_and_anew_when_the_source_changes(source: Path, tmp_path: Path) -> None:
    first = build_function_archive(TARGET, tmp_path / "cache", ports_of(make_wheel()))
    nothing_to_ask = ports_of()
    assert build_function_archive(TARGET, tmp_path / "cache", nothing_to_ask) == first
    (source / "hosts" / "function_archive.py").write_text("y = 2\n")
    assert build_function_archive(TARGET, tmp_path / "cache", nothing_to_ask) == first, "it is not in the archive"

    (source / "pipeline" / "build.py").write_text("x = 2\n")
    second = build_function_archive(TARGET, tmp_path / "cache", ports_of(make_wheel()))

    assert second.path != first.path
    assert second.sha256 != first.sha256


def test_archive_is_the_same_in_another_folder(source: Path, tmp_path: Path) -> None:
    archives = [build_function_archive(TARGET, tmp_path / name, ports_of(make_wheel())) for name in ("a", "b")]
    assert archives[0].sha256 == archives[1].sha256
    assert archives[0].path.name == archives[1].path.name


def test_wheel_that_is_not_the_pinned_one_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="wheel-hash-mismatch"):
        build_function_archive(TARGET, tmp_path, ports_of(make_wheel(files={"demo.py": "evil"})))
    assert list(tmp_path.glob("*.zip")) == []


def test_requirement_that_is_not_pinned_is_our_bug(source: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"requirements\.txt of the builder lacks pins for \['more'\]"):
        build_function_archive(TARGET, tmp_path, ports_of(make_wheel(), make_wheel("more")))


@pytest.mark.parametrize("runtime", ["python3.9", "python3.10"])
def test_builder_does_not_run_on_pythons_that_its_code_is_too_new_for(runtime: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedTarget) as caught:
        build_function_archive(Target.parse(runtime, "arm64"), tmp_path)
    assert "a builder of any runtime builds layers for all runtimes" in str(caught.value)


def test_modules_that_only_other_machines_need_are_not_deployed() -> None:
    modules = set(deployed_modules())
    assert {"__init__.py", "hosts/__init__.py", "hosts/handler.py", "pipeline/new_build.py"} <= modules
    assert {"stores/s3.py", "resolvers/uv.py", "slimming/elf.py"} <= modules
    assert {"bytecode/compiler.py", "bytecode/bytecode_worker.py"} <= modules, "the worker is run, not imported"
    assert {"hosts/source_handler.py", "sdists/zig.py"} <= modules, "both functions have one archive"
    assert (
        not {"hosts/function_archive.py", "hosts/local_ports.py", "code/modules.py", "inspection/reading.py"} & modules
    )


def test_pins_are_exact_have_hashes_and_name_no_index() -> None:
    pins = read_requirements(PINS)
    assert pins.requirements
    assert all("==" in each.text and each.sha256s for each in pins.requirements)
    assert "http" not in PINS.read_text()


@pytest.mark.index
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("runtime", ["python3.11", "python3.12", "python3.13", "python3.14"])
def test_pins_are_complete_for_every_target(
    runtime: str, architecture: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "function"
    archive = build_function_archive(Target.parse(runtime, architecture), folder, local_ports(folder))
    with zipfile.ZipFile(archive.path) as read:
        assert {
            "bin/uv",
            "urllib3/__init__.py",
            "deflate/__init__.py",
            "pathspec/__init__.py",
            "build/__init__.py",
            "pyproject_hooks/__init__.py",
            "elftools/__init__.py",
            "builder_lambda/hosts/handler.py",
        } <= set(read.namelist())


@pytest.mark.index
def test_handler_runs_from_its_own_archive_without_this_checkout(tmp_path: Path) -> None:
    """Unpack it for the running Python, as Lambda would, and resolve with what is in it."""
    target = Target.parse(f"python{sys.version_info[0]}.{sys.version_info[1]}", "x86_64")  # boto3 is the runtime's
    archive = build_function_archive(target, tmp_path, local_ports(tmp_path))
    task = tmp_path / "task"
    subprocess.run(["unzip", "-q", archive.path, "-d", task], check=True)
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "import builder_lambda.hosts.handler, builder_lambda.hosts.index_opener, uv\n"
        "from builder_lambda import Target, parse_requirements\n"
        "from builder_lambda.ports.version_query import VersionQuery\n"
        "from builder_lambda.resolvers.uv import UvResolver\n"
        "from builder_lambda.indexes.settings import IndexSettings\n"
        "import os, pathlib\n"
        "assert uv.find_uv_bin() == str(pathlib.Path('bin/uv').resolve()), uv.find_uv_bin()\n"
        "resolver = UvResolver(settings=IndexSettings.of(os.environ), cache=pathlib.Path('../uv-cache').resolve())\n"
        f"target = Target.parse({target.runtime!r}, 'arm64')\n"
        "lock = resolver.resolve(VersionQuery(requirements=parse_requirements(['idna']), target=target))\n"
        "print([package.name for package in lock.packages])\n"
    )
    # -I -S: neither this checkout nor the packages of this environment
    interpreter = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    run = subprocess.run(
        [interpreter, "-I", "-S", "-c", program], cwd=task, capture_output=True, text=True, check=False
    )

    assert run.stdout == "['idna']\n", run.stderr
