import io
import json

import pytest

from builder_lambda import BuildRequest, BuildResult, ResolveRequest, ResolveResult, Target
from builder_lambda.errors.locks import LockMissing
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
    request = BuildRequest(name="web", target=TARGET, lock_sha256="ab")
    reply = invoke({"build": request.to_mapping()})

    assert error_from_mapping(reply["error"]) == LockMissing(lock_sha256="ab")  # type: ignore[arg-type]


def test_requirements_are_not_logged(log: io.StringIO) -> None:
    line = "demo @ https://user:secret@x.example/demo-1.0-py3-none-any.whl"
    reply = invoke({"resolve": ResolveRequest(requirements=(line,), target=TARGET).to_mapping()})

    error = error_from_mapping(reply["error"])  # type: ignore[arg-type]
    assert isinstance(error, InvalidRequirements)
    logged = log.getvalue()
    assert json.loads(logged)["code"] == "invalid-requirements"
    assert "x.example" not in logged
    assert "secret" not in json.dumps(reply)


def test_anything_else_fails_the_invocation() -> None:
    with pytest.raises(ValueError, match=r"the event must hold 'resolve' or 'build'; it holds \['destroy'\]"):
        handler({"destroy": {}}, None)
