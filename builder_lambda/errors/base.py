"""The base class of all errors that a user can act on: its text, and its JSON form.

The errors themselves are in modules by subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from inspect import get_annotations
from typing import ClassVar, dataclass_transform

_REQUIRED = object()
_BY_CODE: dict[str, type[LayerError]] = {}


@dataclass_transform(kw_only_default=True, eq_default=False)
class LayerError(Exception):
    """Base class of all errors that a user can act on.

    A subclass declares its fields as a dataclass does, and takes them by keyword. It is not a dataclass, because
    ``dataclass`` compiles the methods of each class. For 77 classes that took 8 ms, and this takes 0.6 ms
    (Python 3.11, best of five); the rest of a start takes about 30 ms.
    """

    _defaults: ClassVar[Mapping[str, object]] = {}
    """The fields, in order, each with its default or :data:`_REQUIRED`."""

    code: ClassVar[str] = "layer-error"
    """Stable name on the wire and in documentation."""

    summary: ClassVar[str]
    """What happened, as a format of the fields; a tuple of names reads as a list of quoted names."""

    explained_by: ClassVar[tuple[str, ...]] = ()
    """Fields whose text is shown whole under the summary."""

    records: ClassVar[Mapping[str, type]] = {}
    """Fields that hold a tuple of records, each with the class of its records. JSON turns a record into a mapping."""

    cause: ClassVar[str]
    """The likely cause."""

    remedy: ClassVar[str]
    """What to do next."""

    def __init_subclass__(cls, *, code: str | None = None) -> None:
        """Register the class under its code, so that ``errors.wire`` finds it, and collect its fields."""
        super().__init_subclass__()
        own = [name for name, kind in get_annotations(cls).items() if "ClassVar" not in str(kind)]
        cls._defaults = {**cls._defaults, **{name: vars(cls).get(name, _REQUIRED) for name in own}}
        if code is not None:
            cls.code = code
            _BY_CODE[code] = cls

    def __init__(self, **values: object) -> None:
        """Take the fields.

        :raises TypeError: naming fields that are missing or unknown.
        """
        fields = {**self._defaults, **values}
        wrong = [name for name in fields if name not in self._defaults or fields[name] is _REQUIRED]
        if wrong:
            raise TypeError(f"{type(self).__name__} has the fields {[*self._defaults]}; wrong or missing: {wrong}")
        vars(self).update(fields)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Complete the fields, where a subclass has something to complete."""

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """Return the names of the fields, in order."""
        return tuple(cls._defaults)

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

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._defaults)})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), {name: getattr(self, name) for name in self._defaults})

    def to_mapping(self) -> dict[str, object]:
        """Return the error as JSON values: ``code``, ``fields``, and ``message`` as text."""
        fields = {name: _json(getattr(self, name)) for name in self._defaults}
        return {"code": self.code, "fields": fields, "message": str(self)}


def kind_of(code: str) -> type[LayerError] | None:
    """Return the class of a code, if its module was imported."""
    return _BY_CODE.get(code)


def _rebuild(kind: type[LayerError], values: Mapping[str, object]) -> LayerError:
    return kind(**values)


def _json(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _json(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    return value


def _shown(value: object) -> object:
    return ", ".join(repr(item) for item in value) if isinstance(value, tuple) else value
