"""A stored lock is the one that its name says."""

import pytest

from builder_lambda import BuildRequest, ResolveRequest, Target, resolve
from builder_lambda.contract.store_keys import lock_key
from builder_lambda.errors.locks import LockAltered
from builder_lambda.pipeline.build import build
from builder_lambda.pipeline.stored_locks import find_lock
from tests.builder_lambda.fakes import MemoryArchives, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")
WHEELS = {name: make_wheel(name) for name in ("good", "evil")}


def locked(store: MemoryArchives, name: str) -> str:
    request = ResolveRequest(requirements=(name,), target=TARGET)
    return resolve(request, memory_ports(WHEELS[name], store=store)).lock_sha256


def test_a_lock_that_was_overwritten_is_not_built() -> None:
    store = MemoryArchives()
    good, evil = locked(store, "good"), locked(store, "evil")
    store.write_text(lock_key(good), store.read_text(lock_key(evil)) or "")
    with pytest.raises(LockAltered) as raised:
        build(BuildRequest(name="web", target=TARGET, lock_sha256=good), memory_ports(*WHEELS.values(), store=store))
    assert raised.value.place.endswith(lock_key(good))


def test_a_lock_that_was_overwritten_is_not_the_start_of_another() -> None:
    store = MemoryArchives()
    good, evil = locked(store, "good"), locked(store, "evil")
    assert find_lock(good, TARGET, store) is not None
    store.write_text(lock_key(good), store.read_text(lock_key(evil)) or "")
    assert find_lock(good, TARGET, store) is None


def test_a_result_of_another_layer_or_lock_is_not_an_answer() -> None:
    store = MemoryArchives()
    ports = memory_ports(*WHEELS.values(), store=store)
    good, evil = locked(store, "good"), locked(store, "evil")
    planted = build(BuildRequest(name="other", target=TARGET, lock_sha256=evil), ports)
    (evil_key,) = (key for key in store.texts if key.startswith("results/"))
    request = BuildRequest(name="web", target=TARGET, lock_sha256=good)
    expected = build(request, ports)
    (good_key,) = (key for key in store.texts if key.startswith("results/") and key != evil_key)
    store.write_text(good_key, store.read_text(evil_key) or "")

    assert build(request, ports).content_hash == expected.content_hash != planted.content_hash
