"""BuildContainer: runs the builder's code in a container of a runtime's build image, with JSON in and out."""

import contextlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from builder_lambda.contract.targets import Architecture, Target
from builder_lambda.hosts.container_engine import ContainerEngine, Mount

SAM_IMAGE = "public.ecr.aws/sam/build-{runtime}:latest-{architecture}"
"""The build images of AWS SAM, one for each runtime and architecture (AWS SAM Developer Guide, "Building")."""

_CODE = "/python-layers/code"


@dataclass(frozen=True, kw_only=True)
class ContainerSettings:
    """Settings of containers."""

    image: str = SAM_IMAGE
    """Its ``{runtime}`` and ``{architecture}`` are replaced by Lambda's names."""

    network: str | None = None
    """Network of source builds: a value of ``--network``, by default that of the engine. Other builds have no
    network."""

    timeout_seconds: int = 900

    def image_for(self, target: Target) -> str:
        """Return the name of the image of a target."""
        return self.image.replace("{runtime}", target.runtime).replace("{architecture}", target.architecture)


class BuildContainer:
    """Runs modules of the builder in containers.

    :param folder: cache of the builder's unpacked code.
    :param code: returns the builder's deployment package for a target.
    :param report: receives a line before long steps, such as a first pull.
    :param find_engine: returns the engine. Called when one is first needed.
    """

    def __init__(
        self,
        settings: ContainerSettings,
        *,
        folder: Path,
        code: Callable[[Target], Path],
        report: Callable[[str], None],
        find_engine: Callable[[], ContainerEngine] = ContainerEngine.find,
    ) -> None:
        self.settings = settings
        self._folder = folder
        self._code = code
        self._report = report
        self._find_engine = find_engine

    @cached_property
    def _engine(self) -> ContainerEngine:
        return self._find_engine()

    @property
    def architecture(self) -> Architecture:
        """The architecture that needs no emulation on this machine."""
        return self._engine.architecture

    def image_id(self, target: Target) -> str:
        """Return the id of the image of a target. A missing image is pulled.

        :raises ImageNotPulled: if the pull fails.
        """
        return self._engine.image_id(self.settings.image_for(target), target.architecture, self._report)

    def ask(
        self,
        module: str,
        request: Mapping[str, object],
        *,
        target: Target,
        mounts: Sequence[Mount],
        environ: Mapping[str, str] | None = None,
        network: str | None = "none",
    ) -> Mapping[str, Any]:
        """Run a module in the image of ``target``, and return its answer.

        :param module: of :mod:`builder_lambda.hosts.entries`.
        :raises LayerError: of ``builder_lambda.errors.hosts``, if it does not answer.
        """
        self.image_id(target)
        answer = self._engine.run(
            self.settings.image_for(target),
            [target.runtime, "-P", "-m", module],
            architecture=target.architecture,
            mounts=[Mount(folder=unpacked(self._code(target), self._folder), at=_CODE), *mounts],
            environ={"PYTHONPATH": _CODE, "PYTHONDONTWRITEBYTECODE": "1", **(environ or {})},
            stdin=json.dumps(request).encode(),
            network=network,
            timeout_seconds=self.settings.timeout_seconds,
        )
        reply: Mapping[str, Any] = json.loads(answer)
        return reply


def unpacked(archive: Path, folder: Path) -> Path:
    """Return the unpacked folder of an archive that is named by its content. It is unpacked once, and atomically."""
    target = folder / archive.stem
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as unfinished:
            whole = Path(unfinished) / "whole"
            with zipfile.ZipFile(archive) as file:
                for member in file.infolist():
                    Path(file.extract(member, whole)).chmod(member.external_attr >> 16 & 0o777)
            with contextlib.suppress(OSError):  # another process was first
                whole.rename(target)
    return target
