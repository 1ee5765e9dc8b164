import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from builder_lambda.errors import wire
from builder_lambda.errors.archives import (
    LayerTooLarge,
)
from builder_lambda.errors.base import LayerError, kind_of
from builder_lambda.errors.builder_function import (
    BuilderTimedOut,
)
from builder_lambda.errors.locks import (
    LockMissing,
)
from builder_lambda.errors.resolution import (
    UnresolvableRequirements,
)
from builder_lambda.errors.several import SeveralErrors
from builder_lambda.errors.wire import error_from_mapping
from tests.builder_lambda.errors.examples import EXAMPLES


@dataclass(frozen=True, kw_only=True)
class Place:
    line: int
    column: int | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    name: str
    places: tuple[Place, ...]


class Broken(LayerError):
    """As the problems of the product declare theirs, but of no code: it is not known to who reads problems."""

    summary = "{thing!r} is broken, {count} times"
    cause = "it fell"
    remedy = "mend it"

    thing: str
    count: int = 1


class BrokenInParts(Broken):
    explained_by = ("advice",)

    parts: tuple[Part, ...]
    advice: str = "glue"

    def __post_init__(self) -> None:
        self.count = len(self.parts)


BROKEN: Callable[..., LayerError] = Broken
BROKEN_IN_PARTS: Callable[..., LayerError] = BrokenInParts
"""Without their types, for calls that mypy would refuse."""


ALONE = [error for error in EXAMPLES if not isinstance(error, SeveralErrors)]
"""The text of several errors is that of its parts."""

TEXTS = Path(__file__).parent / "texts.txt"


def test_every_error_has_an_example_here() -> None:
    named = {kind for module in wire.KINDS for kind in _kinds_of(module) if "code" in vars(kind)}
    assert {type(error) for error in EXAMPLES} == named


def test_every_example_has_the_text_of_the_file() -> None:
    assert "\n\n".join(str(error) for error in EXAMPLES) + "\n" == TEXTS.read_text()


def test_codes_are_unique_and_kebab_case() -> None:
    codes = [error.code for error in EXAMPLES]
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and code.replace("-", "").isalpha() for code in codes)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: error.code)
def test_error_travels_as_json_and_is_the_same_again(error: LayerError) -> None:
    again = error_from_mapping(json.loads(json.dumps(error.to_mapping())))

    assert type(again) is type(error)
    assert again == error
    assert str(again) == str(error)
    assert hash(again) == hash(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: error.code)
def test_error_survives_pickling(error: LayerError) -> None:
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301 - our own bytes


@pytest.mark.parametrize("error", ALONE, ids=lambda error: error.code)
def test_every_error_says_what_why_and_what_to_do(error: LayerError) -> None:
    lines = str(error).splitlines()
    assert lines[0] == f"{error.code}: {error.what}"
    assert lines[-2:] == [f"  likely cause: {error.cause}", f"  what to do: {error.remedy}"]
    assert not error.what.endswith(".")


def test_numbers_that_came_as_floats_are_whole_again() -> None:
    error = BuilderTimedOut(function="builder", timeout_seconds=900)
    mapping = error.to_mapping()
    mapping["fields"] = {"function": "builder", "timeout_seconds": 900.0}

    assert str(error_from_mapping(mapping)) == str(error)


@pytest.mark.parametrize(
    "mapping",
    [
        {"code": "from-the-future", "fields": {"a": 1}, "message": "from-the-future: text"},
        {"code": "lock-missing", "fields": {"renamed": "ab"}, "message": "from-the-future: text"},
        {"code": "lock-missing", "message": "from-the-future: text"},
    ],
)
def test_an_error_of_another_version_keeps_its_text(mapping: dict[str, object]) -> None:
    assert str(error_from_mapping(mapping)) == (
        f"unknown-error: the builder reported {mapping['code']!r}\n"
        "    from-the-future: text\n"
        "  likely cause: the builder function is of another version than this program\n"
        "  what to do: deploy the builder function again, then run again"
    )


def test_an_added_field_of_another_version_is_left_out() -> None:
    mapping = {"code": "lock-missing", "fields": {"lock_sha256": "ab", "bucket": "new"}}
    assert error_from_mapping(mapping) == LockMissing(lock_sha256="ab")


def test_explanation_of_the_resolver_is_kept_whole_and_indented() -> None:
    assert str(UnresolvableRequirements(explanation="error: first\n  cause: second\n\nhint: third")) == (
        "unresolvable-requirements: no set of versions meets all requirements\n"
        "    error: first\n"
        "      cause: second\n"
        "\n"
        "    hint: third\n"
        "  likely cause: two requirements exclude each other, or a version does not exist; "
        "the resolver's explanation is above\n"
        "  what to do: widen or remove one of the requirements or constraints that the explanation names"
    )


