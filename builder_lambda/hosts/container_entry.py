"""The entry point of a build in a container: JSON on standard input, JSON on standard output.

``python -m builder_lambda.hosts.container_entry`` asks no index and has no credentials. The process that starts the
container puts the lock, function code and wheels into two folders, mounted at ``STORE`` and ``WHEELS``, and takes the
archive from the first.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.contract.event import request_of
from builder_lambda.contract.request import BuildRequest
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.wheels import WheelMissing
from builder_lambda.indexes.cached_wheels import WheelCache
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.pipeline.build import build
from builder_lambda.pipeline.measuring import peak_memory_bytes
from builder_lambda.ports.ports import IndexPorts, Ports
from builder_lambda.stores.disk import LocalArchives

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.pylock import Pylock

    from builder_lambda.contract.locked_wheel import LockedWheel

STORE = "/python-layers/store"
WHEELS = "/python-layers/wheels"


def main(store: Path = Path(STORE), wheels: Path = Path(WHEELS)) -> None:
    """Answer ``{"build": ...}``, or ``{"version": "3.13"}`` with the interpreter that would compile for it."""
    event = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # only the answer may be printed there
        try:
            reply = {"result": _answer(event, container_ports(store, wheels))}
        except LayerError as error:
            reply = {"error": error.to_mapping()}
    json.dump(reply, sys.stdout)


def container_ports(store: Path, wheels: Path) -> Ports:
    """Return ports that find everything in two folders."""
    nothing = _Nowhere()
    return Ports(
        open_indexes=lambda _options: IndexPorts(resolver=nothing, wheels=WheelCache(nothing, WheelFolder(wheels))),
        store=LocalArchives(store),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
    )


def _answer(event: Mapping[str, object], ports: Ports) -> object:
    match event:
        case {"build": _} if isinstance(request := request_of(event), BuildRequest):
            return build(request, ports).to_mapping()
        case {"version": str() as python_version}:
            return ports.compiler.version(python_version)
        case _:
            raise ValueError(f"the event must hold 'build' or 'version'; it holds {sorted(event)}")


class _Nowhere:
    """An index without wheels, for what the mounted folders lack."""

    def resolve(self, *_asked: object, **_more: object) -> Pylock:
        raise RuntimeError("versions are chosen outside of the container")

    def fetch(self, wheels: Sequence[LockedWheel]) -> NoReturn:
        raise WheelMissing(filenames=tuple(wheel.filename for wheel in wheels))


if __name__ == "__main__":
    main()
