"""A Python language host for Pulumi, with only the parts that the engine needs to run a program.

Pulumi's own host is a Go module without versions, which a module proxy does not serve. This host replaces it beside a
Pulumi that was built from modules. It implements `pulumirpc.LanguageRuntime`. It finds the interpreter by the rules of
Pulumi's documentation: `runtime.options.virtualenv`, else `PULUMI_PYTHON_CMD`, else `python3`.
"""

import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
"""Pulumi's own limit. Messages carry state and assets."""
PROGRAM_HAS_REPORTED_ITS_ERROR = 32
"""The launcher's exit status after it has printed an error. The engine must not print a second one."""


def interpreter_for(info: language_pb2.ProgramInfo) -> str:
    """Return the Python interpreter of a program."""
    options = json_format.MessageToDict(info.options) if info.HasField("options") else {}
    if environment := options.get("virtualenv"):
        return str(Path(info.root_directory) / environment / "bin" / "python")
    return os.environ.get("PULUMI_PYTHON_CMD") or "python3"


def run_command(request: language_pb2.RunRequest, *, engine: str, launcher: str) -> list[str]:
    """Return the command that runs the program of `request`."""
    info = request.info
    options = {
        "--monitor": request.monitor_address,
        "--engine": engine,
        "--project": request.project,
        "--stack": request.stack,
        "--parallel": str(request.parallel),
        "--dry_run": "true" if request.dryRun else "false",
        "--pwd": request.pwd,
        "--organization": request.organization,
        "--root_directory": info.root_directory,
    }
    entry = os.path.normpath(Path(info.program_directory) / (info.entry_point or "."))
    return [
        interpreter_for(info),
        "-u",
        launcher,
        *(word for pair in options.items() for word in pair),
        entry,
        *request.args,
    ]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answer the requests of the engine."""

    def __init__(self, *, engine: str, launcher: str) -> None:
        """:param launcher: the script of the SDK that runs a program inside its own interpreter."""
        self._engine = engine
        self._launcher = launcher

    def Handshake(  # noqa: N802  the protocol's name
        self, request: language_pb2.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Store the engine's address."""
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(  # noqa: N802  the protocol's name
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Return the version of the SDK that this host uses."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    def GetRequiredPlugins(  # noqa: N802  the protocol's name
        self, _request: language_pb2.GetRequiredPluginsRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """Return none: the engine loads a plugin when a resource first needs it."""
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(  # noqa: N802  the protocol's name
        self, _request: language_pb2.GetRequiredPackagesRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Return none, for the same reason."""
        return language_pb2.GetRequiredPackagesResponse()

    def RuntimeOptionsPrompts(  # noqa: N802  the protocol's name
        self, _request: language_pb2.RuntimeOptionsRequest, _context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        """Return no prompts."""
        return language_pb2.RuntimeOptionsResponse()

    def About(  # noqa: N802  the protocol's name
        self, request: language_pb2.AboutRequest, _context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """Return the program's interpreter and its version."""
        python = interpreter_for(request.info)
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=False).stdout
        return language_pb2.AboutResponse(executable=python, version=version.removeprefix("Python ").strip())

    def GetProgramDependencies(  # noqa: N802  the protocol's name
        self, _request: language_pb2.GetProgramDependenciesRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """Return none: only `pulumi about` shows them."""
        return language_pb2.GetProgramDependenciesResponse()

    def Cancel(  # noqa: N802  the protocol's name
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Do nothing: the engine sends a signal that ends the program."""
        return empty_pb2.Empty()

    def Run(  # noqa: N802  the protocol's name
        self, request: language_pb2.RunRequest, _context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program to its end. It inherits the output of this process."""
        environ = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        command = run_command(request, engine=self._engine, launcher=self._launcher)
        try:
            status = subprocess.run(command, env=environ, check=False).returncode
        except OSError as error:
            return language_pb2.RunResponse(
                error=f"the program's Python could not be started: {error}. "
                "If Pulumi.yaml names a virtualenv, make it first."
            )
        if status == PROGRAM_HAS_REPORTED_ITS_ERROR:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with status {status}" if status else "")


def main() -> None:
    """Print the port, as the engine expects, and serve until the engine ends this process."""
    launcher = shutil.which("pulumi-language-python-exec")
    if launcher is None:
        sys.exit("error: pulumi-language-python-exec is not on PATH. It is beside the Pulumi that was built.")
    size = LARGEST_MESSAGE_BYTES
    limits = [("grpc.max_receive_message_length", size), ("grpc.max_send_message_length", size)]
    server = grpc.server(futures.ThreadPoolExecutor(8), options=limits)
    host = LanguageHost(engine=sys.argv[-1], launcher=launcher)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # The engine interrupts its children at the end of each deployment. That is not an error.
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    server.stop(grace=None)


if __name__ == "__main__":
    main()
