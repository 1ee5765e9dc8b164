import json
import zipfile
from pathlib import Path

import pytest

from benchmarks import ours
from benchmarks.alternatives import PipAndZip, SamBuild, ServerlessPlugin, UvAndZip
from benchmarks.archive_facts import ArchiveFacts
from benchmarks.layer_set import SETS, chosen_sets
from benchmarks.machine import processor_model
from benchmarks.tool import Case
from benchmarks.toolbox import Toolbox, tool_environment
from local_aws.environments.interpreters import Interpreter


@pytest.fixture
def case(tmp_path: Path) -> Case:
    python = Path("bin") / "python3.12"
    toolbox = Toolbox(
        root=Path("clone"),
        interpreter=Interpreter(runtime="python3.12", executable=python, version="3.12.1", prefix=Path("prefix")),
        target_python=python,
        sam=Path("sam"),
        zip="zip",
        serverless=tmp_path / "serverless" / "node_modules" / ".bin" / "serverless",
        why_no_serverless="",
        environ={"PATH": "bin"},
    )
    return Case(
        layer_set=SETS[1], lock=tmp_path / "pylock.toml", warm=tmp_path / "warm", runtime="python3.12", toolbox=toolbox
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "attempt"
    folder.mkdir()
    return folder


def test_our_cold_build_resolves_with_a_cache_of_its_own(case: Case, folder: Path) -> None:
    attempt = ours.COLD.prepare(case, folder)
    assert {"cryptography", "pyjwt", "--no-bytecode", str(folder / "cache")} <= set(attempt.command)
    assert "--lock" not in attempt.command


def test_our_build_from_a_lock_gets_no_requirements(case: Case, folder: Path) -> None:
    attempt = ours.SLIM.prepare(case, folder)
    assert {"--lock", str(case.lock), "--bytecode", "safe"} <= set(attempt.command)
    assert "pyjwt" not in attempt.command


def test_uv_has_no_cache_unless_it_keeps_one(case: Case, folder: Path) -> None:
    assert str(folder / "cache") in UvAndZip().prepare(case, folder).command[-1]
    assert str(case.warm / "again") in UvAndZip(name="again", keeps_cache=True).prepare(case, folder).command[-1]


def test_pip_is_measured_together_with_zip(case: Case, folder: Path) -> None:
    install, pack = PipAndZip().prepare(case, folder).command[-1].split(" && ")
    assert install == "bin/python3.12 -m pip install --quiet --target python cryptography pyjwt"
    assert pack.startswith("zip -q -r ")


def test_sam_and_serverless_get_the_same_requirements(case: Case, folder: Path) -> None:
    SamBuild().prepare(case, folder)
    ServerlessPlugin(cloudformation="http://127.0.0.1:1").prepare(case, folder)
    assert (folder / "requirements.txt").read_text() == "cryptography\npyjwt\n"
    assert (folder / "layer" / "requirements.txt").read_text() == "cryptography\npyjwt\n"
    layer = json.loads((folder / "template.json").read_text())["Resources"]["Layer"]
    assert layer["Metadata"]["BuildMethod"] == "python3.12"


def test_tools_find_the_targets_python_first_and_no_wheels_of_this_machine() -> None:
    given = {"PATH": "other", "PIP_FIND_LINKS": "wheels", "VIRTUAL_ENV": "venv", "HOME": "home"}
    environ = tool_environment(given, Path("target"))
    assert environ["PATH"] == "target:other"
    assert environ["PIP_NO_CACHE_DIR"] == "1"
    assert not {"PIP_FIND_LINKS", "VIRTUAL_ENV"} & set(environ)


def test_uv_uses_the_index_of_pip() -> None:
    assert tool_environment({"PIP_INDEX_URL": "an index"}, Path("target"))["UV_DEFAULT_INDEX"] == "an index"


def test_sets_are_chosen_by_name_in_their_own_order() -> None:
    assert [one.name for one in chosen_sets(("pandas", "requests"))] == ["requests", "pandas"]
    assert chosen_sets(()) == SETS
    with pytest.raises(KeyError, match="nothing"):
        chosen_sets(("nothing",))


def test_there_are_six_sets_and_more() -> None:
    assert len({one.name for one in SETS}) == len(SETS) >= 6


def test_the_facts_of_an_archive_have_its_packages_and_its_bytecode(tmp_path: Path) -> None:
    archive = tmp_path / "layer.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("python/ruamel.yaml-1.0.dist-info/METADATA", "Name: ruamel.yaml")
        zipped.writestr("PyJWT-2.9.0.dist-info/METADATA", "Name: PyJWT")
        zipped.writestr("python/jwt/__pycache__/api.cpython-312.pyc", b"code")
    facts = ArchiveFacts.of(archive)
    assert facts.packages == {"pyjwt": "2.9.0", "ruamel.yaml": "1.0"}
    assert facts.has_bytecode
    assert facts.size_bytes == archive.stat().st_size
    assert facts.unpacked_bytes == 32


@pytest.mark.parametrize(("cpuinfo", "model"), [("processor : 0\nmodel name\t: Fast: 9\n", "Fast: 9"), ("x : y\n", "")])
def test_a_processor_has_the_name_of_its_model(cpuinfo: str, model: str) -> None:
    assert processor_model(cpuinfo) == model
