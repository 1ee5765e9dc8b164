"""Run Python functions in AWS's runtime client, with the interpreter and the file system of their runtime.

ministack would run them in its own interpreter, where its own packages could hide that a layer is incomplete. We use
its support for custom runtimes instead: it starts a `bootstrap` and speaks the Runtime API with it, over HTTP. Our
`bootstrap` starts `awslambdaric` in a sandbox.
"""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local_aws.emulator import runtime_errors
from local_aws.emulator.archive_extraction import extract
from local_aws.emulator.function_environment import python_environment, reaches_network
from local_aws.emulator.memory_guard import Watch, watched
from local_aws.emulator.ministack_modules import lambda_runtime, lambda_svc
from local_aws.emulator.sandbox import FunctionFolders, Namespace, find_namespace, sandbox_script
from local_aws.emulator.settings import FUNCTIONS, Settings

Answer = dict[str, Any]  # the answer of a ministack worker, with the function's JSON
Worker = Callable[[str, dict[str, Any], bytes], object]


def install(settings: Settings, *, endpoint: str) -> None:
    """Make ministack run every Python function as a `PythonFunction`."""
    namespace = find_namespace(settings.functions) if settings.use_namespace else None
    usual_class, usual_environment = lambda_runtime._worker_class_for, lambda_svc._provided_worker_env
    usual_folder, usual_run = lambda_svc._provided_runtime_code_dir, lambda_svc._execute_function_warm

    def worker_for(config: dict[str, Any]) -> Worker:
        if not _is_python(config):
            return usual_class(config)  # type: ignore[no-any-return]  # ministack is untyped
        return lambda name, config, code: PythonFunction(
            name, config, code, settings=settings, namespace=namespace, endpoint=endpoint
        )

    def environment_for(config: dict[str, Any], folder: str, port: int) -> dict[str, str]:
        environment: dict[str, str] = usual_environment(config, folder, port)
        ours = os.environ
        return {
            name: value
            for name, value in environment.items()
            if ours.get(name) != value or name == FUNCTIONS or reaches_network(name)
        }

    def folder_of(code: bytes | Path) -> str:
        return str(code) if isinstance(code, Path) else usual_folder(code)

    def execute(function: dict[str, Any], event: object, request_id: str) -> Answer:
        if not _is_python(function.get("config") or function):
            return usual_run(function, event, request_id)  # type: ignore[no-any-return]  # ministack is untyped
        answer: Answer = lambda_svc._execute_function_provided_warm(function, event, request_id)
        # The log already has START, END and REPORT. With this source, ministack adds none.
        return {**answer, "log_source": "rie"}

    lambda_runtime._worker_class_for = worker_for
    lambda_svc._provided_worker_env = environment_for
    lambda_svc._provided_runtime_code_dir = folder_of
    lambda_svc._execute_function_warm = execute


