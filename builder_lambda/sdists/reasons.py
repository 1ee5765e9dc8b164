"""Finds what a failed build lacks, in its log. Pure: a table of messages of compilers and build scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.bounds import SOURCE_BUILD_FILE_BYTES
from builder_lambda.errors.sdists import (
    SourceBuildError,
    SourceBuildFailed,
    SourceBuildNeedsCMake,
    SourceBuildNeedsDisk,
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

    kind: type[SourceBuildError]
    missing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Messages:
    """The messages for one thing that a build may lack."""

    kind: type[SourceBuildError]
    missing: str
    """Has ``{}`` for the group of a pattern, if it has one."""

    patterns: tuple[str, ...]

    def find(self, log: str) -> Reason | None:
        """Return the reason if the log has it. The last match counts: scripts first try what they can do without."""
        for pattern in self.patterns:
            found = list(re.finditer(pattern, log, re.IGNORECASE))
            if found:
                return Reason(kind=self.kind, missing=self.missing.format(*found[-1].groups()))
        return None


_MESSAGES = (
    _Messages(
        kind=SourceBuildNeedsDisk,
        missing="there is no room on the disk",
        patterns=(r"No space left on device|Disk quota exceeded",),
    ),
    _Messages(
        kind=SourceBuildNeedsDisk,
        missing=f"it writes a file of more than {SOURCE_BUILD_FILE_BYTES:,} bytes",
        patterns=(r"Errno 27\] File too large|File size limit exceeded",),
    ),
    # tools first: a build without one also reports the files that the tool should have made
    _Messages(
        kind=SourceBuildNeedsRust,
        missing="it needs a Rust compiler",
        patterns=(
            r"can't find Rust compiler|requires Rust|Cargo metadata failed|error: rustup could not",
            r"\b(?:cargo|rustc)\b[^\n]*(?:not found|not installed|No such file)",
            r"No such file or directory: '(?:cargo|rustc)'",
        ),
    ),
    _Messages(
        kind=SourceBuildNeedsFortran,
        missing="it needs a Fortran compiler",
        patterns=(
            r"Unknown compiler\(s\): \[\[?'(?:gfortran|flang)",
            r"gfortran: not found|no Fortran compiler|Fortran compiler[^\n]*not found",
            r"No such file or directory: '(?:gfortran|f77|f95)'",
        ),
    ),
    _Messages(
        kind=SourceBuildNeedsCMake,
        missing="it needs CMake",
        patterns=(
            r"No such file or directory: 'cmake'|cmake: (?:command )?not found|CMake must be installed",
            r"Problem with the CMake installation|Unable to find CMake",
        ),
    ),
    _Messages(
        kind=SourceBuildNeedsMachine,
        missing="it runs what it compiles",
        patterns=(
            r"Could not invoke sanity check executable|Executables created by [^\n]* are not runnable",
            r"cannot run C(?:\+\+)? compiled programs|Exec format error",
        ),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs libpq (pg_config was not found)",
        patterns=(r"pg_config executable not found|pg_config[^\n]*(?:not found|No such file)",),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs libxml2 and libxslt",
        patterns=(r"libxml2 and libxslt development packages|x(?:ml2|slt)-config: (?:command )?not found",),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the client library of MySQL",
        patterns=(r"mysql_config[^\n]*not found|Can not find valid pkg-config name",),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the header files of Python (Python.h)",
        patterns=(r"'Python\.h' file not found|fatal error: Python\.h: No such",),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the header file {}",
        patterns=(
            r"error: '([\w./+-]+\.h(?:pp)?)' file not found",
            r"fatal error: ([\w./+-]+\.h(?:pp)?): No such file",
        ),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the library lib{}",
        patterns=(
            r"unable to find (?:dynamic |static )?(?:system )?library '([\w.+-]+)'",
            r"(?:cannot find|unable to find library) -l([\w.+-]+)",
        ),
    ),
    _Messages(
        kind=SourceBuildNeedsLibrary,
        missing="it needs the library {}",
        patterns=(
            r"No package '([\w.+-]+)' found",
            r"Package '?([\w.+-]+?)'?,? (?:was )?not found in the pkg-config",
        ),
    ),
)


def reason_of(log: str) -> Reason:
    """Return why the build with this log failed. The kind is :class:`SourceBuildFailed` if no message is known."""
    found = (messages.find(log) for messages in _MESSAGES)
    return next(
        (reason for reason in found if reason is not None),
        Reason(kind=SourceBuildFailed, missing="its build backend failed"),
    )


def build_error(log: str, source: SourceDistribution, *, log_place: str) -> SourceBuildError:
    """Return the error for a failed build.

    :param log_place: the location of the whole log.
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


def library_error(names: tuple[str, ...], source: SourceDistribution) -> SourceBuildError:
    """Return the error for a built wheel that needs libraries that the runtime does not have."""
    missing = f"the wheel needs {', '.join(names)}, which the Lambda runtime does not have"
    return SourceBuildNeedsLibrary(
        package=source.name, version=source.version, target=str(source.target), missing=missing
    )


def log_end(log: str) -> str:
    """Return the last lines of a log, without empty ones."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    return "\n".join(line[:_LONGEST_LINE] for line in lines[-_LAST_LINES:])
