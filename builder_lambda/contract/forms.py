"""The path and the expected form of a value in a file that a user wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def key_path(location: tuple[int | str, ...]) -> str:
    """Return a place in a file as a path of keys, such as ``package[3].groups``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def wanted_form(item: ErrorDetails) -> str:
    """Return what a value of a file must be, without the words of the library that checked it."""
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    return _FORMS.get(item["type"], "it does not have the form that its tool writes")
