"""Errors of the hosts that build: containers, CodeBuild, and the fallback order of hosts."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class ContainerEngineMissing(LayerError, code="container-engine-missing"):
    """Neither Docker nor Podman is on this machine."""

    summary = "there is no container engine here: looked for {programs} on PATH"
    cause = "none is installed, or it is not on the PATH of the program that runs Pulumi"
    remedy = "install Docker or Podman, or build on another host: builder.host is lambda by default"

    programs: tuple[str, ...]


class ContainerEngineUnreachable(LayerError, code="container-engine-unreachable"):
    """A container engine is installed, but does not answer."""

    summary = "no container engine answers"
    explained_by = ("detail",)
    cause = "its daemon is not running, or this user may not talk to it"
    remedy = (
        "start it (Docker Desktop, `systemctl start docker`, `podman machine start`), "
        "or become a member of its group; DOCKER_HOST is respected"
    )

    detail: str
    """What each engine said."""


class ImageNotPulled(LayerError, code="image-not-pulled"):
    """The image of a container build is not on this machine and cannot be pulled."""

    summary = "the image {image} cannot be pulled for {platform}"
    explained_by = ("detail",)
    cause = "its name is misspelt, it does not exist for that platform, or its registry cannot be reached"
    remedy = "pull it by hand to see why, put it here by `docker load`, or name an image that you have as builder.image"

    image: str
    platform: str
    detail: str


class ImageUnusable(LayerError, code="image-unusable"):
    """An image does not have the Python that a build runs on."""

    summary = "the image {image} cannot build: it has no program {program}"
    explained_by = ("detail",)
    cause = "it is not the build image of that runtime"
    remedy = "leave builder.image out, or name an image that has that Python on its PATH"

    image: str
    program: str
    detail: str


class ContainerPlatformUnsupported(LayerError, code="container-platform-unsupported"):
    """The machine cannot run programs of the platform that the build needs."""

    summary = "containers of {platform} do not run on this machine"
    explained_by = ("detail",)
    cause = "the processor is of another kind, and no emulation is set up for it"
    remedy = (
        "enable emulation once: `docker run --privileged --rm tonistiigi/binfmt --install all` "
        "(Docker Desktop has it on), or build on the lambda or codebuild host"
    )

    platform: str
    detail: str


class ContainerKilled(LayerError, code="container-killed"):
    """The system ended a container."""

    summary = "the container of {image} was killed while it built"
    explained_by = ("detail",)
    cause = "the machine, or the virtual machine that containers run in, ran out of memory"
    remedy = "give containers more memory (1 GB more than the layer's wheels is ample), or build on another host"

    image: str
    detail: str


class ContainerTimedOut(LayerError, code="container-timed-out"):
    """A container did not finish in time, and was removed."""

    summary = "the container of {image} did not finish within {timeout_seconds} seconds"
    cause = "an emulated processor, or a very large layer"
    remedy = "raise builder.timeout_seconds, or build on another host"

    image: str
    timeout_seconds: int


class ContainerFailed(LayerError, code="container-failed"):
    """A container ended without an answer."""

    summary = "the container of {image} ended with status {status}"
    explained_by = ("detail",)
    cause = "a problem of the container engine, or a bug in the builder; its output is above"
    remedy = "run again; if it happens again, report it with the lines above"

    image: str
    status: int
    detail: str


class CodeBuildMissing(LayerError, code="codebuild-missing"):
    """There is no CodeBuild project of that name."""

    summary = "there is no CodeBuild project {project!r}"
    cause = "it is not deployed yet, was deleted by hand, or is in another account or region"
    remedy = "deploy the builder first (`pulumi up` does, unless --target leaves it out)"

    project: str


class CodeBuildFailed(LayerError, code="codebuild-failed"):
    """A build of CodeBuild ended without an answer."""

    summary = "the CodeBuild build {build} ended as {status}"
    explained_by = ("detail", "link")
    cause = "what CodeBuild says of the phases is above, with the end of the log"
    remedy = (
        "open the log; a failure before the phase BUILD concerns the project, its role or its image; "
        "one in BUILD concerns the builder"
    )

    build: str
    status: str
    detail: str
    link: str
    """Where the console shows the log."""


class CodeBuildTimedOut(LayerError, code="codebuild-timed-out"):
    """A build of CodeBuild took longer than it may."""

    summary = "the CodeBuild build {build} did not finish within {timeout_seconds} seconds"
    explained_by = ("link",)
    cause = "it waited in the queue of the account's concurrent builds, or built something very large"
    remedy = "run again (what was built is kept); if it happens again, raise builder.timeout_seconds"

    build: str
    timeout_seconds: int
    link: str


class NoHostCould(LayerError, code="no-host-could"):
    """No host of the fallback order could build. Lists the error of each host."""

    cause = "the error of each host is above"
    remedy = "do what one of them asks for; one is enough"

    attempts: tuple[tuple[str, str], ...]
    """Each host with the whole text of its error."""

    def _what(self) -> str:
        return f"none of the hosts {', '.join(host for host, _ in self.attempts)} could build this"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{host}: {error}" for host, error in self.attempts)
