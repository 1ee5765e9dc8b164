"""The same layer, built by the builder function, in process and in a container: examples/container_layer, deployed."""

import os
import shutil
import subprocess
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import pytest
import yaml

from builder_lambda import BuildRequest, Target
from builder_lambda.code.modules import pack_module
from builder_lambda.hosts.function_archive import build_function_archive
from builder_lambda.stores.s3 import S3Archives
from components.hosts.codebuild_builder import CodeBuildBuilder, CodeBuildProject
from local_aws.environments.folders import Folders
from local_aws.environments.interpreters import find_interpreters, machine_architecture
from local_aws.processes.build_image import import_build_image
from local_aws.processes.docker_daemon import DockerDaemon, DockerUnavailable, docker_daemon
from local_aws.pulumi_engine.environment import SECRET_KEY
from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

BUILDERS_CACHE = Path(platformdirs.user_cache_dir("python-layers")) / "builder"


@pytest.fixture(scope="module")
def docker(runtime: str) -> Iterator[DockerDaemon | DockerUnavailable]:
    """Return a Docker daemon that has the stand-in for the build image of the runtime; or why there is none."""
    cache = Folders.of_clone().cache
    (interpreter,) = [each for each in find_interpreters() if each.runtime == runtime]
    try:
        with docker_daemon(cache) as daemon:
            image = f"public.ecr.aws/sam/build-{runtime}:latest-{machine_architecture()}"
            import_build_image(daemon, interpreter, image, cache)
            yield daemon
    except DockerUnavailable as error:
        yield error


