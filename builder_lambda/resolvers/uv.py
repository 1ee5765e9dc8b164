"""Resolves with uv. Only this module runs it; ``uv_output.py`` reads its messages.

uv evaluates markers and tags for the target, whatever machine it runs on.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import uv

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.resolution import ResolverStopped
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.resolvers.concurrent_runner import ConcurrentRunner
from builder_lambda.resolvers.uv_indexes import write_uv_indexes
from builder_lambda.resolvers.uv_output import (
    lines_for_user,
    names_without_wheel,
    raise_error,
    raise_if_denied,
    unknown_names,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.ports.ports import Runner
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.ports.version_query import VersionQuery
    from builder_lambda.requirements.requirements import Requirements
    from builder_lambda.resolvers.uv_indexes import UvIndexes

_MOST_CULPRITS = 50
_UNWRAPPED = "10000"
"""Width of the terminal, so that uv does not wrap its sentences: wrapped ones are not recognised."""


class UvResolver:
    """Resolves with ``uv pip compile``."""

    def __init__(
        self,
        *,
        settings: IndexSettings,
        cache: Path,
        listing: IndexListing | None = None,
        run: Runner | None = None,
        environ: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Resolve by the indexes of ``settings``, keeping uv's cache in the folder ``cache``.

        :param listing: lists what these indexes have; asked for names that are pinned to an index.
        :param run: starts a program, as ``subprocess.run`` does; by default within limits of time and memory.
        :param environ: further variables for uv.
        """
        self._settings = settings
        self._cache = cache
        self._listing = listing or SimpleIndex(settings=settings)
        self._run = run or ConcurrentRunner()
        self._environ = environ

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`."""
        bare = query.requirements.without_hashes()
        target, policy = query.target, query.policy
        preferred = None if query.preferred is None else _without_stored(query.preferred)
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            indexes = write_uv_indexes(work, self._settings, policy, self._listing)
            refreshed = _refresh_arguments(policy)
            lock, complaint = self._compile(work, indexes, bare, target, preferred, more=refreshed)
            if lock is None:
                raise_if_denied(complaint, self._settings)
                unknown, without_wheel = self._culprits(work, indexes, bare, target, complaint)
                raise_error(complaint, unknown, without_wheel, target)
        from builder_lambda.locks.pylock import parse_lock  # preloaded while uv ran

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
        """Run uv once. Return the text of the lock (``None`` on failure) and the message of uv."""
        output = work / "pylock.toml"
        output.unlink(missing_ok=True)
        if previous is not None:
            from builder_lambda.locks.pylock import render_lock

            output.write_text(render_lock(previous))  # uv prefers the versions of the file that it replaces
        command = [uv.find_uv_bin(), "pip", "compile", "--format", "pylock.toml", "--no-header", "--no-annotate"]
        command += ["--output-file", str(output), "--cache-dir", str(self._cache), "--only-binary", ":all:"]
        command += ["--python", sys.executable, "--python-version", target.python_full_version]
        command += ["--python-platform", platform_for_uv(target), *indexes.arguments, *more]
        for option, lines in (("--constraints", requirements.constraint_lines), ("--excludes", sorted(excluded))):
            if lines:
                listed = work / f"{option.strip('-')}.txt"
                listed.write_text("\n".join(lines))
                command += [option, str(listed)]
        environ = {**indexes.environ, **self._environ, "UV_PYTHON_DOWNLOADS": "never"}
        environ |= {"UV_NO_PROGRESS": "1", "NO_COLOR": "1", "COLUMNS": _UNWRAPPED}
        command.append("-")
        try:
            run = self._run(
                command,
                input="\n".join(requirements.requirement_lines),
                cwd=work,  # so that no pyproject.toml or uv.toml of a project takes part
                env=environ,
                capture_output=True,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ResolverStopped(resolver="uv", reason=f"it took longer than {error.timeout:,.0f} seconds") from None
        if run.returncode < 0:  # an allocation that fails ends uv by SIGABRT, the system by SIGKILL
            reason = f"it ended by the signal {signal.Signals(-run.returncode).name}, as when memory is short"
            raise ResolverStopped(resolver="uv", reason=reason)
        if run.returncode == 0:
            return output.read_text(), ""
        return None, indexes.redacted(redacted(lines_for_user(run.stderr)))

    def _culprits(
        self, work: Path, indexes: UvIndexes, requirements: Requirements, target: Target, complaint: str
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return all unknown projects, and all projects without a wheel. uv names only the first.

        Each one that uv names is excluded from the next run, until uv names no other.
        """
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

    uv knows a few glibc releases by name. For 2.26 it gets the next one above, 2.28, so that no wheel is missed;
    ``index_resolver.py`` rules out wheels that are too new.
    """
    return f"{target.machine}-manylinux_2_{34 if target.glibc >= (2, 34) else 28}"


def _refresh_arguments(policy: VersionPolicy) -> tuple[str, ...]:
    """Return the options that make uv ask the index again for upgraded projects, in place of its cache."""
    if policy.upgrade == "all":
        return ("--refresh",)
    return tuple(part for name in policy.upgrade for part in ("--refresh-package", name))


def _without_stored(previous: Pylock) -> Pylock:
    """Return the lock without archives and wheels of the store: requirements name these, and uv cannot prefer them."""
    kept = [p for p in previous.packages if not p.archive and all(wheel.url for wheel in p.wheels or ())]
    return previous if len(kept) == len(previous.packages) else replace(previous, packages=kept)
