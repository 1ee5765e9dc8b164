"""Errors of the builder function and of interpreters."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class InterpreterMissing(LayerError, code="interpreter-missing"):
    """No interpreter of the runtime's Python version was found, so that nothing can compile for it."""

    cause = "it is not installed on this machine, or only a shim of a version manager is, which does not run it"
    remedy = (
        "install that Python and put it on PATH, or build with --no-bytecode, "
        "or let the builder function of that runtime build the layer"
    )

    python_version: str
    """``major.minor``, such as ``3.13``."""

    tried: tuple[str, ...] = ()
    """Programs of the name that are there and do not run as released CPython of that version."""

    def _what(self) -> str:
        return (
            f"bytecode for Python {self.python_version} cannot be made: there is no CPython {self.python_version} here"
        )

    def _details(self) -> tuple[str, ...]:
        return tuple(f"does not run, or is not what it is called: {path}" for path in self.tried)


class BuilderTimedOut(LayerError, code="builder-timed-out"):
    """The builder function ran out of time."""

    summary = "the builder function {function!r} did not finish within {timeout_seconds} seconds"
    cause = "a slow index, or a very large set of packages to resolve"
    remedy = "run again (the lock is kept); if it happens again, raise the builder's timeout up to 900 seconds"

    function: str
    timeout_seconds: int


class BuilderOutOfMemory(LayerError, code="builder-out-of-memory"):
    """The builder function ran out of memory."""

    summary = "the builder function {function!r} ran out of its {memory_mb} MB of memory"
    cause = "the wheels of a layer are held in memory while it is built"
    remedy = "raise the builder's memory; 512 MB more than the wheels' size is ample"

    function: str
    memory_mb: int


class BuilderCrashed(LayerError, code="builder-crashed"):
    """The builder function failed for a reason that the user did not cause."""

    summary = "the builder function {function!r} failed"
    explained_by = ("detail",)
    cause = "a bug in the builder; its log group has the traceback"
    remedy = "run again; if it happens again, report it with the lines above"

    function: str
    detail: str


class BuilderNotPermitted(LayerError, code="builder-not-permitted"):
    """AWS denied an action that the build needs."""

    summary = "AWS denied {action}"
    explained_by = ("detail",)
    cause = "the role or the bucket policy does not allow it, or the bucket's KMS key does not"
    remedy = "allow the action on what is named above"

    action: str
    """The IAM action, such as ``s3:PutObject``."""

    detail: str
    """What it was denied on, and AWS's words."""


class BuilderMissing(LayerError, code="builder-missing"):
    """There is no builder function of that name."""

    summary = "there is no builder function {function!r}"
    cause = "it is not deployed yet, was deleted by hand, or is in another account or region"
    remedy = "deploy the builder first (`pulumi up` does, unless --target leaves it out)"

    function: str


class UnknownError(LayerError, code="unknown-error"):
    """The builder reported an error that this version does not know."""

    summary = "the builder reported {original_code!r}"
    explained_by = ("text",)
    cause = "the builder function is of another version than this program"
    remedy = "deploy the builder function again, then run again"

    original_code: str
    text: str