@pytest.fixture(scope="module")
def cache(runtime: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache with the builder's own archive and nothing else, so that each host makes all of a layer itself."""
    folder = tmp_path_factory.mktemp("cache")
    (folder / "python-layers" / "builder").mkdir(parents=True)
    archive = build_function_archive(Target.parse(runtime, "x86_64"), BUILDERS_CACHE).path
    shutil.copy(archive, folder / "python-layers" / "builder")
    return folder


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example, beside the package that it would have installed."""
    folder = tmp_path_factory.mktemp("container-layer")
    shutil.copytree(ROOT / "examples" / "container_layer", folder, dirs_exist_ok=True)
    (folder / "python_layers").symlink_to(ROOT / "components")
    for name in ("builder_lambda", "layer_deployment", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    with (folder / "greeting.py").open("a") as module:
        module.write(f"\nNEVER_SEEN_BEFORE = {uuid.uuid4().hex!r}\n")
    return folder


class RunsBuilds:
    """The embedded AWS's CodeBuild, whose builds succeed without running: here the project's own command is run,
    in its own source, with its own variables and those of the call."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        self.client = stack.client("codebuild", "eu-west-1")

    def start_build(self, **call: Any) -> Any:
        reply = self.client.start_build(**call)
        (project,) = self.client.batch_get_projects(names=[call["projectName"]])["projects"]
        variables = [*project["environment"]["environmentVariables"], *call["environmentVariablesOverride"]]
        bucket, _, key = project["source"]["location"].partition("/")
        source = self.folder / "source"
        if not source.is_dir():
            self.stack.client("s3", "eu-west-1").download_file(bucket, key, str(self.folder / "source.zip"))
            with zipfile.ZipFile(self.folder / "source.zip") as archive:
                archive.extractall(source)
        phases = yaml.safe_load(project["source"]["buildspec"])["phases"]
        script = "\n".join([*phases["install"]["commands"], *phases["build"]["commands"]])
        (python,) = [each for each in find_interpreters() if f"{each.runtime} -m builder_lambda" in script]
        subprocess.run(
            ["/bin/sh", "-e", "-c", script],
            cwd=source,
            env={
                "PATH": f"{python.prefix / 'bin'}:{os.environ['PATH']}",
                "AWS_ENDPOINT_URL": self.stack.pulumi.emulator.endpoint,
                "AWS_ACCESS_KEY_ID": self.stack.account,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
                "AWS_DEFAULT_REGION": "eu-west-1",
                **{name: value for name, value in os.environ.items() if name.startswith(("SSL_", "PIP_", "UV_"))},
                **{variable["name"]: variable["value"] for variable in variables},
            },
            check=True,
        )
        return reply

    def batch_get_builds(self, **call: Any) -> Any:
        return self.client.batch_get_builds(**call)


def built_in_codebuild(stack: Stack, runtime: str, program: Path, folder: Path) -> str:
    """Return the content of the same layer, as the deployed CodeBuild project builds it."""
    builds = RunsBuilds(stack, folder)
    (name,) = builds.client.list_projects()["projects"]
    (project,) = builds.client.batch_get_projects(names=[name])["projects"]
    variables = {each["name"]: each["value"] for each in project["environment"]["environmentVariables"]}
    s3 = stack.client("s3", "eu-west-1")
    builder = CodeBuildBuilder(
        CodeBuildProject(name=name, region="eu-west-1", timeout_seconds=3600),
        client=lambda _service: builds,
        store=S3Archives(client=s3, bucket=variables["ARCHIVE_BUCKET"], prefix=variables["ARCHIVE_PREFIX"]),
    )
    (lock,) = s3.list_objects_v2(Bucket=variables["ARCHIVE_BUCKET"], Prefix=f"{variables['ARCHIVE_PREFIX']}locks/")[
        "Contents"
    ]
    target, lock_sha256 = Target.parse(runtime, "x86_64"), Path(lock["Key"]).stem
    module = pack_module(program / "greeting.py").source
    request = BuildRequest(name="by-codebuild", target=target, lock_sha256=lock_sha256, modules=(module,))
    return builder.build(request).content_hash


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What the example made."""

    stack: Stack
    messages: str
    layers: dict[str, dict[str, Any]]
    """By host."""


@pytest.fixture(scope="module")
def deployed(
    pulumi: LocalPulumi, docker: DockerDaemon | DockerUnavailable, cache: Path, program: Path, runtime: str
) -> Deployed:
    """Return the example, deployed with every host that can run here; the host_order's first is the container."""
    in_containers = ["container", "auto"] if isinstance(docker, DockerDaemon) else []
    stack = Stack(
        pulumi=pulumi,
        program=program,
        name="hosts",
        account="333344445555",
        config={
            "container-layer:runtime": runtime,
            "container-layer:hosts": ["lambda", "local", *in_containers],
        },
        environ={
            **(docker.environ if isinstance(docker, DockerDaemon) else {}),
            "XDG_CACHE_HOME": str(cache),
        },
    )
    messages = stack.up().messages
    layers = {host: targets[f"{runtime}-x86_64"] for host, targets in stack.layers().items()}
    return Deployed(stack=stack, messages=messages, layers=layers)


@pytest.fixture
def daemon(docker: DockerDaemon | DockerUnavailable) -> DockerDaemon:
    """Return the daemon; without one, say loudly what is not tested."""
    if isinstance(docker, DockerUnavailable):
        pytest.skip(f"NO CONTAINER BUILD WAS TESTED: {docker}")
    return docker


def identity(layer: dict[str, Any]) -> tuple[Any, ...]:
    return layer["content_hash"], layer["code_sha256"], layer["packages"]["requests"]


def test_this_process_builds_what_the_builder_function_builds(deployed: Deployed, runtime: str) -> None:
    assert identity(deployed.layers["local"]) == identity(deployed.layers["lambda"])
    # Only the host `lambda` has a function.
    functions = deployed.stack.client("lambda", "eu-west-1").list_functions()["Functions"]
    assert [function["FunctionName"].rsplit("-", 1)[0] for function in functions] == [
        f"lambda-builder-{runtime.replace('.', '')}-x86_64"
    ]


def test_a_container_builds_the_same_and_leaves_nothing(deployed: Deployed, daemon: DockerDaemon, cache: Path) -> None:
    assert identity(deployed.layers["container"]) == identity(deployed.layers["lambda"])
    made = list((cache / "python-layers" / "builder" / "container" / "store").rglob("*.zip"))
    assert made
    assert {path.stat().st_uid for path in made} == {os.getuid()}
    assert daemon.docker("ps", "--all", "--quiet") == ""


def test_auto_builds_the_same_and_prints_the_host(deployed: Deployed, daemon: DockerDaemon) -> None:
    assert identity(deployed.layers["auto"]) == identity(deployed.layers["lambda"])
    assert "built by host container (first in the host order)" in deployed.messages


def test_the_commands_of_the_codebuild_project_build_the_same(
    deployed: Deployed, daemon: DockerDaemon, program: Path, cache: Path, runtime: str
) -> None:
    codebuild = deployed.stack.client("codebuild", "eu-west-1")
    (name,) = codebuild.list_projects()["projects"]
    (project,) = codebuild.batch_get_projects(names=[name])["projects"]
    assert project["environment"]["image"] == f"public.ecr.aws/sam/build-{runtime}:latest-x86_64"
    content_hash = built_in_codebuild(deployed.stack, runtime, program, cache)
    assert content_hash == deployed.layers["lambda"]["content_hash"]
