"""Resolve with uv: the one place that runs it and knows its words.

uv evaluates markers and tags for the target, whatever machine it runs on. Its output and the texts that it fails
with are those of the release pinned in ``requirements.txt``; ``tests/cases/uv`` holds them as seen.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from builder_lambda.errors import IndexUnreachable, NoCompatibleWheel, UnknownPackage, UnresolvableRequirements
from builder_lambda.lock import parse_lock, render_lock
from builder_lambda.urls import redacted

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.index_settings import IndexSettings
    from builder_lambda.ports import Runner
    from builder_lambda.requirements import Requirements
    from builder_lambda.targets import Target

_UNKNOWN = re.compile(r"([A-Za-z0-9._-]+) was not found in the (?:package registry|provided package locations)")
_WITHOUT_WHEEL = re.compile(
    r"^hint: (?:Wheels are (?:required|available) for|You require .*? wheels for) `([A-Za-z0-9._-]+)`", re.MULTILINE
)
_UNREACHABLE = ("Failed to fetch", "Request failed", "Failed to download", "error sending request", "dns error")
_MOST_CULPRITS = 50


class UvResolver:
    """Resolves with ``uv pip compile``."""

    def __init__(self, *, settings: IndexSettings, cache: Path, run: Runner = subprocess.run) -> None:
        """Resolve by the index of ``settings``, keeping uv's cache in the folder ``cache``.

        :param run: starts a program, as ``subprocess.run`` does.
        """
        self._settings = settings
        self._cache = cache
        self._run = run

    def resolve(self, requirements: Requirements, target: Target, *, previous: Pylock | None = None) -> Pylock:
        """See :class:`builder_lambda.ports.Resolver`."""
        bare = requirements.without_hashes()
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            lock, complaint = self._compile(work, bare, target, previous)
            if lock is None:
                unknown, without_wheel = self._culprits(work, bare, target, complaint)
                _raise_fault(complaint, unknown, without_wheel, target)
        return parse_lock(lock)

    def _compile(
        self,
        work: Path,
        requirements: Requirements,
        target: Target,
        previous: Pylock | None = None,
        excluded: frozenset[str] = frozenset(),
    ) -> tuple[str | None, str]:
        """Run uv once, and return the lock's text (``None`` if there is none) and what uv said."""
        import uv

        output = work / "pylock.toml"
        output.unlink(missing_ok=True)
        if previous is not None:
            output.write_text(render_lock(previous))  # uv prefers the versions of the file that it replaces
        command = [uv.find_uv_bin(), "pip", "compile", "--format", "pylock.toml", "--no-header", "--no-annotate"]
        command += ["--output-file", str(output), "--cache-dir", str(self._cache), "--only-binary", ":all:"]
        command += ["--python", sys.executable, "--python-version", target.python_full_version]
        command += ["--python-platform", platform_for_uv(target)]
        for option, lines in (("--constraints", requirements.constraints), ("--excludes", sorted(excluded))):
            if lines:
                listed = work / f"{option.strip('-')}.txt"
                listed.write_text("\n".join(lines))
                command += [option, str(listed)]
        environ = self._settings.for_uv()
        environ |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
        command.append("-")
        run = self._run(
            command,
            input="\n".join(requirements.requirements),
            cwd=work,  # so that no pyproject.toml or uv.toml of a project takes part
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return (output.read_text() if run.returncode == 0 else None), redacted(run.stderr.strip())

    def _culprits(
        self, work: Path, requirements: Requirements, target: Target, complaint: str
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return all projects that are unknown, and all without a wheel; uv names the first only.

        Each that it named is left out of the next try, until uv has none of these to complain about.
        """
        unknown, without_wheel = frozenset[str](), frozenset[str]()
        for _ in range(_MOST_CULPRITS):
            found_unknown = frozenset(_UNKNOWN.findall(complaint))
            found_without_wheel = frozenset(_WITHOUT_WHEEL.findall(complaint)) - found_unknown
            if found_unknown | found_without_wheel <= unknown | without_wheel:
                break
            unknown, without_wheel = unknown | found_unknown, without_wheel | found_without_wheel
            lock, complaint = self._compile(work, requirements, target, excluded=unknown | without_wheel)
            if lock is not None:
                break
        return unknown, without_wheel


def platform_for_uv(target: Target) -> str:
    """Return uv's name of the target's platform.

    uv knows a few glibc releases by name; for 2.26 the nearest below it is 2.17.
    """
    return f"{target.machine}-manylinux_2_{34 if target.glibc >= (2, 34) else 17}"


def _raise_fault(complaint: str, unknown: frozenset[str], without_wheel: frozenset[str], target: Target) -> NoReturn:
    if unknown:
        raise UnknownPackage(names=tuple(sorted(unknown)), explanation=complaint)
    if without_wheel:
        raise NoCompatibleWheel(target=target.slug, packages=tuple(sorted(without_wheel)), explanation=complaint)
    if "No solution found" in complaint:
        raise UnresolvableRequirements(explanation=complaint)
    if any(words in complaint for words in _UNREACHABLE):
        raise IndexUnreachable(detail=complaint)
    raise RuntimeError(f"uv failed: {complaint}")
