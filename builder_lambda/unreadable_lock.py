"""That a lock of another tool cannot be read, with every reason: the step before ``UnusableLock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.lock_errors import LockFault

if TYPE_CHECKING:
    from pydantic import ValidationError


class UnreadableLock(Exception):
    """The lock cannot be read; holds every reason."""

    def __init__(self, *faults: LockFault) -> None:
        super().__init__(*faults)
        self.faults = faults

    @classmethod
    def of(cls, error: ValidationError) -> UnreadableLock:
        """Return the fault of every field that does not have the form that the tool writes."""
        return cls(*(LockFault(subject=key_path(item["loc"]), reason=item["msg"]) for item in error.errors()))


def key_path(location: tuple[int | str, ...]) -> str:
    """Return a place in a file as a path of keys, such as ``package[3].groups``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")
