"""Builds that need no index: the backend is in the sdist. Those with a compiler are in ``test_source_builds.py``."""

import errno
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.sdists import (
    InvalidSdist,
    SourceBuildNeedsDisk,
    SourceBuildNeedsInterpreter,
    SourceBuildsUnavailable,
    SourceBuildTimedOut,
)
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.ports.source_build import SourceBuildBroken
from builder_lambda.sdists import subprocess_builder, supervisor
from builder_lambda.sdists.subprocess_builder import SubprocessWheelBuilder
from builder_lambda.sdists.toolchains import NoToolchain, SystemToolchain, Toolchain
from tests.builder_lambda.sdist_factory import MadeSdist, make_sdist

HERE = Target.parse(f"python{sys.version_info[0]}.{sys.version_info[1]}", "x86_64")
TELL = "print('VARIABLES', json.dumps(dict(os.environ)))\nraise SystemExit(3)"


@pytest.fixture
def builder(tmp_path: Path) -> SubprocessWheelBuilder:
    settings = IndexSettings(environ={"AWS_SECRET_ACCESS_KEY": "secret", "PATH": os.environ["PATH"]})
    return SubprocessWheelBuilder(tmp_path / "builds", NoToolchain(), settings)


def built(builder: SubprocessWheelBuilder, sdist: MadeSdist, target: Target = HERE) -> dict[str, bytes]:
    wheel = builder.build(sdist.for_target(target), sdist.content)
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def log_of(builder: SubprocessWheelBuilder, sdist: MadeSdist, target: Target = HERE) -> str:
    with pytest.raises(SourceBuildBroken) as caught:
        builder.build(sdist.for_target(target), sdist.content)
    return caught.value.log


@pytest.mark.parametrize("runtime", ["python3.11", "python3.12"])
def test_a_wheel_is_built_by_an_interpreter_of_the_targets_python(
    builder: SubprocessWheelBuilder, runtime: str
) -> None:
    version = tuple(int(part) for part in runtime.removeprefix("python").split("."))
    files = built(builder, make_sdist(), Target.parse(runtime, "x86_64"))
    assert files["demo.py"].decode() == f"PYTHON = {version}\n"


def test_the_code_of_a_package_sees_no_variables_of_the_builder(
    builder: SubprocessWheelBuilder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "UV_INDEX_URL", "PIP_INDEX_URL", "MY_PASSWORD"):
        monkeypatch.setenv(name, "secret")
    log = log_of(builder, make_sdist(build=TELL))
    seen = json.loads(log.split("VARIABLES ", 1)[1].splitlines()[0])
    assert "secret" not in seen.values()
    assert not [name for name in seen if name.startswith(("AWS_", "UV_"))]
    assert seen["HOME"].startswith(str(tmp_path))
    assert seen["TMPDIR"].startswith(str(tmp_path))
    assert (seen["SOURCE_DATE_EPOCH"], seen["PYTHONHASHSEED"], seen["TZ"]) == ("315532800", "0", "UTC")
    assert "_PYTHON_HOST_PLATFORM" not in seen


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the other architecture is this machine's")
def test_a_build_for_another_architecture_is_configured_for_it(builder: SubprocessWheelBuilder) -> None:
    target = Target.parse(HERE.runtime, "arm64")
    seen = json.loads(log_of(builder, make_sdist(build=TELL), target).split("VARIABLES ", 1)[1].splitlines()[0])
    assert seen["_PYTHON_HOST_PLATFORM"] == "linux-aarch64"
    digits = HERE.python_version.replace(".", "")
    assert seen["SETUPTOOLS_EXT_SUFFIX"] == f".cpython-{digits}-aarch64-linux-gnu.so"


def test_a_log_holds_the_whole_output(builder: SubprocessWheelBuilder) -> None:
    said = (
        "for number in range(3000): print('line', number)\nprint('to stderr', file=sys.stderr)\nraise ValueError('no')"
    )
    log = log_of(builder, make_sdist(build=said))
    assert "line 0\n" in log
    assert "line 2999\n" in log
    assert "to stderr" in log
    assert "ValueError: no" in log