def _is_python(config: Mapping[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


class PythonFunction(lambda_runtime.ProvidedWorker):  # type: ignore[misc]  # ministack is untyped
    """One execution environment of a Python function."""

    code_zip: bytes | Path
    """The function's code. While the process starts, the folder of its `bootstrap`."""

    def __init__(
        self,
        name: str,
        config: dict[str, Any],
        code: bytes,
        *,
        settings: Settings,
        namespace: Namespace | None,
        endpoint: str,
    ) -> None:
        """Store the settings. The process starts at the first invocation."""
        super().__init__(name, config, code)
        self._settings = settings
        self._namespace = namespace
        self._endpoint = endpoint
        self._folders: FunctionFolders | None = None
        self._started: Any = None  # ministack drops its process; we need the exit status
        self._init_seconds = 0.0

    def invoke(
        self,
        event: object,
        request_id: str,
        *,
        trace_id: str | None = None,
        invoked_function_arn: str | None = None,
        **_: object,
    ) -> Answer:
        """Return the answer that Lambda would give."""
        began = time.monotonic()
        self._init_seconds = 0.0
        with watched(self._process_id, limit_mib=self.config.get("MemorySize", 128)) as watch:
            try:
                answer: Answer = super().invoke(
                    event, request_id, trace_id=trace_id, invoked_function_arn=invoked_function_arn
                )
            except RuntimeError as error:
                answer = self._failed_init(error)
        self._word_as_lambda(answer, request_id)
        seconds = time.monotonic() - began - self._init_seconds
        answer["log"] = self._log(answer.get("log", ""), request_id, seconds=seconds, watch=watch)
        return answer

    def _word_as_lambda(self, answer: Answer, request_id: str) -> None:
        """Replace ministack's message with Lambda's if the service ended the invocation."""
        if answer["status"] == "ok":
            if len(json.dumps(answer.get("result"))) > runtime_errors.MAX_RESPONSE_BYTES:
                self._refuse(answer, runtime_errors.response_too_large())
            return
        payload = answer.get("error_payload")
        kind = payload.get("errorType") if isinstance(payload, dict) else None
        if kind == "Sandbox.Timedout":
            message = runtime_errors.timed_out(self.config.get("Timeout", 3))
        elif kind == "Runtime.ExitError" and "requestId" not in answer:
            message = runtime_errors.exit_reason(self._started.returncode if self._started else None)
        else:
            return
        self._refuse(answer, runtime_errors.error_payload(kind, message, request_id=request_id))

    @staticmethod
    def _refuse(answer: Answer, payload: dict[str, str]) -> None:
        answer.update(status="error", error=payload["errorMessage"], error_payload=payload)

    def _failed_init(self, error: RuntimeError) -> Answer:
        """Return the error of the runtime client. If it gave none, say that it ended or timed out."""
        payload = self._init_error
        if not isinstance(payload, dict):
            late = isinstance(error, lambda_runtime.ProvidedInitTimeout)
            payload = {"errorType": "Sandbox.Timedout" if late else "Runtime.ExitError"}
        text = payload.get("errorMessage", str(error))
        return {"status": "error", "error": text, "error_payload": payload, "log": self._drain_stderr()}

    def _log(self, lines: str, request_id: str, *, seconds: float, watch: Watch) -> str:
        milliseconds = seconds * 1000
        report = (
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
            f"Billed Duration: {int(milliseconds) + 1} ms\tMemory Size: {watch.limit_mib} MB\t"
            f"Max Memory Used: {watch.peak_mib} MB"
        )
        if self._init_seconds:
            report += f"\tInit Duration: {self._init_seconds * 1000:.2f} ms"
        start = f"START RequestId: {request_id} Version: {self.config.get('Version', '$LATEST')}"
        return "\n".join(line for line in (start, lines, f"END RequestId: {request_id}", report) if line)

    def _process_id(self) -> int | None:
        process = self._proc
        return process.pid if process is not None and process.poll() is None else None

    def _spawn(self, init_timeout: float | None = None) -> None:
        """Make the folders of the function and start the runtime client in them."""
        self._remove_folders()
        began = time.monotonic()
        code = self.code_zip
        assert isinstance(code, bytes)  # noqa: S101  a folder only during the start below
        folders = self._folders = FunctionFolders(root=Path(tempfile.mkdtemp(dir=self._settings.functions)))
        folders.make()
        extract(code, folders.task)
        for layer in self.config.get("Layers") or []:
            if archive := lambda_svc._resolve_layer_zip(layer):
                extract(archive, folders.opt)
        with lambda_svc._provided_code_lock:
            bootstrap = folders.root / "bootstrap"
            bootstrap.write_text(f"#!/bin/sh\n{self._script(folders)}\n", encoding="utf-8")
            bootstrap.chmod(0o755)
        try:
            self.code_zip = folders.root
            super()._spawn(init_timeout)
        finally:
            self.code_zip = code
        self._init_seconds = time.monotonic() - began

    def _script(self, folders: FunctionFolders) -> str:
        runtime = self.config["Runtime"]
        interpreter = self._settings.interpreters.get(runtime)
        if interpreter is None:
            available = ", ".join(self._settings.interpreters)
            raise RuntimeError(f"this machine has no {runtime}: the embedded AWS can run {available}")
        own = self._namespace is not None
        environment = python_environment(
            self.config,
            interpreter=interpreter,
            task="/var/task" if own else str(folders.task),
            layers="/opt" if own else str(folders.opt),
            home="/tmp" if own else str(folders.scratch),
            endpoint=self._endpoint,
        )
        if not own:
            environment["TMPDIR"] = str(folders.scratch)
        words = ["env", *(f"{name}={value}" for name, value in environment.items())]
        command = [*words, str(interpreter), "-m", "awslambdaric", self.config.get("Handler", "")]
        size = (self.config.get("EphemeralStorage") or {}).get("Size", 512)
        visible = self._settings.visible
        return sandbox_script(self._namespace, folders, command, visible=visible, scratch_mib=size)

    def _await_init(self, init_timeout: float | None = None) -> None:
        self._started = self._proc
        super()._await_init(init_timeout)

    def _teardown(self) -> None:
        """Kill the function with its child processes: a builder's installer must not outlive a timeout."""
        process = self._proc
        if process is not None and process.poll() is None and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        super()._teardown()

    def _discard_tmpdir(self) -> None:
        super()._discard_tmpdir()
        self._remove_folders()

    def _remove_folders(self) -> None:
        folders, self._folders = self._folders, None
        if folders is not None:
            shutil.rmtree(folders.root, ignore_errors=True)
