"""Running Pulumi on projects of all kinds against the embedded AWS."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import yaml

from local_aws.environments.folders import Folders
from local_aws.errors import InvalidStackConfig, ProjectNotFound
from local_aws.processes.emulator_process import Emulator, EmulatorParts
from local_aws.pulumi_engine.pulumi_cli import find_or_make_pulumi
from local_aws.pulumi_engine.pulumi_program import LocalPulumi, Project

PROGRAM = """
import pulumi
from pulumi_aws import s3
name = pulumi.Config().require("name")
s3.Bucket("bucket", bucket=name, region="eu-west-1")
pulumi.export("name", name)
pulumi.export("account", pulumi.Config("aws").require("accessKey"))
pulumi.export("runtimes", pulumi.Config("python-layers").get_object("runtimes"))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
    (folder / "Pulumi.local.yaml").write_text("config:\n  trial:name: from-the-file\n")
    (folder / "__main__.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def pulumi(tmp_path: Path, parts: EmulatorParts) -> Iterator[LocalPulumi]:
    folders = replace(Folders.of_clone(), local=tmp_path / "state")
    running = Emulator(folder=folders.aws, parts=parts)
    yield LocalPulumi(folders=folders, cli=find_or_make_pulumi(folders, report=lambda _: None), emulator=running)
    running.remove()


def test_the_project_is_found_from_below(project: Path) -> None:
    (project / "deep" / "down").mkdir(parents=True)

    assert Project.containing(project / "deep" / "down") == Project(folder=project, name="trial", runtime="python")


def test_a_folder_of_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound) as error:
        Project.containing(tmp_path)

    assert str(error.value) == (
        f"no Pulumi.yaml in '{tmp_path}' or a folder above it. "
        "Change to the folder of a Pulumi project, or name it with --cwd."
    )


def test_a_config_that_is_not_yaml_is_refused(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("[")

    with pytest.raises(InvalidStackConfig, match="it is not YAML"):
        Project.containing(project)


@pytest.mark.e2e
def test_a_project_is_deployed_changed_and_destroyed_without_a_change_to_its_files(
    project: Path, pulumi: LocalPulumi
) -> None:
    before = {path.name: path.read_bytes() for path in project.iterdir()}

    assert pulumi.call("up", "--yes", "--skip-preview", cwd=project).run() == 0
    outputs = json.loads(pulumi.call("stack", "output", "--json", cwd=project).output())
    assert outputs == {
        "name": "from-the-file",
        "account": "000000000000",
        "runtimes": [pulumi.emulator.runtimes[-1]],
    }
    assert pulumi.call("preview", "--expect-no-changes", cwd=project).run() == 0

    changed = pulumi.call("up", "--yes", "--skip-preview", cwd=project, config={"trial:name": "given-instead"})
    assert '"from-the-file" => "given-instead"' in changed.output()
    assert pulumi.call("destroy", "--yes", "--skip-preview", cwd=project).run() == 0
    after = {path.name: path.read_bytes() for path in project.iterdir() if path.name != "__pycache__"}
    assert after == before


@pytest.mark.e2e
def test_another_stack_and_account_need_no_config_file(project: Path, pulumi: LocalPulumi) -> None:
    config = {"trial:name": "of-another-account", "aws:accessKey": "111122223333"}

    up = pulumi.call("up", "--yes", "--skip-preview", cwd=project, stack="other", config=config)

    assert up.run() == 0
    outputs = pulumi.call("stack", "output", "--json", cwd=project, stack="other").output()
    assert json.loads(outputs) == {"account": "111122223333", "name": "of-another-account"}
    assert pulumi.has_stack(cwd=project, stack="other")
    assert not pulumi.has_stack(cwd=project)


@pytest.mark.e2e
def test_config_that_a_person_sets_is_written_to_the_project(project: Path, pulumi: LocalPulumi) -> None:
    assert pulumi.call("config", "set", "name", "set-by-hand", cwd=project).run() == 0

    committed = yaml.safe_load((project / "Pulumi.local.yaml").read_text())
    assert committed == {"config": {"trial:name": "set-by-hand"}}
    assert pulumi.call("config", "get", "name", cwd=project).output() == "set-by-hand\n"


@pytest.mark.e2e
def test_a_lost_state_is_noticed_until_it_is_accepted(project: Path, pulumi: LocalPulumi) -> None:
    pulumi.emulator.start()
    assert not pulumi.has_lost_state(cwd=project)
    pulumi.accept_state(cwd=project)

    pulumi.emulator.remove()
    pulumi.emulator.start()

    assert pulumi.has_lost_state(cwd=project)
    pulumi.accept_state(cwd=project)
    assert not pulumi.has_lost_state(cwd=project)
    assert not pulumi.has_moved(cwd=project)


@pytest.mark.e2e
def test_a_stack_can_be_removed_and_its_committed_config_stays(project: Path, pulumi: LocalPulumi) -> None:
    (project / "__main__.py").write_text("")
    assert pulumi.call("up", "--yes", "--skip-preview", cwd=project).run() == 0

    pulumi.forget(cwd=project)

    assert not pulumi.has_stack(cwd=project)
    assert (project / "Pulumi.local.yaml").read_text() == "config:\n  trial:name: from-the-file\n"


@pytest.mark.e2e
def test_a_stack_that_a_killed_pulumi_held_can_be_used_again(project: Path, pulumi: LocalPulumi) -> None:
    (project / "__main__.py").write_text("import time\ntime.sleep(30)\n")
    call = pulumi.call("up", "--yes", "--skip-preview", cwd=project)
    locks = pulumi.folders.pulumi / "backend" / ".pulumi" / "locks"
    with subprocess.Popen(
        call.command, env=call.environ, cwd=call.folder, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while not list(locks.rglob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        started = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)
        for child in started:
            child.kill()
    assert list(locks.rglob("*.json"))
    (project / "__main__.py").write_text("")

    assert pulumi.call("up", "--yes", "--skip-preview", cwd=project).run() == 0
