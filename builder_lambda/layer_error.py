"""The root of all faults that are shown to a user: how one reads, and how it travels.

The faults themselves are in modules of their own, which are imported where one is raised, or comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib import import_module
from typing import ClassVar

_TRAVELLING = ("errors", "build_errors", "code_errors", "host_errors", "index_errors", "lock_errors", "source_errors")
"""Modules with the faults that builders answer with."""

_BY_CODE: dict[str, type[LayerError]] = {}


class LayerError(Exception):
    """Root of all faults that a user can do something about. Every subclass is a dataclass of its fields."""

    code: ClassVar[str] = "layer-error"
    """Stable name on the wire and in documentation."""

    summary: ClassVar[str]
    """What happened, as a format of the fields; a tuple of names reads as a list of quoted names."""

    explained_by: ClassVar[tuple[str, ...]] = ()
    """Fields whose text is shown whole under the summary."""

    cause: ClassVar[str]
    """The likely cause."""

    remedy: ClassVar[str]
    """What to do next."""

    def __init_subclass__(cls, *, code: str | None = None) -> None:
        """Register the class under its code, for :meth:`from_mapping`."""
        super().__init_subclass__()
        if code is not None:
            cls.code = code
            _BY_CODE[code] = cls

    @property
    def what(self) -> str:
        """What happened, in one sentence without a full stop."""
        return self._what()

    @property
    def details(self) -> tuple[str, ...]:
        """Lines that belong under :attr:`what`, each shown indented and never cut."""
        return self._details()

    def _what(self) -> str:
        return self.summary.format(**{name: _shown(value) for name, value in vars(self).items()})

    def _details(self) -> tuple[str, ...]:
        return tuple(str(getattr(self, name)) for name in self.explained_by)

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.what}"]
        lines += [f"    {line}".rstrip() for detail in self.details for line in detail.splitlines()]
        lines += [f"  likely cause: {self.cause}", f"  what to do: {self.remedy}"]
        return "\n".join(lines)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        return LayerError.from_mapping, (self.to_mapping(),)

    def to_mapping(self) -> dict[str, object]:
        """Return the error as JSON values: ``code``, ``fields``, and ``message`` for who does not know the code."""
        mapping = _json(asdict(self))  # type: ignore[call-overload]  # every subclass is a dataclass
        return {"code": self.code, "fields": mapping, "message": str(self)}

    @staticmethod
    def from_mapping(mapping: Mapping[str, object]) -> LayerError:
        """Return the error that :meth:`to_mapping` described, of the same class again.

        A code or fields that this version does not know give an :class:`UnknownFault` that keeps the text.
        """
        code = str(mapping.get("code", "unknown-fault"))
        values = mapping.get("fields")
        if code not in _BY_CODE:
            for module in _TRAVELLING:
                import_module(f"builder_lambda.{module}")
        kind = _BY_CODE.get(code)
        if kind is not None and isinstance(values, Mapping):
            known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # every subclass is a dataclass
            try:
                return kind(**{name: _frozen(value) for name, value in values.items() if name in known})
            except (TypeError, ValueError):
                pass
        return UnknownFault(original_code=code, text=str(mapping.get("message", dict(mapping))))


def _json(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    return value


def _frozen(value: object) -> object:
    """Undo what JSON did: lists for tuples, and (through Pulumi) floats for whole numbers."""
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _shown(value: object) -> object:
    return ", ".join(repr(item) for item in value) if isinstance(value, tuple) else value


@dataclass(eq=False, kw_only=True)
class UnknownFault(LayerError, code="unknown-fault"):
    """A fault of a kind that this version does not know, as told by the other side."""

    summary = "the builder reported {original_code!r}"
    explained_by = ("text",)
    cause = "the builder function is of another version than this program"
    remedy = "deploy the builder function again, then run again"

    original_code: str
    text: str
