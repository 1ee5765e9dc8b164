"""Two indexes on this machine, of which one asks for a password, and a builder between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.indexes.private.index_builder import ARN, LOGIN, Builder, SecretsManager, needing
from tests.builder_lambda.wheel_factory import make_wheel


@pytest.fixture
def public() -> Iterator[GuardedIndex]:
    wheels = [
        needing("app", "1.0", "lib", "base"),
        make_wheel("lib", "9.0"),
        make_wheel("base", "2.0"),
        make_wheel("base", "3.0"),
    ]
    with serving(GuardedIndex(wheels)) as server:
        yield server


@pytest.fixture
def private() -> Iterator[GuardedIndex]:
    with serving(GuardedIndex([make_wheel("lib", "1.0"), make_wheel("base", "1.0")], login=LOGIN)) as server:
        yield server


@pytest.fixture
def builder(tmp_path: Path, public: GuardedIndex) -> Builder:
    return Builder(tmp_path, public, SecretsManager({ARN: f"{LOGIN[0]}:{LOGIN[1]}"}))
