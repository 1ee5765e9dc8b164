import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda import BuildRequest, BuildResult, ResolveRequest, ResolveResult, Target
from builder_lambda.errors.locks import LockMissing
from builder_lambda.errors.options import InvalidRequest
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.hosts import handler as handler_module
from builder_lambda.hosts.handler import handler
from tests.builder_lambda.fakes import memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Give the handler ports in memory, and return what it logs."""
    ports = memory_ports(make_wheel())
    monkeypatch.setattr(handler_module, "_ports", lambda: ports)
    stream = io.StringIO()
    monkeypatch.setattr(handler_module.logger.handlers[0], "stream", stream)
    return stream


def invoke(event: dict[str, object]) -> dict[str, object]:
    """Invoke as Lambda does: JSON in, JSON out."""
    reply = handler(json.loads(json.dumps(event)), None)
    again: dict[str, object] = json.loads(json.dumps(reply))
    return again


def test_requirements_become_a_layer_archive(log: io.StringIO) -> None:
    request = ResolveRequest(requirements=("demo",), target=TARGET)
    resolved = ResolveResult.from_mapping(invoke({"resolve": request.to_mapping()})["result"])  # type: ignore[arg-type]
    build = BuildRequest(name="web", target=TARGET, lock_sha256=resolved.lock_sha256)
    built = BuildResult.from_mapping(invoke({"build": build.to_mapping()})["result"])  # type: ignore[arg-type]

    assert resolved.packages == {"demo": "1.0"}
    assert built.lock_sha256 == resolved.lock_sha256
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["message"], line["service"]) for line in logged] == [
        ("resolved", "layer-builder"),
        ("built", "layer-builder"),
    ]


def test_a_problem_of_the_user_is_a_reply_with_the_same_error_in_it() -> None:
    request = BuildRequest(name="web", target=TARGET, lock_sha256="ab" * 32)
    reply = invoke({"build": request.to_mapping()})

    assert error_from_mapping(reply["error"]) == LockMissing(lock_sha256="ab" * 32)  # type: ignore[arg-type]


def test_requirements_are_not_logged(log: io.StringIO) -> None:
    line = "demo @ https://user:secret@x.example/demo-1.0-py3-none-any.whl"
    reply = invoke({"resolve": ResolveRequest(requirements=(line,), target=TARGET).to_mapping()})

    error = error_from_mapping(reply["error"])  # type: ignore[arg-type]
    assert isinstance(error, InvalidRequirements)
    logged = log.getvalue()
    assert json.loads(logged)["code"] == "invalid-requirements"
    assert "x.example" not in logged
    assert "secret" not in json.dumps(reply)


SHA256 = "0123456789abcdef" * 4
BUILD: dict[str, object] = {
    "name": "web-python312-x86_64",
    "target": {"runtime": "python3.12", "architecture": "x86_64"},
    "lock_sha256": SHA256,
}
RESOLVE: dict[str, object] = {"requirements": ["demo"], "target": {"runtime": "python3.12", "architecture": "x86_64"}}


def builds(key: str, *values: Any) -> list[object]:
    return [{"build": {**BUILD, key: value}} for value in values]


def resolves(key: str, *values: Any) -> list[object]:
    return [{"resolve": {**RESOLVE, key: value}} for value in values]


NO_DIGESTS: list[Any] = ["../results/x", SHA256[:-1], SHA256.upper(), f"{SHA256}\n", "", 3, [SHA256], {}, False]
TOOLS = {"name": "tools", "sha256": SHA256}
ODD: list[object] = [
    *(None, [], "", "build", 3, True, {}, {"destroy": {}}, {"build": None}, {"build": []}, {"resolve": "demo"}),
    *({"build": BUILD, "resolve": RESOLVE}, {"build": BUILD, "more": 1}, {"build": {}}, {"resolve": {}}),
    *builds("name", "../builder", "../../x/y", "", "a/b", "a" * 2000, "a.b", "a\0b", "a\n", "é", 3, None, ["a"], {}),
    *builds("lock_sha256", *NO_DIGESTS),
    *builds("function_code_sha256", *NO_DIGESTS),
    *resolves("previous_lock_sha256", *NO_DIGESTS),
    *builds("modules", "tools", {}, [3], [{}], [{**TOOLS, "name": "../x"}], [{**TOOLS, "sha256": "../x"}]),
    *builds("modules", [{**TOOLS, "more": 1}], [TOOLS] * 20_000),
    *builds("target", None, "python3.12", {}, {"runtime": 3}, [], {"runtime": "python9", "architecture": "x86_64"}),
    *builds("options", [], "x", 3, {"slim": "x"}, {"more": 1}, {"layout": []}, {"size_budget": float("nan")}),
    *builds("options", {"size_budget": float("inf")}, {"size_budget": -1}, {"size_budget": "1"}, {"include": "x"}),
    *builds("index", [], "x", {"default": 3}, {"extra": {}}, {"more": 1}),
    *resolves("requirements", "demo", None, {}, [3], [None], [["demo"]], ["x" * 200_000], ["demo"] * 20_000),
    *resolves("constraints", "demo", {}, [3]),
    *resolves("upgrade", "some", 3, {}, [3], ["../x"]),
    *resolves("allow_source_builds", "some", 3, {}, [3], ["../x"]),
    *resolves("exclude_newer", "yesterday", 3, [], "x" * 1000),
    *builds("unknown", 1),
    *resolves("unknown", 1),
]


@pytest.mark.parametrize("event", ODD)
def test_an_odd_event_is_answered_with_an_error(event: object) -> None:
    reply = handler(event, None)
    error = error_from_mapping(reply["error"])  # type: ignore[arg-type]
    assert error.code.startswith(("invalid-", "unsupported-target", "lock-missing", "module-missing")), str(error)


def test_all_problems_of_a_request_are_told_at_once() -> None:
    reply = handler({"build": {**BUILD, "name": "../x", "lock_sha256": "ab", "modules": [{}], "more": 1}}, None)
    error = error_from_mapping(reply["error"])  # type: ignore[arg-type]
    assert isinstance(error, InvalidRequest)
    assert [problem.place for problem in error.problems] == [
        *("build.more", "build.name", "build.lock_sha256", "build.modules[0].name", "build.modules[0].sha256")
    ]


KEYS = st.text() | st.sampled_from([*BUILD])
KEYS = st.text() | st.sampled_from([*BUILD])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON | st.fixed_dictionaries({"build": st.fixed_dictionaries(dict.fromkeys(BUILD, JSON))}))
def test_no_event_fails_otherwise(event: object) -> None:
    assert "error" in handler(event, None)


@given(st.text(min_size=1))
def test_every_name_that_is_accepted_is_one_part_of_a_key(name: str) -> None:
    reply = handler({"build": {**BUILD, "name": name}}, None)
    is_accepted = error_from_mapping(reply["error"]).code == "lock-missing"  # type: ignore[arg-type]
    assert is_accepted == (re.fullmatch(r"[A-Za-z0-9_-]{1,140}", name) is not None)
