"""Resolve with pip, for indexes that only pip can use: the one place that runs it and knows its words.

pip evaluates markers on the machine that runs it, whatever platform it is told. A lock of another Python would lack
packages without a word, so that only the target of the running interpreter is accepted.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.contract.targets import ARCHITECTURES, Target
from builder_lambda.contract.urls import filename_of, redacted, without_credentials
from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable, UnsupportedIndexes
from builder_lambda.errors.options import UnsupportedTarget
from builder_lambda.errors.resolution import NoCompatibleWheel, ResolverFailed, UnknownPackage, UnresolvableRequirements
from builder_lambda.locks.pylock import lock_of
from builder_lambda.ports.version_policy import KEEP_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from packaging.pylock import Pylock
    from packaging.version import Version

    from builder_lambda.errors.base import LayerError
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.ports.ports import Runner
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements

_UNMET = re.compile(
    r"ERROR: Could not find a version that satisfies the requirement (.+?) \((?:from .*)?from versions: "
)
_SKIPPED = re.compile(r"Skipping link: (?:No sources permitted for|none of the wheel's tags) .*?: (\S+)")
_COMPLAINT = re.compile(r"^\S+ (ERROR: .*?)(?=^\S+ Exception information:|\Z)", re.MULTILINE | re.DOTALL)
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT[\d:,]+ ?", re.MULTILINE)
_MOST_CULPRITS = 50


class PipResolver:
    """Resolves with ``pip install --dry-run``."""

    def __init__(self, *, settings: IndexSettings, run: Runner = subprocess.run) -> None:
        """Resolve by the index of ``settings``.

        :param run: starts a program, as ``subprocess.run`` does.
        """
        self._settings = settings
        self._start = run

    def resolve(
        self,
        requirements: Requirements,
        target: Target,
        *,
        previous: Pylock | None = None,
        policy: VersionPolicy = KEEP_VERSIONS,
    ) -> Pylock:
        """See :class:`builder_lambda.ports.ports.Resolver`.

        pip knows no preferences: the versions of ``previous`` are tried as constraints, all or none.

        :raises UnsupportedTarget: if the target is not that of the running interpreter.
        :raises UnsupportedIndexes: if there is more than one index, which pip would take as one.
        """
        _check_target(target)
        _check_indexes(self._settings)
        kept = policy.kept_of(previous)
        bare = requirements.without_hashes()
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            if kept is not None:
                pins = tuple(f"{package.name}=={package.version}" for package in kept.packages)
                report, _ = self._run(work, bare.requirements, bare.constraints + pins, target, policy)
                if report is not None:
                    return lock_of(_wheels(report))
            report, log = self._run(work, bare.requirements, bare.constraints, target, policy)
            if report is None:
                self._raise_fault(work, bare, target, policy, log)
            return lock_of(_wheels(report))

    def _run(
        self,
        work: Path,
        requirements: tuple[str, ...],
        constraints: tuple[str, ...],
        target: Target,
        policy: VersionPolicy,
    ) -> tuple[Mapping[str, Any] | None, str]:
        """Run pip once, and return its report (``None`` if it failed) and its detailed log."""
        report, log = work / "report.json", work / "log.txt"
        log.unlink(missing_ok=True)
        for name, lines in (("requirements.txt", requirements), ("constraints.txt", constraints)):
            (work / name).write_text("\n".join(lines))
        abi = f"cp{target.python_version.replace('.', '')}"
        command = [sys.executable, _pip_folder(), "install", "--dry-run", "--quiet", "--no-input", "--ignore-installed"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--target", str(work / "target")]
        command += ["--python-version", target.python_version, "--implementation", "cp"]
        command += [part for name in (abi, "abi3", "none") for part in ("--abi", name)]
        command += [part for name in _platforms(target) for part in ("--platform", name)]
        command += ["--report", str(report), "--log", str(log), "-r", "requirements.txt", "-c", "constraints.txt"]
        for file in policy.offered.values():
            command += ["--find-links", file.url]
        if policy.uploaded_before is not None and not any(index.ignores_age for index in self._settings.indexes):
            command += ["--uploaded-prior-to", policy.uploaded_before.isoformat()]
        run = self._start(command, cwd=work, env=self._settings.for_pip(), capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return json.loads(report.read_text()), ""
        return None, redacted(log.read_text() if log.exists() else run.stderr)

    def _raise_fault(
        self, work: Path, requirements: Requirements, target: Target, policy: VersionPolicy, log: str
    ) -> NoReturn:
        """Raise why pip failed. It stops at the first project, so that the others are found by leaving that one out."""
        first = fault = _fault(log, target)
        unknown, without_wheel = set[str](), set[str]()
        for _ in range(_MOST_CULPRITS):
            if isinstance(fault, UnknownPackage):
                unknown |= set(fault.names)
            elif isinstance(fault, NoCompatibleWheel):
                without_wheel |= set(fault.packages)
            rest = tuple(
                line
                for line in requirements.requirements
                if canonicalize_name(Requirement(line).name) not in unknown | without_wheel
            )
            report, log = self._run(work, rest, requirements.constraints, target, policy)
            again = None if report is not None else _fault(log, target)
            if again is None or again == fault:
                break
            fault = again
        if unknown:
            raise UnknownPackage(names=tuple(sorted(unknown)), explanation=_explanation(first))
        if without_wheel:
            packages = tuple(sorted(without_wheel))
            raise NoCompatibleWheel(target=target.slug, packages=packages, explanation=_explanation(first))
        raise first


def _explanation(fault: LayerError) -> str:
    return "\n".join(fault.details)


def _check_target(target: Target) -> None:
    runtime = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    architecture = "arm64" if platform.machine() == "aarch64" else platform.machine()
    if sys.platform == "linux" and (target.runtime, target.architecture) == (runtime, architecture):
        return
    raise UnsupportedTarget(
        runtime=target.runtime,
        architecture=target.architecture,
        runtimes=(runtime,),
        architectures=tuple(name for name in ARCHITECTURES if name == architecture and sys.platform == "linux"),
        reason="pip reads markers for the machine that it runs on; resolve with uv, or run pip on the target",
    )


def _check_indexes(settings: IndexSettings) -> None:
    """Check that there is one index: pip takes a name from whichever has the newest version of it."""
    count = len(settings.indexes) + (not any(index.is_default for index in settings.indexes))
    if count > 1:
        reason = f"there are {count}, the default one among them, and pip has no order of indexes"
        raise UnsupportedIndexes(resolver="pip", reason=reason)


def _pip_folder() -> str:
    """Return the folder of pip, which can be run as it is: in Lambda ``python -m pip`` would not find ours."""
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        raise RuntimeError("pip is not installed beside this package")
    return str(Path(spec.origin).parent)


def _platforms(target: Target) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.platform for tag in target.tags if tag.platform != "any"))


def _wheels(report: Mapping[str, Any]) -> list[LockedWheel]:
    wheels = []
    for item in report["install"]:
        url = item["download_info"]["url"]
        wheels.append(
            LockedWheel(
                filename=filename_of(url),
                name=canonicalize_name(item["metadata"]["name"]),
                version=item["metadata"]["version"],
                sha256=item["download_info"]["archive_info"]["hashes"]["sha256"],
                url=without_credentials(url),
            )
        )
    return wheels


def _fault(log: str, target: Target) -> LayerError:
    """Return why pip failed. Its messages do not tell an unknown name from a dead index; its log does."""
    complaint = _COMPLAINT.search(log)
    explanation = _TIME.sub("", complaint[1] if complaint else log).strip()
    unmet = _UNMET.search(log)
    if unmet is not None:
        requirement = _requirement(unmet[1])
        name = canonicalize_name(requirement.name)
        failed_pages = re.findall(rf"Could not fetch URL \S+/{re.escape(name)}/?: (.*) - skipping", log)
        denied = re.search(rf"Could not fetch URL (\S+/{re.escape(name)}/?): 40[13] ", log)
        if denied is not None:
            host = urlsplit(denied[1]).hostname or denied[1]
            return IndexDenied(index=host, detail="\n".join(failed_pages))
        if any(not reason.startswith("404") for reason in failed_pages):
            return IndexUnreachable(detail="\n".join(failed_pages))
        if failed_pages:
            return UnknownPackage(names=(name,), explanation=explanation)
        if any(_meets(filename_of(url), requirement) for url in _SKIPPED.findall(log)):
            return NoCompatibleWheel(target=target.slug, packages=(name,), explanation=explanation)
    if unmet is not None or "ResolutionImpossible" in log:
        return UnresolvableRequirements(explanation=explanation)
    return ResolverFailed(resolver="pip", explanation=explanation)


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return Requirement(re.split(r"[^A-Za-z0-9._-]", text)[0])


def _meets(filename: str, requirement: Requirement) -> bool:
    version = _version(filename, canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version)


def _version(filename: str, name: str) -> Version | None:
    try:
        if filename.endswith(".whl"):
            found, version = parse_wheel_filename(filename)[:2]
        else:
            found, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return version if found == name else None