def test_too_large_names_the_biggest() -> None:
    error = LayerTooLarge(
        unpacked_bytes=300_000_000,
        limit=262_144_000,
        biggest=(("scipy 1.18.1", 111_938_221), ("numpy 2.5.5", 52_770_620)),
    )
    assert str(error) == (
        "layer-too-large: the layer unpacks to 300,000,000 bytes; "
        "Lambda allows 262,144,000 for a function and all its layers\n"
        "        111.9 MB  scipy 1.18.1\n"
        "         52.8 MB  numpy 2.5.5\n"
        "  likely cause: the packages above are the biggest\n"
        "  what to do: slim it (slim: safe), leave out or replace one of them, or move it to a container image function"
    )


def test_every_error_is_known_where_errors_come_over_the_wire() -> None:
    package = Path(wire.__file__).parent
    modules = {path.stem for path in package.glob("*.py")} - {"__init__", "base", "wire"}
    assert {kind.__name__.rpartition(".")[2] for kind in wire.KINDS} == modules
    codes = {code for module in wire.KINDS for code in _codes_of(module)}
    assert len(codes) > 40
    assert {code for code in codes if kind_of(code) is None} == set()


def _codes_of(module: ModuleType) -> set[str]:
    return {str(vars(kind)["code"]) for kind in _kinds_of(module) if "code" in vars(kind)}


def _kinds_of(module: ModuleType) -> set[type[LayerError]]:
    named = vars(module).values()
    return {
        kind
        for kind in named
        if isinstance(kind, type) and issubclass(kind, LayerError) and kind.__module__ == module.__name__
    }


def test_fields_have_their_defaults_and_are_shown_in_their_order() -> None:
    assert repr(Broken(count=3, thing="cup")) == "Broken(thing='cup', count=3)"
    assert repr(Broken(thing="cup")) == "Broken(thing='cup', count=1)"
    assert Broken(thing="cup") == Broken(thing="cup", count=1)
    assert Broken(thing="cup") != Broken(thing="cup", count=2)
    assert Broken(thing="cup").what == "'cup' is broken, 1 times"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BROKEN(), "Broken has the fields ['thing', 'count']; wrong or missing: ['thing']"),
        (lambda: BROKEN(count=2), "Broken has the fields ['thing', 'count']; wrong or missing: ['thing']"),
        (
            lambda: BROKEN(thing="cup", place="shelf", size=1),
            "Broken has the fields ['thing', 'count']; wrong or missing: ['place', 'size']",
        ),
        (lambda: BROKEN(place=1), "Broken has the fields ['thing', 'count']; wrong or missing: ['thing', 'place']"),
        (
            lambda: BROKEN_IN_PARTS(count=1),
            "BrokenInParts has the fields ['thing', 'count', 'parts', 'advice']; wrong or missing: ['thing', 'parts']",
        ),
    ],
)
def test_fields_that_lack_or_that_there_are_not_are_named(make: Callable[[], LayerError], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert str(caught.value) == message


def test_fields_are_given_by_name_only() -> None:
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        BROKEN("cup")


def test_a_problem_of_a_problem_has_the_fields_of_both_and_completes_them() -> None:
    places = (Place(line=3), Place(line=4, column=5))
    error = BrokenInParts(thing="cup", parts=(Part(name="handle", places=places), Part(name="rim", places=())))

    assert error.count == 2, "from the parts"
    assert str(error) == (
        "layer-error: 'cup' is broken, 2 times\n    glue\n  likely cause: it fell\n  what to do: mend it"
    )
    assert repr(error).startswith("BrokenInParts(thing='cup', count=2, parts=(Part(name='handle', places=(Place(")
    assert repr(Broken(thing="cup")) == "Broken(thing='cup', count=1)", "it has what it had before"
    assert error != Broken(thing="cup", count=2)


def test_dataclasses_in_fields_become_json() -> None:
    places = (Place(line=3), Place(line=4, column=5))
    error = BrokenInParts(thing="cup", parts=(Part(name="handle", places=places),), advice="buy another")

    mapping = error.to_mapping()

    assert mapping == {
        "code": "layer-error",
        "fields": {
            "thing": "cup",
            "count": 1,
            "parts": [{"name": "handle", "places": [{"line": 3, "column": None}, {"line": 4, "column": 5}]}],
            "advice": "buy another",
        },
        "message": str(error),
    }
    assert json.loads(json.dumps(mapping)) == mapping


def test_a_class_variable_is_no_field_whether_annotations_are_texts_or_values() -> None:
    class Plain(LayerError):
        summary, cause, remedy = "a", "b", "c"
        place: ClassVar[str] = "here"

    assert repr(Plain()) == "Plain()"
