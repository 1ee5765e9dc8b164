"""The dynamic provider in its real process, called like the engine calls it: pickling, floats, messages."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dill
import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from components.dynamic.layer_build import LayerBuildProvider

ROOT = Path(__file__).parents[3]
INPUTS: dict[str, Any] = {
    "layer_name": "web-python313-x86_64",
    "requirements": ["idna"],
    "constraints": [],
    "runtime": "python3.13",
    "architecture": "x86_64",
    "builder": {
        "arn": "arn:aws:lambda:eu-west-1:111122223333:function:builder",
        "timeout_seconds": 3,
        "memory_mb": 1024,
        "architecture": "x86_64",
    },
    "archive_bucket": "archives",
    "options": {"bytecode": True},
    "modules": [],
    "index": {},
    "upgrade": [],
    "builder_version": 1,
    "__provider": base64.b64encode(dill.dumps(LayerBuildProvider(), recurse=True)).decode(),
}
LOCKED = {**INPUTS, "lock_sha256": "10c4", "packages": {"idna": "3.9"}}


@pytest.fixture(scope="module")
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"]
    environment = {**os.environ, "PULUMI_PROJECT": "python-layers"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        yield started
        started.terminate()


@pytest.fixture(scope="module")
def provider(process: subprocess.Popen[str]) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    assert process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        config = {
            "aws:accessKey": "111122223333",
            "aws:secretKey": "hidden",
            "aws:endpoints": json.dumps([{"lambda": "http://127.0.0.1:9"}]),
        }
        stub.Configure(provider_pb2.ConfigureRequest(args=struct(config)))
        yield stub


def struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(properties, {}))
    finally:
        loop.close()


def test_the_same_question_is_answered_from_the_old_inputs(provider: Any) -> None:
    answer = provider.Check(provider_pb2.CheckRequest(urn="urn", olds=struct(LOCKED), news=struct(INPUTS)))
    checked = rpc.deserialize_properties(answer.inputs)
    assert (checked["packages"], checked["lock_sha256"]) == ({"idna": "3.9"}, "10c4")


def test_with_an_unknown_builder_the_packages_are_unknown(provider: Any) -> None:
    news = {**INPUTS, "builder": {**INPUTS["builder"], "arn": rpc.UNKNOWN}}
    answer = provider.Check(provider_pb2.CheckRequest(urn="urn", news=struct(news)))
    assert list(answer.failures) == []
    assert "packages" not in rpc.deserialize_properties(answer.inputs, True)


@pytest.mark.parametrize(
    ("lock", "changes"),
    [("10c4", provider_pb2.DiffResponse.DIFF_NONE), ("other", provider_pb2.DiffResponse.DIFF_SOME)],
)
def test_locks_decide(provider: Any, lock: str, changes: int) -> None:
    olds, news = {**LOCKED, "content_hash": "c0ffee"}, {**LOCKED, "lock_sha256": lock}
    answer = provider.Diff(provider_pb2.DiffRequest(id="id", urn="urn", olds=struct(olds), news=struct(news)))
    assert answer.changes == changes
    assert list(answer.replaces) == []


def test_an_error_is_a_message_without_a_traceback(process: Any, provider: Any) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        provider.Create(provider_pb2.CreateRequest(urn="urn", properties=struct(LOCKED)))
    assert "builder-crashed: the builder function 'builder' failed" in str(raised.value.details())
    process.terminate()
    assert "Traceback" not in process.stderr.read()