LEAVE = """
import subprocess, time
child = 'import time; time.sleep(30)'
subprocess.Popen([sys.executable, '-c', child, {mark!r}], start_new_session={detached}, env={env})
print('LEFT A CHILD', flush=True)
"""
"""A backend that leaves a process, which holds its standard output for 30 seconds."""


def with_argument(mark: str) -> list[str]:
    """Return the processes that have this argument."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found += [path.parent.name] if mark.encode() in path.read_bytes() else []
    return found


@pytest.mark.parametrize("detached", [False, True], ids=["same session", "another session"])
@pytest.mark.parametrize("env", ["None", "{}"], ids=["same variables", "no variables"])
@pytest.mark.parametrize("has_namespace", [True, False], ids=["namespace", "no namespace"])
def test_nothing_of_a_build_lives_on_or_is_waited_for(
    builder: SubprocessWheelBuilder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    detached: bool,
    env: str,
    has_namespace: bool,
) -> None:
    if not has_namespace:
        without = tmp_path / "supervisor.py"
        without.write_text(Path(supervisor.__file__).read_text().replace("libc.unshare(", "libc.umask(-1) or ("))
        monkeypatch.setattr(supervisor, "__file__", str(without))
    mark = tmp_path / "mark"
    began = time.monotonic()
    built(builder, make_sdist(build=LEAVE.format(mark=str(mark), detached=detached, env=env)))
    assert time.monotonic() - began < 25
    assert with_argument(str(mark)) == []


def test_a_build_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    builder = SubprocessWheelBuilder(tmp_path / "builds", NoToolchain(), IndexSettings(), seconds=5)
    backend = LEAVE.format(mark=str(mark), detached=True, env="{}") + "time.sleep(60)"
    with pytest.raises(SourceBuildTimedOut, match=r"did not end within 5 s") as caught:
        builder.build((sdist := make_sdist(build=backend)).for_target(HERE), sdist.content)
    assert "LEFT A CHILD" in caught.value.log_end
    assert with_argument(str(mark)) == []


SECRET = "EXAMPLE-SECRET-OF-THE-PARENT"
READ_ALL = """
import glob
for path in glob.glob('/proc/[0-9]*/environ'):
    try:
        print('SEEN', open(path, errors='replace').read())
    except OSError:
        pass
raise SystemExit(3)
"""


def test_the_code_of_a_package_reads_no_variables_of_a_process_above_it(tmp_path: Path) -> None:
    sdist = make_sdist(build=READ_ALL)
    (tmp_path / sdist.filename).write_bytes(sdist.content)
    asked = {"source": sdist.for_target(HERE).to_mapping(), "sdist": str(tmp_path / sdist.filename)}
    done = subprocess.run(
        [sys.executable, "-m", "builder_lambda.hosts.source_entry"],
        input=json.dumps({**asked, "folder": str(tmp_path)}),
        cwd=Path(__file__).parents[3],
        env={**os.environ, "INDEX_PASSWORD": SECRET},
        capture_output=True,
        text=True,
        check=True,
    )
    log = json.loads(done.stdout)["log"]
    assert "SEEN" in log
    assert SECRET not in log


def test_a_build_finds_no_files_of_the_build_before_it(builder: SubprocessWheelBuilder, tmp_path: Path) -> None:
    drop = "for name in ('HOME', 'TMPDIR'): pathlib.Path(os.environ[name], 'left').touch()\n"
    drop += "pathlib.Path(os.environ['HOME']).parent.joinpath('uv-cache').mkdir(exist_ok=True)"
    built(builder, make_sdist(build=drop))
    look = "print('LEFT', [str(path) for path in pathlib.Path(os.environ['HOME']).parents[1].rglob('left')])"
    assert "LEFT []" in log_of(builder, make_sdist(build=f"{look}\nraise SystemExit(3)"))
    assert [path for path in (tmp_path / "builds").iterdir() if path.is_dir()] == []


def test_a_build_leaves_no_files(builder: SubprocessWheelBuilder, tmp_path: Path) -> None:
    built(builder, make_sdist())
    log_of(builder, make_sdist(build="raise ValueError"))
    assert [path.name for path in (tmp_path / "builds").iterdir() if path.is_dir()] == []


class Counting:
    """A toolchain that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def prepare(self, _source: object, _folder: Path, /) -> dict[str, str]:
        self.asked += 1
        return {"CC": "/bin/true"}


