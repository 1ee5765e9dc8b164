"""The answers of programs elsewhere that build a wheel: its file name, the log of a failure, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.builder_function import BuilderCrashed
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken

if TYPE_CHECKING:
    from collections.abc import Callable


def built_wheel(reply: object, read_wheel: Callable[[], bytes | None], *, builder: str) -> BuiltWheel:
    """Return the wheel of a reply.

    :param read_wheel: reads what the program stored.
    :param builder: name of the program, for messages.
    :raises SourceBuildBroken: with the log, if the build failed.
    :raises LayerError: that the program reported.
    :raises BuilderCrashed: if the reply is of another form, or nothing was stored.
    """
    match reply:
        case {"filename": str(filename)}:
            content = read_wheel()
            if content is None:
                raise BuilderCrashed(function=builder, detail="it stored no wheel")
            return BuiltWheel(filename=filename, content=content)
        case {"log": str(log)}:
            raise SourceBuildBroken(log)
        case {"error": dict(error)}:
            raise error_from_mapping(error)
        case _:
            raise BuilderCrashed(function=builder, detail=f"it answered {reply!r}")
