"""Measures the imports from a layer, in a file system like that of Lambda."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.layer_set import LayerSet
from local_aws.emulator.sandbox import FunctionFolders, Namespace, find_namespace, sandbox_script
from local_aws.environments.interpreters import Interpreter

_PROGRAM = """\
import sys, time
began = time.perf_counter()
exec(sys.argv[1])
print(time.perf_counter() - began)
"""
_ENVIRONMENT = ("PYTHONPATH=/opt/python", "PYTHONDONTWRITEBYTECODE=1", "LANG=en_US.UTF-8", "HOME=/tmp")
"""As in Lambda: the layer is on the path and read-only."""

_TIMEOUT_SECONDS = 120.0


class ImportFailed(Exception):
    """A layer cannot be imported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnpackedLayer:
    """A layer at /opt, in a mount namespace."""

    folders: FunctionFolders
    namespace: Namespace
    interpreter: Interpreter

    @classmethod
    def of(
        cls, archive: Path, *, root: Path, interpreter: Interpreter, namespace: Namespace, keeps_dates: bool
    ) -> Self:
        """Unpack `archive` below `root`.

        :param keeps_dates: True if files keep the dates of the archive, the best case for bytecode that is tied to the
            date of its source; otherwise they have the current date.
        :raises ImportFailed: if it is not an archive.
        """
        folders = FunctionFolders(root=root)
        folders.make()
        options = ("-q",) if keeps_dates else ("-q", "-DD")
        done = subprocess.run(
            ["unzip", *options, str(archive), "-d", str(folders.opt)], check=False, capture_output=True
        )
        if done.returncode:
            raise ImportFailed(f"unzip ended with status {done.returncode}")
        return cls(folders=folders, namespace=namespace, interpreter=interpreter)

    def import_seconds(self, layer_set: LayerSet) -> float:
        """Return the seconds that the imports of a set take in a new process, without the start of Python.

        :raises ImportFailed: with the last line of Python's output.
        """
        python = (str(self.interpreter.executable), "-s", "-c", _PROGRAM, layer_set.imports)
        command = ("env", "-i", *_ENVIRONMENT, *python)
        script = sandbox_script(
            self.namespace, self.folders, command, visible=(self.interpreter.prefix,), scratch_mib=64
        )
        words = ["/bin/sh", "-c", script]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ImportFailed(f"it did not end within {_TIMEOUT_SECONDS:.0f} seconds") from error
        if done.returncode:
            raise ImportFailed((done.stderr.strip().splitlines() or ["it printed nothing"])[-1])
        return float(done.stdout.split()[-1])


class NoNamespace(Exception):
    """The machine has no mount namespaces, so no layer can be at /opt."""


def private_namespace() -> Namespace:
    """Return a command that makes a private mount namespace.

    :raises NoNamespace: if this process is not root and there are no user namespaces.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found = find_namespace(Path(scratch))
    if found is None:
        raise NoNamespace
    return found