def test_a_compiler_is_fetched_only_for_sdists_with_sources_for_it(tmp_path: Path) -> None:
    toolchain = Counting()
    builder = SubprocessWheelBuilder(tmp_path, toolchain, IndexSettings())
    built(builder, make_sdist())
    assert toolchain.asked == 0
    built(builder, make_sdist(files={"demo.c": "int demo;"}))
    assert toolchain.asked == 1


@pytest.mark.parametrize("compiler", ["os.environ['CC']", "'gcc'"])
def test_a_build_that_misses_a_compiler_is_tried_with_one(tmp_path: Path, compiler: str) -> None:
    toolchain = Counting()
    builder = SubprocessWheelBuilder(tmp_path, toolchain, IndexSettings())
    built(builder, make_sdist(build=f"import subprocess\nsubprocess.check_call([{compiler}, '--version'])"))
    assert toolchain.asked == 1


def test_a_build_that_fails_for_another_reason_fetches_no_compiler(tmp_path: Path) -> None:
    toolchain = Counting()
    log_of(SubprocessWheelBuilder(tmp_path, toolchain, IndexSettings()), make_sdist(build="raise ValueError"))
    assert toolchain.asked == 0


def unsafe_tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../escaped"))
    return stream.getvalue()


def two_folders() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name in ("a/x", "b/x"):
            archive.addfile(tarfile.TarInfo(name))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no archive", "Not a gzipped file"),
        (make_sdist().content[:200], "end-of-stream"),
        (unsafe_tar(), "outside the destination"),
        (two_folders(), r"it holds 2 folders in place of one \(PEP 625\)"),
    ],
    ids=["no archive", "cut off", "leaves its folder", "two folders"],
)
def test_an_sdist_that_is_not_one_is_refused(
    builder: SubprocessWheelBuilder, content: bytes, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidSdist, match=reason):
        builder.build(make_sdist().for_target(HERE), content)
    assert not (tmp_path / "escaped").exists()


def test_a_project_without_a_build_system_that_can_be_read_breaks_the_build(builder: SubprocessWheelBuilder) -> None:
    log = log_of(builder, make_sdist(files={"pyproject.toml": "[build-system]\nrequires = 1\n"}))
    assert "requires" in log


def test_a_missing_interpreter_is_solved_by_another_host(builder: SubprocessWheelBuilder) -> None:
    with pytest.raises(SourceBuildNeedsInterpreter) as caught:
        builder.build(make_sdist().for_target(Target.parse("python3.14", "x86_64")), make_sdist().content)
    assert caught.value.missing == "there is no CPython 3.14 here"


def test_the_systems_compiler_is_for_its_own_machine_only(tmp_path: Path) -> None:
    other = "arm64" if platform.machine() == "x86_64" else "x86_64"
    toolchain: Toolchain = SystemToolchain()
    with pytest.raises(LayerError, match="compiler is for") as caught:
        toolchain.prepare(make_sdist().for_target(Target.parse(HERE.runtime, other)), tmp_path)
    assert isinstance(caught.value, SourceBuildsUnavailable)


def test_a_build_writes_no_file_above_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_builder, "SOURCE_BUILD_FILE_BYTES", 100_000_000)
    backend = "file = open('large', 'wb'); file.truncate(100_000_001)"
    with pytest.raises(SourceBuildBroken) as caught:
        built(SubprocessWheelBuilder(tmp_path / "builds", NoToolchain(), IndexSettings()), make_sdist(build=backend))
    assert "File too large" in caught.value.log


def test_a_full_disk_is_not_the_fault_of_the_sdist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "extractall", full)
    with pytest.raises(SourceBuildNeedsDisk, match="there is no room on the disk"):
        built(SubprocessWheelBuilder(tmp_path / "builds", NoToolchain(), IndexSettings()), make_sdist())
