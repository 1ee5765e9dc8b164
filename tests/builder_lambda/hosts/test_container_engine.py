"""Docker and Podman as a program on PATH, played by a script that answers as they do."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from builder_lambda import LayerError
from builder_lambda.errors.hosts import (
    ContainerEngineMissing,
    ContainerEngineUnreachable,
    ContainerFailed,
    ContainerKilled,
    ContainerPlatformUnsupported,
    ContainerTimedOut,
    ImageNotPulled,
    ImageUnusable,
)
from builder_lambda.hosts.container_engine import ContainerEngine, Mount

_SCRIPT = """\
#!{python}
import json, pathlib, sys, time
here = pathlib.Path(__file__).parent
word = " ".join(sys.argv[1:3]) if sys.argv[1] == "image" else sys.argv[1]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]) + "\\n")
answers = json.loads((here / "answers").read_text())
answer = answers.get(word, {{}})
if isinstance(answer, list):
    answer = answer[0] if len(answer) == 1 else answer.pop(0)
    (here / "answers").write_text(json.dumps(answers))
time.sleep(answer.get("seconds", 0))
print(answer.get("out", ""), end="")
print(answer.get("err", ""), end="", file=sys.stderr)
sys.exit(answer.get("status", 0))
"""
DOCKER = {"out": json.dumps({"Architecture": "x86_64", "SecurityOptions": ["name=seccomp"]})}
ENGINE_DOWN = {"status": 1, "err": "Cannot connect to the Docker daemon at unix:///run/docker.sock."}
HERE = {"out": "sha256:1234 amd64"}


class Programs:
    """A folder of engines, with what they answer and what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PATH": str(folder)}

    def answer(self, *names: str, **answers: Any) -> None:
        for name in names or ("docker",):
            path = self.folder / name
            path.write_text(_SCRIPT.format(python=sys.executable))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        texts = {word.replace("_", " "): each for word, each in {"info": DOCKER, **answers}.items()}
        (self.folder / "answers").write_text(json.dumps(texts))

    def engine(self, **answers: Any) -> ContainerEngine:
        self.answer(**answers)
        return ContainerEngine.find(self.environ)

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


def run(engine: ContainerEngine, **more: Any) -> bytes:
    return engine.run("image", ["python3.13", "-c", "pass"], architecture="x86_64", **more)


def test_docker_is_found_and_asked_what_it_runs(programs: Programs) -> None:
    engine = programs.engine()
    assert engine == ContainerEngine(program=str(programs.folder / "docker"), architecture="x86_64")


def test_podman_tells_the_same_in_other_words(programs: Programs) -> None:
    facts = {"host": {"arch": "arm64", "security": {"rootless": True}}}
    programs.answer("podman", info={"out": json.dumps(facts)})
    engine = ContainerEngine.find(programs.environ)
    assert engine == ContainerEngine(program=str(programs.folder / "podman"), architecture="arm64", is_rootless=True)


def test_podman_is_taken_where_docker_does_not_answer(programs: Programs) -> None:
    podman = {"out": json.dumps({"host": {"arch": "amd64", "security": {"rootless": False}}})}
    programs.answer("docker", "podman", info=[ENGINE_DOWN, podman])
    assert ContainerEngine.find(programs.environ).program.endswith("podman")


def test_no_engine_at_all(programs: Programs) -> None:
    with pytest.raises(ContainerEngineMissing) as raised:
        ContainerEngine.find(programs.environ)
    assert str(raised.value) == (
        "container-engine-missing: there is no container engine here: looked for 'docker', 'podman' on PATH\n"
        "  likely cause: none is installed, or it is not on the PATH of the program that runs Pulumi\n"
        "  what to do: install Docker or Podman, or build on another host: builder.host is lambda by default"
    )


@pytest.mark.parametrize("info", [ENGINE_DOWN, {"out": json.dumps({"ServerErrors": ["permission denied"]})}])
def test_a_daemon_that_does_not_answer(programs: Programs, info: dict[str, Any]) -> None:
    programs.answer(info=info)
    with pytest.raises(ContainerEngineUnreachable) as raised:
        ContainerEngine.find(programs.environ)
    assert "Cannot connect" in raised.value.detail or "permission denied" in raised.value.detail


