from dataclasses import replace

import pytest

from builder_lambda import BuildRequest, Target
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.store_keys import lock_key
from builder_lambda.errors.archives import WheelsTooLarge
from builder_lambda.locks.pylock import lock_of, lock_sha256, render_lock
from builder_lambda.pipeline.build import build
from builder_lambda.pipeline.packed_sizes import check_packed_sizes
from tests.builder_lambda.fakes import MemoryIndex, indexes_of, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")
TORCH, CUDA = make_wheel("torch", "2.0"), make_wheel("cuda", "12.0")
LARGE = [replace(TORCH.locked(), size=900_000_000), replace(CUDA.locked(), size=2_000_000_000)]


def test_wheels_that_cannot_fit_are_refused_before_they_are_downloaded() -> None:
    ports = memory_ports(TORCH, CUDA)
    digest = lock_sha256(LARGE)
    ports.store.write_text(lock_key(digest), render_lock(lock_of(LARGE)))

    with pytest.raises(WheelsTooLarge) as caught:
        build(BuildRequest(name="large", target=TARGET, lock_sha256=digest), ports)

    assert caught.value.packed_bytes == 2_900_000_000
    assert caught.value.biggest == (("cuda 12.0", 2_000_000_000), ("torch 2.0", 900_000_000))
    wheels = indexes_of(ports).wheels
    assert isinstance(wheels, MemoryIndex)
    assert wheels.fetched == []


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (BuildOptions(), 262_144_000),
        (BuildOptions(slim="safe"), 1_000_000_000),
        (BuildOptions(exclude=("torch/lib/*",)), 3_000_000_000),
        (BuildOptions(), None),
    ],
)
def test_wheels_that_may_fit_are_not_refused(options: BuildOptions, size: int | None) -> None:
    check_packed_sizes([replace(TORCH.locked(), size=size)], options)


def test_slimmed_wheels_are_refused_above_several_times_the_limit() -> None:
    with pytest.raises(WheelsTooLarge):
        check_packed_sizes(LARGE, BuildOptions(slim="small"))
