"""Read off the log of a failed build what it lacks. Pure: a table of what compilers and build scripts say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.errors.sdists import (
    SourceBuildFailed,
    SourceBuildFault,
    SourceBuildNeedsCMake,
    SourceBuildNeedsFortran,
    SourceBuildNeedsLibrary,
    SourceBuildNeedsMachine,
    SourceBuildNeedsRust,
)

if TYPE_CHECKING:
    from builder_lambda.ports.source_build import SourceDistribution

_LAST_LINES = 20
_LONGEST_LINE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a build failed."""

    kind: type[SourceBuildFault]
    missing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Signs:
    """What is said where one thing is missing."""

    kind: type[SourceBuildFault]
    missing: str
    """With ``{}`` for the group that a pattern may have."""

    words: tuple[str, ...]

    def read(self, log: str) -> Reason | None:
        """Return the reason, if it is in the log. The last match counts: scripts try what they can do without."""
        for words in self.words:
            found = list(re.finditer(words, log, re.IGNORECASE))
            if found:
                return Reason(kind=self.kind, missing=self.missing.format(*found[-1].groups()))
        return None


_SIGNS = (
    # tools first: a build that lacks one also complains of what it would have made
    _Signs(
        kind=SourceBuildNeedsRust,
        missing="it needs a Rust compiler",
        words=(
            r"can't find Rust compiler|requires Rust|Cargo metadata failed|error: rustup could not",
            r"\b(?:cargo|rustc)\b[^\n]*(?:not found|not installed|No such file)",
            r"No such file or directory: '(?:cargo|rustc)'",
        ),
    ),
    _Signs(
        kind=SourceBuildNeedsFortran,
        missing="it needs a Fortran compiler",
        words=(
            r"Unknown compiler\(s\): \[\[?'(?:gfortran|flang)",
            r"gfortran: not found|no Fortran compiler|Fortran compiler[^\n]*not found",
            r"No such file or directory: '(?:gfortran|f77|f95)'",
        ),
    ),
    _Signs(
        kind=SourceBuildNeedsCMake,
        missing="it needs CMake",
        words=(
            r"No such file or directory: 'cmake'|cmake: (?:command )?not found|CMake must be installed",
            r"Problem with the CMake installation|Unable to find CMake",
        ),
    ),
    _Signs(
        kind=SourceBuildNeedsMachine,
        missing="it runs what it compiles",
        words=(
            r"Could not invoke sanity check executable|Executables created by [^\n]* are not runnable",
            r"cannot run C(?:\+\+)? compiled programs|Exec format error",
        ),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs libpq (pg_config was not found)",
        words=(r"pg_config executable not found|pg_config[^\n]*(?:not found|No such file)",),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs libxml2 and libxslt",
        words=(r"libxml2 and libxslt development packages|x(?:ml2|slt)-config: (?:command )?not found",),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the client library of MySQL",
        words=(r"mysql_config[^\n]*not found|Can not find valid pkg-config name",),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the header files of Python (Python.h)",
        words=(r"'Python\.h' file not found|fatal error: Python\.h: No such",),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the header file {}",
        words=(
            r"error: '([\w./+-]+\.h(?:pp)?)' file not found",
            r"fatal error: ([\w./+-]+\.h(?:pp)?): No such file",
        ),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the library lib{}",
        words=(
            r"unable to find (?:dynamic |static )?(?:system )?library '([\w.+-]+)'",
            r"(?:cannot find|unable to find library) -l([\w.+-]+)",
        ),
    ),
    _Signs(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the library {}",
        words=(
            r"No package '([\w.+-]+)' found",
            r"Package '?([\w.+-]+?)'?,? (?:was )?not found in the pkg-config",
        ),
    ),
)


def reason_of(log: str) -> Reason:
    """Return why the build with this log failed: :class:`SourceBuildFailed` where nothing in it is known."""
    found = (signs.read(log) for signs in _SIGNS)
    return next(
        (reason for reason in found if reason is not None),
        Reason(kind=SourceBuildFailed, missing="its build backend failed"),
    )


def fault_of(log: str, source: SourceDistribution, *, log_place: str) -> SourceBuildFault:
    """Return the fault that tells a user why the build with this log failed.

    :param log_place: where the whole log is.
    """
    reason = reason_of(log)
    return reason.kind(
        package=source.name,
        version=source.version,
        target=str(source.target),
        missing=reason.missing,
        log_end=log_end(log),
        log_place=log_place,
    )


def needs_libraries(names: tuple[str, ...], source: SourceDistribution) -> SourceBuildFault:
    """Return the fault of a wheel that was built, and needs libraries that the runtime does not have."""
    missing = f"the wheel needs {', '.join(names)}, which the Lambda runtime does not have"
    return SourceBuildNeedsLibrary(
        package=source.name, version=source.version, target=str(source.target), missing=missing
    )


def log_end(log: str) -> str:
    """Return the last lines of a log, for a person."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    return "\n".join(line[:_LONGEST_LINE] for line in lines[-_LAST_LINES:])