def test_an_image_that_is_here_is_not_pulled(programs: Programs) -> None:
    told: list[str] = []
    assert programs.engine(image_inspect=HERE).image_id("image", "x86_64", told.append) == "sha256:1234"
    assert told == []
    assert "pull" not in [call[1] for call in programs.calls]


@pytest.mark.parametrize("first", [{"status": 1, "err": "No such image"}, {"out": "sha256:9 arm64"}])
def test_an_image_is_pulled_once_and_told(programs: Programs, first: dict[str, Any]) -> None:
    told: list[str] = []
    engine = programs.engine(image_inspect=[first, HERE])
    assert engine.image_id("image", "x86_64", told.append) == "sha256:1234"
    assert engine.image_id("image", "x86_64", told.append) == "sha256:1234"
    assert told == ["pulling image for linux/amd64, once; it may be half a gigabyte"]
    (pull,) = [call[1:] for call in programs.calls if call[1] == "pull"]
    assert pull == ["pull", "--quiet", "--platform", "linux/amd64", "image"]


def test_an_image_that_cannot_be_pulled(programs: Programs) -> None:
    engine = programs.engine(image_inspect={"status": 1}, pull={"status": 1, "err": "no route to host"})
    with pytest.raises(ImageNotPulled) as raised:
        engine.image_id("image", "arm64", print)
    assert (raised.value.platform, raised.value.detail) == ("linux/arm64", "no route to host")


def test_a_run_gives_away_nothing_and_leaves_nothing(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    engine = programs.engine(run={"out": "answer"})
    mounts = [Mount(folder=Path("/code"), at="/a"), Mount(folder=Path("/made"), at="/b", writable=True)]

    assert run(engine, mounts=mounts, environ={"PYTHONPATH": "/a"}) == b"answer"

    _program, _run, *words = programs.calls[-2]
    name = words[words.index("--name") + 1]
    assert words == [
        *("--rm", "--interactive", "--pull", "never", "--name", name),
        *("--platform", "linux/amd64", "--entrypoint", "python3.13"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--security-opt", "label=disable"),
        *("--user", f"{os.getuid()}:{os.getgid()}", "--network", "none"),
        *("--env", "HOME=/tmp", "--env", "PYTHONPATH=/a"),
        *("--mount", "type=bind,source=/code,target=/a,readonly", "--mount", "type=bind,source=/made,target=/b"),
        *("image", "-c", "pass"),
    ]
    assert programs.calls[-1][1:] == ["rm", "--force", name]


def test_rootless_the_caller_is_root_inside(programs: Programs) -> None:
    rootless = {"out": json.dumps({"Architecture": "aarch64", "SecurityOptions": ["name=rootless"]})}
    run(programs.engine(info=rootless))
    words = programs.calls[-2]
    assert words[words.index("--user") + 1] == "0:0"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"status": 255, "err": "exec /python3.13: exec format error"}, ContainerPlatformUnsupported),
        (
            {"status": 125, "err": "image was found but does not match the specified platform"},
            ContainerPlatformUnsupported,
        ),
        ({"status": 137}, ContainerKilled),
        ({"status": 127, "err": 'exec: "python3.13": executable file not found in $PATH'}, ImageUnusable),
        ({"status": 125, "err": "no space left on device"}, ContainerFailed),
        ({"status": 1, "err": "Traceback (most recent call last)"}, ContainerFailed),
    ],
)
def test_how_a_container_ends_is_told_apart(
    programs: Programs, answer: dict[str, Any], problem: type[LayerError]
) -> None:
    with pytest.raises(LayerError) as raised:
        run(programs.engine(run=answer))
    assert type(raised.value) is problem
    assert answer.get("err", "") in str(raised.value)


def test_a_container_over_its_time_is_removed(programs: Programs) -> None:
    with pytest.raises(ContainerTimedOut):
        run(programs.engine(run={"seconds": 30}), timeout_seconds=1)
    assert programs.calls[-1][1:3] == ["rm", "--force"]


def test_the_remedy_for_another_processor_is_a_command() -> None:
    assert "binfmt" in ContainerPlatformUnsupported(platform="linux/arm64", detail="exec format error").remedy
