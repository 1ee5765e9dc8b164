"""Resolve with uv: the one place that runs it. What it says when it fails is read by ``uv_complaint.py``.

uv evaluates markers and tags for the target, whatever machine it runs on.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import redacted
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.ports.version_policy import KEEP_VERSIONS
from builder_lambda.resolvers.uv_indexes import write_uv_indexes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.ports.ports import Runner
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements
    from builder_lambda.resolvers.uv_indexes import UvIndexes

_MOST_CULPRITS = 50
_UNWRAPPED = "10000"
"""As wide a terminal as uv wraps its text for: a sentence that is broken is not recognised."""


class UvResolver:
    """Resolves with ``uv pip compile``."""

    def __init__(
        self,
        *,
        settings: IndexSettings,
        cache: Path,
        listing: IndexListing | None = None,
        run: Runner = subprocess.run,
        environ: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Resolve by the indexes of ``settings``, keeping uv's cache in the folder ``cache``.

        :param listing: lists what these indexes have; asked for names that are pinned to an index.
        :param run: starts a program, as ``subprocess.run`` does.
        :param environ: further variables for uv.
        """
        self._settings = settings
        self._cache = cache
        self._listing = listing or SimpleIndex(settings=settings)
        self._run = run
        self._environ = environ

    def resolve(
        self,
        requirements: Requirements,
        target: Target,
        *,
        previous: Pylock | None = None,
        policy: VersionPolicy = KEEP_VERSIONS,
    ) -> Pylock:
        """See :class:`~builder_lambda.ports.Resolver`."""
        bare = requirements.without_hashes()
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            indexes = write_uv_indexes(work, self._settings, policy, self._listing)
            refreshed = _refresh_arguments(policy)
            lock, complaint = self._compile(work, indexes, bare, target, policy.kept_of(previous), more=refreshed)
            if lock is None:
                from builder_lambda.resolvers.uv_output import raise_fault, raise_if_denied

                raise_if_denied(complaint, self._settings)
                unknown, without_wheel = self._culprits(work, indexes, bare, target, complaint)
                raise_fault(complaint, unknown, without_wheel, target)
        from builder_lambda.locks.pylock import parse_lock  # while uv had its turn, somebody may have imported it

        return parse_lock(lock)

    def _compile(
        self,
        work: Path,
        indexes: UvIndexes,
        requirements: Requirements,
        target: Target,
        previous: Pylock | None = None,
        excluded: frozenset[str] = frozenset(),
        more: tuple[str, ...] = (),
    ) -> tuple[str | None, str]:
        """Run uv once, and return the lock's text (``None`` if there is none) and what uv said."""
        import uv

        output = work / "pylock.toml"
        output.unlink(missing_ok=True)
        if previous is not None:
            from builder_lambda.locks.pylock import render_lock

            output.write_text(render_lock(previous))  # uv prefers the versions of the file that it replaces
        command = [uv.find_uv_bin(), "pip", "compile", "--format", "pylock.toml", "--no-header", "--no-annotate"]
        command += ["--output-file", str(output), "--cache-dir", str(self._cache), "--only-binary", ":all:"]
        command += ["--python", sys.executable, "--python-version", target.python_full_version]
        command += ["--python-platform", platform_for_uv(target), *indexes.arguments, *more]
        for option, lines in (("--constraints", requirements.constraints), ("--excludes", sorted(excluded))):
            if lines:
                listed = work / f"{option.strip('-')}.txt"
                listed.write_text("\n".join(lines))
                command += [option, str(listed)]
        environ = {**indexes.environ, **self._environ, "UV_PYTHON_DOWNLOADS": "never"}
        environ |= {"UV_NO_PROGRESS": "1", "NO_COLOR": "1", "COLUMNS": _UNWRAPPED}
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
        if run.returncode == 0:
            return output.read_text(), ""
        from builder_lambda.resolvers.uv_output import lines_for_user

        return None, indexes.redacted(redacted(lines_for_user(run.stderr)))

    def _culprits(
        self, work: Path, indexes: UvIndexes, requirements: Requirements, target: Target, complaint: str
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return all projects that are unknown, and all without a wheel; uv names the first only.

        Each that it named is left out of the next try, until uv has none of these to complain about.
        """
        from builder_lambda.resolvers.uv_output import names_without_wheel, unknown_names

        unknown, without_wheel = frozenset[str](), frozenset[str]()
        for _ in range(_MOST_CULPRITS):
            found_unknown = unknown_names(complaint)
            found_without_wheel = names_without_wheel(complaint) - found_unknown
            if found_unknown | found_without_wheel <= unknown | without_wheel:
                break
            unknown, without_wheel = unknown | found_unknown, without_wheel | found_without_wheel
            lock, complaint = self._compile(work, indexes, requirements, target, excluded=unknown | without_wheel)
            if lock is not None:
                break
        return unknown, without_wheel


def platform_for_uv(target: Target) -> str:
    """Return uv's name of the target's platform.

    uv knows a few glibc releases by name; for 2.26 it is given the next one above, 2.28, so that no wheel is missed.
    ``fitting_resolver.py`` sees to it that none is chosen that is too new.
    """
    return f"{target.machine}-manylinux_2_{34 if target.glibc >= (2, 34) else 28}"


def _refresh_arguments(policy: VersionPolicy) -> tuple[str, ...]:
    """Return what makes uv ask again for what is to be upgraded, where it would believe its cache."""
    if policy.upgrade == "all":
        return ("--refresh",)
    return tuple(part for name in policy.upgrade for part in ("--refresh-package", name))
