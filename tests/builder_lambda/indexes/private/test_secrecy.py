"""A login is nowhere but where it is used."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest

from builder_lambda import LayerError, ResolveRequest
from builder_lambda.errors.indexes import IndexDenied
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.hosts import handler as handler_module
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.resolvers.uv import UvResolver
from tests.builder_lambda.fakes import query
from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.indexes.private.index_builder import (
    ARN,
    LOGIN,
    TARGET,
    Builder,
    indexes,
    needing,
    team,
)


def test_the_login_is_nowhere_but_in_the_environment_of_uv(
    builder: Builder, private: GuardedIndex, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    options = indexes(team(private), pins={"lib": "team"})
    request = ResolveRequest(requirements=("app",), target=TARGET, index=options)
    result = builder.resolve("app", index=options)
    builder.secrets.secrets[ARN] = f"{LOGIN[0]}:{LOGIN[1]}x"
    with pytest.raises(IndexDenied) as denied:
        builder.resolve("app", index=options)
    with pytest.raises(LayerError) as unknown:
        builder.resolve("none-such", index=options)

    seen = [json.dumps(request.to_mapping()), json.dumps(result.to_mapping()), repr(request), repr(builder.ports())]
    seen += [str(error.value) + json.dumps(error.value.to_mapping()) for error in (denied, unknown)]
    seen += [*builder.store.texts.values(), *builder.files, *(" ".join(command) for command in builder.commands)]
    seen += [*capfd.readouterr(), caplog.text]
    everything = "\n".join(seen).encode() + b"\n".join(builder.store.archives.values())
    everything += b"\n".join(path.read_bytes() for path in builder.cache.rglob("*") if path.is_file())
    assert "files/lib-1.0" in everything.decode(errors="replace"), "there is something to search"
    for form in (LOGIN[1], "s3cr3t-p", "YnVpbGRlcjpzM2NyM3Q"):
        assert form.encode() not in everything


def test_index_errors_survive_the_wire() -> None:
    error = IndexDenied(index="team", detail="lib: HTTP status 401")
    program = (
        "import json, sys; from builder_lambda.errors.wire import error_from_mapping; "
        "print(type(error_from_mapping(json.load(sys.stdin))).__name__)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(error.to_mapping()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "IndexDenied"
    assert error_from_mapping(error.to_mapping()) == error


def test_a_layer_of_a_private_index_is_built_without_a_trace_of_the_login(
    builder: Builder,
    private: GuardedIndex,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    ports = builder.ports()
    monkeypatch.setattr(handler_module, "_ports", lambda: ports)
    options = indexes(team(private), pins={"base": "team"}).to_mapping()
    target = {"runtime": TARGET.runtime, "architecture": TARGET.architecture}

    resolved = handler_module.handler({"resolve": {"requirements": ["app"], "target": target, "index": options}}, None)
    lock = cast("dict[str, Any]", resolved["result"])["lock_sha256"]
    asked = {"name": "web", "target": target, "lock_sha256": lock, "options": {"bytecode": False}}
    built = handler_module.handler({"build": {**asked, "index": options}}, None)
    again = handler_module.handler({"build": asked}, None)
    builder.secrets.secrets[ARN] = f"{LOGIN[0]}:{LOGIN[1]}-wrong"
    refused = handler_module.handler({"build": {**asked, "name": "other", "index": options}}, None)

    assert built == again, "where the wheels are is not part of what is built"
    assert cast("dict[str, Any]", refused["error"])["code"] == "index-denied"
    (archive,) = builder.store.archives.values()
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        contents = [read.read(name) for name in read.namelist()]
    assert b"VALUE = 1\n" in contents
    texts = [json.dumps(reply) for reply in (resolved, built, refused)]
    texts += [*builder.store.texts.values(), *capfd.readouterr(), caplog.text]
    everything = [archive, *contents, *(text.encode() for text in texts), *builder.store.others.values()]
    for form in (LOGIN[1], "s3cr3t-p", "YnVpbGRlcjpzM2NyM3Q"):
        assert not [content for content in everything if form.encode() in content]


@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "TEAM_PASSWORD", "UV_INDEX_TEAM_PASSWORD"])
def test_metadata_of_a_package_cannot_read_a_variable(tmp_path: Path, name: str) -> None:
    package = needing("app", "1.0", f"other @ https://127.0.0.1:9/${{{name}}}/other-1.0-py3-none-any.whl")
    with serving(GuardedIndex([package])) as index:
        environ = {"UV_DEFAULT_INDEX": index.url, "UV_HTTP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}
        settings = IndexSettings.of({**environ, "HOME": str(tmp_path), name: "made-up-secret"})
        resolver = UvResolver(settings=settings, cache=tmp_path / "cache")
        with pytest.raises(LayerError) as refused:
            resolver.resolve(query("app", target=TARGET))

    assert "other" in str(refused.value)
    assert "made-up-secret" not in str(refused.value) + json.dumps(refused.value.to_mapping())


def test_metadata_of_a_package_cannot_name_the_variable_of_a_login(
    builder: Builder, private: GuardedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    run = builder.run

    def note(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        given.append(dict(options["env"]))
        return run(command, **options)

    monkeypatch.setattr(builder, "run", note)
    for _ in range(2):
        builder.resolve("app", index=indexes(team(private), pins={"lib": "team"}))

    first, second = ({name for name, value in each.items() if value == LOGIN[1]} for each in given)
    assert first
    assert not first & second
