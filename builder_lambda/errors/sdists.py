"""Errors of building wheels from source distributions."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError

__all__ = [
    "SOLVED_BY_ANOTHER_HOST",
    "BuiltWheelUnusable",
    "InvalidSdist",
    "SourceBuildError",
    "SourceBuildFailed",
    "SourceBuildNeedsCMake",
    "SourceBuildNeedsDisk",
    "SourceBuildNeedsFortran",
    "SourceBuildNeedsInterpreter",
    "SourceBuildNeedsLibrary",
    "SourceBuildNeedsMachine",
    "SourceBuildNeedsRust",
    "SourceBuildTimedOut",
    "SourceBuildsUnavailable",
]

_OTHER_WAYS = "require a version that has a wheel, or publish a wheel on an index of yours"
_OTHER_HOST = (
    f"build on the host 'container' or 'codebuild', whose images have compilers and libraries; or {_OTHER_WAYS}"
)


class SourceBuildError(LayerError):
    """Base of the errors of one source build."""

    package: str
    """Normalised name of the project."""

    version: str
    target: str
    """The target, such as ``python3.13-x86_64``."""

    missing: str
    """What the build lacks, or what happened."""

    log_end: str = ""
    """The last lines of the build's log."""

    log_place: str = ""
    """Where the whole log is: a path, or an address in S3."""

    nearest: str | None = None
    """The version nearest to it that has a wheel for the target, if any has."""

    def _what(self) -> str:
        return f"{self.package} {self.version} cannot be built from source for {self.target}: {self.missing}"

    def _details(self) -> tuple[str, ...]:
        nearest = f"{self.package} {self.nearest} has a wheel that fits" if self.nearest else ""
        place = f"the whole log: {self.log_place}" if self.log_place else ""
        return tuple(part for part in (self.log_end, place, nearest) if part)


class SourceBuildNeedsLibrary(SourceBuildError, code="source-build-needs-library"):
    """A build needs headers or a library that are not there, or a wheel needs a library that the runtime lacks."""

    cause = "the package is a binding to a C library, which neither the builder nor the Lambda runtime brings"
    remedy = _OTHER_HOST


class SourceBuildNeedsRust(SourceBuildError, code="source-build-needs-rust"):
    """A build needs a Rust compiler."""

    cause = "the package is written in Rust, and the builder has a compiler for C and C++ only"
    remedy = _OTHER_HOST


class SourceBuildNeedsCMake(SourceBuildError, code="source-build-needs-cmake"):
    """A build starts CMake without requiring it as a package."""

    cause = "the package expects CMake on the machine, and does not ask for it among its build requirements"
    remedy = _OTHER_HOST


class SourceBuildNeedsFortran(SourceBuildError, code="source-build-needs-fortran"):
    """A build needs a Fortran compiler."""

    cause = "the package is partly written in Fortran, and the builder has a compiler for C and C++ only"
    remedy = _OTHER_HOST


class SourceBuildNeedsInterpreter(SourceBuildError, code="source-build-needs-interpreter"):
    """There is no interpreter of the target's Python here, and a build runs in one."""

    cause = "a wheel is built by an interpreter of the same Python version, and none is where the build runs"
    remedy = f"install that Python and put it on PATH, or build on the host 'container'; or {_OTHER_WAYS}"


class SourceBuildNeedsMachine(SourceBuildError, code="source-build-needs-machine"):
    """A build runs what it compiles, which is for another machine than it runs on."""

    cause = "its build system tries out the compiler by running programs, and the target is of another architecture"
    remedy = f"build on a machine of that architecture: the host 'local' or 'container' there; or {_OTHER_WAYS}"


class SourceBuildNeedsDisk(SourceBuildError, code="source-build-needs-disk"):
    """The disk was full while an sdist was unpacked or built."""

    cause = "the builder function has 4 GB in all, and other machines have what is free; or a build writes without end"
    remedy = f"free space where it was built; or build on the host 'codebuild' or 'container'; or {_OTHER_WAYS}"


class SourceBuildFailed(SourceBuildError, code="source-build-failed"):
    """A build failed for an unknown reason."""

    cause = "the end of the build's log is above"
    remedy = _OTHER_WAYS


class SourceBuildTimedOut(SourceBuildError, code="source-build-timed-out"):
    """A build did not end in time. All its processes were ended."""

    cause = "the build waits for something that never comes, or the package is too large for this machine"
    remedy = _OTHER_WAYS


class BuiltWheelUnusable(LayerError, code="built-wheel-unusable"):
    """The target cannot use the wheel that was built. Lists every reason."""

    cause = "the build took the machine that it ran on for the target, or linked what is only there"
    remedy = _OTHER_HOST

    filename: str
    target: str
    problems: tuple[str, ...]

    def _what(self) -> str:
        return f"the wheel {self.filename!r} that was built cannot be used by {self.target}"

    def _details(self) -> tuple[str, ...]:
        return self.problems


class InvalidSdist(LayerError, code="invalid-sdist"):
    """An sdist is damaged, unsafe, or not what its name says."""

    summary = "the source distribution {filename!r} cannot be used: {reason}"
    cause = "it was damaged, or is not made as the packaging specifications want it"
    remedy = _OTHER_WAYS

    filename: str
    reason: str


class SourceBuildsUnavailable(LayerError, code="source-builds-unavailable"):
    """Source builds are allowed, but this builder has none."""

    summary = "this builder does not build from source: {reason}"
    cause = "source builds are allowed for the layer, and the builder was not set up for them"
    remedy = "set source_builds of the LayerBuilder, or build on the host 'local' or 'container' on Linux"

    reason: str


SOLVED_BY_ANOTHER_HOST = frozenset(
    kind.code
    for kind in (
        SourceBuildNeedsLibrary,
        SourceBuildNeedsRust,
        SourceBuildNeedsCMake,
        SourceBuildNeedsFortran,
        SourceBuildNeedsInterpreter,
        SourceBuildNeedsMachine,
        SourceBuildNeedsDisk,
        SourceBuildsUnavailable,
        BuiltWheelUnusable,
    )
)
"""Codes of errors that another host may not have, because its image has more tools."""
