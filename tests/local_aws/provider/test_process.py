"""The plugin as the engine starts and ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_port_and_nothing_else_and_ends_quietly(how: signal.Signals) -> None:
    command = [sys.executable, "-m", "local_aws.provider", "--logtostderr", "-v=9", "127.0.0.1:1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["."])}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            assert stub.GetPluginInfo(empty_pb2.Empty(), timeout=30).version == "7.51.1"
            stub.Cancel(empty_pb2.Empty(), timeout=30)

        process.send_signal(how)

        assert process.wait(timeout=30) == 0
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
