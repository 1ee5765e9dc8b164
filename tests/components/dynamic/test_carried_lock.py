from builder_lambda.contract.store_keys import local_wheel_key, lock_key
from components.dynamic.carried_lock import carry_lock
from tests.builder_lambda.fakes import MemoryArchives

WHEEL = local_wheel_key("1" * 64, "mylib-1.0-py3-none-any.whl")
SHA256 = "2" * 64
LOCK = f"""\
lock-version = "1.0"
created-by = "python-layers"

[[packages]]
name = "mylib"
version = "1.0"
wheels = [{{ path = "{WHEEL}", hashes = {{ sha256 = "{"1" * 64}" }} }}]

[[packages]]
name = "idna"
version = "3.10"
wheels = [{{ url = "https://a.example/idna-3.10-py3-none-any.whl", hashes = {{ sha256 = "{"3" * 64}" }} }}]
"""


def source() -> MemoryArchives:
    store = MemoryArchives()
    store.write_text(lock_key(SHA256), LOCK)
    store.write_bytes(WHEEL, b"wheel")
    return store


def test_a_lock_moves_with_the_wheels_that_only_a_store_has() -> None:
    destination = MemoryArchives()
    carry_lock(SHA256, source=source(), destination=destination)
    assert destination.read_text(lock_key(SHA256)) == LOCK
    assert destination.read_bytes(WHEEL) == b"wheel"


def test_a_lock_that_is_there_stays() -> None:
    destination = MemoryArchives()
    destination.write_text(lock_key(SHA256), "there")
    carry_lock(SHA256, source=source(), destination=destination)
    assert destination.read_text(lock_key(SHA256)) == "there"
    assert destination.read_bytes(WHEEL) is None


def test_a_lock_that_is_nowhere_is_left_to_the_build() -> None:
    destination = MemoryArchives()
    carry_lock(SHA256, source=MemoryArchives(), destination=destination)
    assert destination.read_text(lock_key(SHA256)) is None
