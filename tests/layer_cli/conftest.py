"""A shell, and an index on this machine with a few packages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel
from tests.layer_cli.shell import Shell, shell_at


def needing(name: str, version: str, *requirements: str) -> MadeWheel:
    lines = "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}"
    return make_wheel(name, version, metadata={"METADATA": metadata})


WHEELS = (
    needing("core", "1.0"),
    needing("core", "2.0"),
    needing("tool", "1.0"),
    needing("tool", "1.1"),
    needing("web", "1.0", "core<3"),
    make_wheel("newer", "1.0", tag="py3-none-manylinux_2_99_x86_64"),
)
UPLOADED = {
    "core-1.0-py3-none-any.whl": "2026-01-01T00:00:00Z",
    "core-2.0-py3-none-any.whl": "2026-03-01T00:00:00Z",
}


@pytest.fixture
def index() -> Iterator[GuardedIndex]:
    with serving(GuardedIndex(WHEELS, upload_times=UPLOADED)) as server:
        yield server


@pytest.fixture
def shell(tmp_path: Path, index: GuardedIndex) -> Shell:
    return shell_at(tmp_path, index.url)
