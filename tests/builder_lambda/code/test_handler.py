"""Handlers that the runtime would find, and suggestions for those that it would not."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from builder_lambda.code.handler import FunctionCode, check_handler
from builder_lambda.errors.code import InvalidHandler

NOTHING = frozenset[str]()
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


def code(
    *,
    more: bool = False,
    python: str = HERE,
    left_out: Callable[[str], bool] = NOTHING.__contains__,
    **files: str,
) -> FunctionCode:
    """Return code whose files are named with two underscores for a slash, without ``.py``."""
    contents = {f"{name.replace('__', '/')}.py": text.encode() for name, text in files.items()}
    return FunctionCode(files=contents, python_version=python, has_more=more, is_left_out=left_out)


def refusal(handler: str, given: FunctionCode) -> str:
    with pytest.raises(InvalidHandler) as caught:
        check_handler(handler, given)
    return caught.value.reason


@pytest.mark.parametrize(
    "source",
    [
        "def handler(event, context): ...",
        "async def handler(event, context): ...",
        "class handler: ...",
        "handler = App().handle",
        "handler: object = App()",
        "a, (handler, *b) = make()",
        "from web import app as handler",
        "from web import handler",
        "import handler",
        "import handler.inner",
        "if DEBUG:\n    def handler(e, c): ...\nelse:\n    handler = None",
        "try:\n    from fast import handler\nexcept ImportError:\n    from slow import handler",
        "with quiet() as handler: ...",
        "for handler in handlers: ...",
        "if (handler := make()): ...",
        "match make():\n    case [handler]: ...",
        "def setup():\n    global handler\n    handler = 1\nsetup()",
        "from web import *",
        "def __getattr__(name): ...",
        "globals()['handler'] = 1",
        "import sys\nsetattr(sys.modules[__name__], 'handler', 1)",
    ],
)
def test_a_name_that_is_bound_or_may_be_is_accepted(source: str) -> None:
    check_handler("app.handler", code(app=source))


@pytest.mark.parametrize(
    "source",
    [
        "",
        "handler: object",
        "def outer():\n    def handler(e, c): ...",
        "class Api:\n    def handler(self, e, c): ...",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from web import handler",
        "import web.handler",
        "print(handler)",
    ],
)
def test_a_name_that_no_import_of_the_module_binds_is_refused(source: str) -> None:
    assert refusal("app.handler", code(app=source)).startswith("app.py binds no handler at its top level; ")


def test_what_a_type_checker_does_not_see_is_bound() -> None:
    check_handler("app.f", code(app="import typing\nif typing.TYPE_CHECKING:\n    x = 1\nelse:\n    def f(e, c): ..."))


def test_the_module_is_found_where_the_runtime_looks() -> None:
    source = "def run(e, c): ..."
    check_handler("jobs.nightly.run", code(jobs__nightly=source))
    check_handler("jobs/nightly.run", code(jobs__nightly=source))
    package_first = replace(code(), files={"jobs/__init__.py": source.encode(), "jobs.py": b""})
    check_handler("jobs.run", package_first)


def test_an_extension_module_is_taken_on_trust() -> None:
    given = FunctionCode(
        files={"fast.cpython-313-x86_64-linux-gnu.so": b"\x7fELF"},
        python_version=HERE,
        has_more=False,
        is_left_out=NOTHING.__contains__,
    )
    check_handler("fast.run", given)


def test_a_module_may_come_from_elsewhere_unless_the_code_hides_it() -> None:
    source = "def handler(e, c): ..."
    check_handler("wrapper.handler", code(app=source, more=True))
    assert refusal("app.inner.run", code(app=source, more=True)) == (
        "the code has no app/inner.py; its modules are app"
    )
    assert "did you mean app.handler?" in refusal("ap.handler", code(app=source))


TWO_MODULES = code(app="def handler(e, c): ...\ndef _hidden(): ...", jobs__nightly="def run(e, c): ...")


@pytest.mark.parametrize(
    ("handler", "given", "reason"),
    [
        ("app.handlr", TWO_MODULES, "app.py binds no handlr at its top level; did you mean app.handler?"),
        ("app.x", TWO_MODULES, "app.py binds no x at its top level; its functions are handler, _hidden"),
        ("src.app.handler", TWO_MODULES, "the code has no src/app.py; did you mean app.handler?"),
        ("nightly.run", TWO_MODULES, "the code has no nightly.py; did you mean jobs.nightly.run?"),
        ("other.f", TWO_MODULES, "the code has no other.py; its modules are app, jobs.nightly"),
        ("other.f", code(), "the code has no other.py; it has no modules"),
    ],
)
def test_a_similar_name_is_suggested(handler: str, given: FunctionCode, reason: str) -> None:
    assert refusal(handler, given) == reason


def test_a_module_that_is_left_out_of_the_code_is_reported_as_such() -> None:
    assert refusal("app.handler", code(left_out={"app.py"}.__contains__)) == (
        "app.py is left out of the code, by a pattern, a .gitignore or its name"
    )


@pytest.mark.parametrize("handler", ["handler", "app.", ".handler", "", "my-app.handler", "app.handler()"])
def test_a_handler_has_the_form_that_lambda_reads(handler: str) -> None:
    assert refusal(handler, code(app="")) == "it does not have the form <module>.<function>"


def test_source_that_is_not_python_is_refused_unless_the_runtime_is_newer_than_this_one() -> None:
    assert refusal("app.f", code(app="def f(:")) == "app.py is not Python: invalid syntax (line 1)"
    assert "null bytes" in refusal("app.f", code(app="\0"))
    check_handler("app.f", code(app="def f(:", python="3.99"))


def test_the_message_says_what_to_do() -> None:
    with pytest.raises(InvalidHandler) as caught:
        check_handler("app.handlr", code(app="def handler(e, c): ..."))
    assert str(caught.value) == (
        "invalid-handler: the handler app.handlr is not there: app.py binds no handlr at its top level; "
        "did you mean app.handler?\n"
        "  likely cause: a spelling error, or the file is left out of the code\n"
        "  what to do: name a function as <module>.<function>, in a module that is in the code, a layer or a dependency"
    )
