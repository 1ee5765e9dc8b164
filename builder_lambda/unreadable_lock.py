"""That a lock of another tool cannot be read, with every reason: the step before ``UnusableLock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.lock_errors import LockFault

if TYPE_CHECKING:
    from packaging.pylock import Pylock
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_FORMS = {
    "missing": "it is missing",
    "string_type": "it must be text",
    "list_type": "it must be a list",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "dict_type": "it must be a table of keys and values",
    "model_type": "it must be a table of keys and values",
    "model_attributes_type": "it must be a table of keys and values",
}


class UnreadableLock(Exception):
    """The lock cannot be read; holds every reason."""

    def __init__(self, *faults: LockFault, rest: Pylock | None = None) -> None:
        """Hold the reasons, and what the lock says of itself if that much can be read."""
        super().__init__(*faults)
        self.faults = faults
        self.rest = rest

    @classmethod
    def of(cls, error: ValidationError) -> UnreadableLock:
        """Return the fault of every field that does not have the form that the tool writes."""
        return cls(
            *(
                LockFault(subject=key_path(item["loc"]), reason=wanted_form(item), kind="form")
                for item in error.errors()
            )
        )


def key_path(location: tuple[int | str, ...]) -> str:
    """Return a place in a file as a path of keys, such as ``package[3].groups``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def wanted_form(item: ErrorDetails) -> str:
    """Return what a value of a file must be, without the words of the library that checked it."""
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    return _FORMS.get(item["type"], "it does not have the form that its tool writes")
