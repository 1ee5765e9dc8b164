"""The largest legal layers fit into a function of 512 MB: interpreter, compilers and wheels together."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.layer_set import chosen_sets
from benchmarks.measured_process import measure
from builder_lambda.archive.archive import MAX_UNPACKED_BYTES

ROOT = Path(__file__).parents[3]
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
FUNCTION_BYTES = 512 * 1024 * 1024
OF_THE_RUNTIME = 96 * 1024 * 1024
"""For what a function has beside a build: boto3 with its S3 client took 31 MB here; the rest is the runtime's own."""

CONTROL_GROUPS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"))
"""Folders and files of Linux that hold processes to some memory (cgroups(7), versions 1 and 2)."""


@contextlib.contextmanager
def limited_group(limit: int) -> Iterator[Path | None]:
    """Give a control group whose processes have ``limit`` bytes together, pages of files included, or ``None``."""
    for parent, file in CONTROL_GROUPS:
        group = Path(parent, f"python-layers-{os.getpid()}")
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / file).write_text(str(limit))
        except OSError:
            group.rmdir()
            continue
        try:
            yield group
        finally:
            group.rmdir()
        return
    yield None


@pytest.mark.wide
@pytest.mark.parametrize("slim", ["none", "small"])
@pytest.mark.parametrize("bytecode", ["plain", "bytecode"])
def test_the_largest_layer_is_built_in_512_mb(tmp_path: Path, bytecode: str, slim: str) -> None:
    (at_the_limit,) = chosen_sets(("at-the-limit",))
    program = [sys.executable, "-m", "tests.builder_lambda.build_from_index", str(tmp_path / "store"), RUNTIME]
    program += [bytecode, slim, *at_the_limit.requirements]

    with limited_group(FUNCTION_BYTES - OF_THE_RUNTIME) as group:
        entered = ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group)] if group else []
        built = measure([*entered, *program], folder=ROOT, environ={**os.environ, "PYTHONPATH": str(ROOT)})

    assert json.loads(built.output)["unpacked_bytes"] > 0.7 * MAX_UNPACKED_BYTES, "it is a large layer"
    # Without a group: what the processes hold in sum, which counts shared pages as often as they are shared.
    assert group or built.peak_memory_bytes <= FUNCTION_BYTES
