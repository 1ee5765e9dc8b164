"""The tools that people build layers with today."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tool import Attempt, Case
from benchmarks.toolbox import uv

_INTO = "python"
"""The folder of a layer in which Lambda looks for packages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PipAndZip:
    """`pip install --target`, then `zip -r`, without a cache."""

    name: str = "pip"
    label: str = "pip install --target, zip"
    is_ours: bool = False

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """See :class:`benchmarks.tool.Tool`."""
        install = (str(case.toolbox.target_python), "-m", "pip", "install", "--quiet", "--target", _INTO)
        return _then_zip(case, folder, (*install, *case.layer_set.requirements))


@dataclass(frozen=True, kw_only=True, slots=True)
class UvAndZip:
    """`uv pip install --target`, then `zip -r`."""

    name: str = "uv"
    label: str = "uv pip install --target, zip"
    keeps_cache: bool = False
    is_ours: bool = False

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """See :class:`benchmarks.tool.Tool`. The cache is on the same disk as the target, so that uv can link."""
        cache = case.warm / self.name if self.keeps_cache else folder / "cache"
        python = ("--python", str(case.toolbox.target_python))
        install = (*uv(), "pip", "install", "--quiet", *python, "--cache-dir", str(cache), "--target", _INTO)
        return _then_zip(case, folder, (*install, *case.layer_set.requirements))


@dataclass(frozen=True, kw_only=True, slots=True)
class SamBuild:
    """`sam build` of a layer. It leaves a folder; the zip is not measured."""

    name: str = "sam"
    label: str = "sam build (no zip)"
    is_ours: bool = False

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """See :class:`benchmarks.tool.Tool`."""
        layer = {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": "layer", "CompatibleRuntimes": [case.runtime]},
            "Metadata": {"BuildMethod": case.runtime, "BuildArchitecture": case.toolbox.architecture},
        }
        template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Layer": layer}}
        (folder / "template.json").write_text(json.dumps(template))
        (folder / "layer").mkdir()
        _write_requirements(folder / "layer", case)
        archive = folder / "layer.zip"
        built = folder / ".aws-sam" / "build" / "Layer"
        pack = f"cd {shlex.quote(str(built))} && {_zip(case, archive)}"
        return Attempt(
            command=(str(case.toolbox.sam), "build", "--template", "template.json", "--no-cached"),
            folder=folder,
            environ=case.toolbox.environ,
            archive=archive,
            afterwards=("/bin/sh", "-c", pack),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerlessPlugin:
    """`serverless package` with the plugin `python-requirements`, which makes a layer. Its caches are off."""

    cloudformation: str
    """The URL of a stand-in for CloudFormation: the framework asks whether the stack exists."""
    name: str = "serverless"
    label: str = "serverless-python-requirements"
    is_ours: bool = False

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """See :class:`benchmarks.tool.Tool`."""
        if case.toolbox.serverless is None:
            raise FileNotFoundError(case.toolbox.why_no_serverless)
        requirements = {
            "layer": True,
            "dockerizePip": False,
            "pythonBin": str(case.toolbox.target_python),
            "useDownloadCache": False,
            "useStaticCache": False,
        }
        service = {
            "service": "benchmark",
            "frameworkVersion": "*",
            "provider": {"name": "aws", "runtime": case.runtime},
            "plugins": ["serverless-python-requirements"],
            "custom": {"pythonRequirements": requirements},
            "package": {"patterns": ["!**", "handler.py"]},
            "functions": {"hello": {"handler": "handler.run"}},
        }
        (folder / "serverless.json").write_text(json.dumps(service))
        (folder / "handler.py").write_text("def run(event, context):\n    return None\n")
        (folder / "node_modules").symlink_to(case.toolbox.serverless.parents[1])
        _write_requirements(folder, case)
        aws = {"AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark", "AWS_REGION": "eu-west-1"}
        return Attempt(
            command=(str(case.toolbox.serverless), "package"),
            folder=folder,
            environ={**case.toolbox.environ, **aws, "AWS_ENDPOINT_URL": self.cloudformation},
            archive=folder / ".serverless" / "pythonRequirements.zip",
        )


def _then_zip(case: Case, folder: Path, install: tuple[str, ...]) -> Attempt:
    archive = folder / "layer.zip"
    script = f"{shlex.join(install)} && {_zip(case, archive, _INTO)}"
    return Attempt(command=("/bin/sh", "-c", script), folder=folder, environ=case.toolbox.environ, archive=archive)


def _zip(case: Case, archive: Path, what: str = ".") -> str:
    return shlex.join((case.toolbox.zip, "-q", "-r", str(archive), what))


def _write_requirements(folder: Path, case: Case) -> None:
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in case.layer_set.requirements))
