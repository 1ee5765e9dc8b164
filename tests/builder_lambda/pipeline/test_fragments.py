"""A cache that is lost, cut short or wrong changes speed, never bytes."""

from collections.abc import Callable
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda import BuildRequest, BuildResult, ResolveRequest, Target, resolve
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.written import WrittenArchive
from builder_lambda.bytecode import compiler as bytecode
from builder_lambda.contract.options import BuildOptions
from builder_lambda.distributions.fragment import Fragment, decode_fragment, encode_fragment, fragment_key
from builder_lambda.errors.files import FileNotWritable
from builder_lambda.pipeline.build import build
from tests.builder_lambda.fakes import MarkingCompiler, MemoryArchives, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")
ONE = make_wheel("one", files={"one/__init__.py": "x = 1\n", "one/bad.py": "broken\n", "one/tests/test_a.py": "y\n"})
TWO = make_wheel("two", files={"two.py": "z = 1\n" * 50})
KEY = "fragments/ab.bin"
FRAGMENT = Fragment(
    entries={
        entry.path: entry
        for entry in (
            ArchiveEntry.deflated("a/__pycache__/b.cpython-312.pyc", b"code " * 100, owner="one 1.0"),
            ArchiveEntry.deflated("a/lib.so", b"\x7fELF", owner="one 1.0", mode=0o755),
        )
    },
    not_compiled={"a/bad.py": "invalid syntax (line 1)"},
    unchanged=frozenset({"a/other.so"}),
)
ENCODED = encode_fragment(FRAGMENT, KEY)


def plain(entry: ArchiveEntry) -> tuple[object, ...]:
    return (entry.path, entry.mode, entry.method, entry.crc32, bytes(entry.packed), entry.size, entry.sha256)


def test_fragment_comes_back_as_it_was() -> None:
    found = decode_fragment(ENCODED, KEY, owner="one 1.0")
    assert found is not None
    assert {path: plain(entry) for path, entry in found.entries.items()} == {
        path: plain(entry) for path, entry in FRAGMENT.entries.items()
    }
    assert {entry.owner for entry in found.entries.values()} == {"one 1.0"}
    assert (found.not_compiled, found.unchanged) == (FRAGMENT.not_compiled, FRAGMENT.unchanged)


def test_fragment_of_another_key_is_not_used() -> None:
    assert decode_fragment(ENCODED, "fragments/cd.bin", owner="one 1.0") is None


@given(st.integers(0, len(ENCODED) - 1))
def test_fragment_that_is_cut_short_is_not_used(length: int) -> None:
    assert decode_fragment(ENCODED[:length], KEY, owner="one 1.0") is None


@given(st.integers(0, len(ENCODED) - 1), st.integers(1, 255))
def test_fragment_with_one_other_byte_is_not_used(position: int, change: int) -> None:
    damaged = bytearray(ENCODED)
    damaged[position] ^= change
    assert decode_fragment(bytes(damaged), KEY, owner="one 1.0") is None


@given(st.binary(max_size=200))
def test_other_bytes_are_no_fragment(content: bytes) -> None:
    assert decode_fragment(content, KEY, owner="one 1.0") is None


def test_key_is_over_all_that_the_bytes_depend_on() -> None:
    keys = {
        fragment_key(wheel, python_version=python, mounted_at=folder, builder_version=builder)
        for wheel in ("ab", "cd")
        for python in ("3.12.1", "3.12.2", None)
        for folder in ("/opt/python/", "/opt/python/lib/python3.12/site-packages/")
        for builder in (2, 3)
    }
    assert len(keys) == 24


def built(
    store: MemoryArchives, slim: str = "none", compiler: MarkingCompiler | None = None
) -> tuple[BuildResult, list[str]]:
    """Build with what the store has of fragments, and return what had to be compiled."""
    compiler = compiler or MarkingCompiler()
    ports = memory_ports(ONE, TWO, store=store, compiler=compiler)
    lock = resolve(ResolveRequest(requirements=("one",), target=TARGET), ports).lock_sha256
    options = BuildOptions.from_mapping({"slim": slim})
    return build(BuildRequest(name="x", target=TARGET, lock_sha256=lock, options=options), ports), sorted(
        compiler.asked
    )


def forget_results(store: MemoryArchives) -> None:
    store.archives.clear()
    for key in [key for key in store.texts if not key.startswith("locks/")]:
        del store.texts[key]


def test_what_was_compiled_before_is_not_compiled_again() -> None:
    store = MemoryArchives()
    first, _ = built(store)
    forget_results(store)

    again, compiled = built(store)

    assert compiled == []
    assert (again.code_sha256, again.content_hash) == (first.code_sha256, first.content_hash)
    assert again.report.bytecode == first.report.bytecode


@pytest.mark.parametrize("order", [("safe", "none"), ("none", "safe")])
def test_one_fragment_serves_every_profile(order: tuple[str, str]) -> None:
    cold = {slim: built(MemoryArchives(), slim)[0].code_sha256 for slim in order}
    store = MemoryArchives()

    warm = {slim: built(store, slim) for slim in order}

    assert {slim: result.code_sha256 for slim, (result, _) in warm.items()} == cold
    assert warm[order[1]][1] == (["one/tests/test_a.py"] if order[1] == "none" else [])
    assert len(store.others) == 2


def test_bytecode_of_another_patch_release_is_not_taken() -> None:
    store = MemoryArchives()
    built(store)
    warm, compiled = built(store, compiler=MarkingCompiler("3.12.2"))

    assert compiled == ["one/__init__.py", "one/bad.py", "one/tests/test_a.py", "two.py"]
    assert warm.code_sha256 == built(MemoryArchives(), compiler=MarkingCompiler("3.12.2"))[0].code_sha256


DAMAGES: dict[str, Callable[[dict[str, bytes]], None]] = {
    "lost": lambda kept: kept.clear(),
    "cut short": lambda kept: kept.update({key: content[: len(content) // 2] for key, content in kept.items()}),
    "empty": lambda kept: kept.update(dict.fromkeys(kept, b"")),
    "changed": lambda kept: kept.update({key: content[:-1] + b"!" for key, content in kept.items()}),
    "mixed up": lambda kept: kept.update(zip(kept, list(kept.values())[::-1], strict=True)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_changes_speed_and_no_byte(damage: str) -> None:
    store = MemoryArchives()
    first, compiled_first = built(store)
    forget_results(store)
    DAMAGES[damage](store.others)

    again, compiled = built(store)

    assert again.code_sha256 == first.code_sha256
    assert compiled == compiled_first
    forget_results(store)
    assert built(store)[1] == [], "and it is whole again"


def test_portions_of_sources_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    one_portion, _ = built(MemoryArchives())
    monkeypatch.setattr(bytecode, "_BATCH_BYTES", 1)
    many, compiled = built(MemoryArchives())

    assert many.code_sha256 == one_portion.code_sha256
    assert compiled == ["one/__init__.py", "one/bad.py", "one/tests/test_a.py", "two.py"]


class FullOfArchives(MemoryArchives):
    """Has no room for an archive."""

    def write_archive(self, key: str, write: Callable[[BinaryIO], WrittenArchive]) -> WrittenArchive:
        raise FileNotWritable(path=key, reason="No space left on device")


def test_what_was_compiled_is_kept_even_if_the_archive_finds_no_room() -> None:
    store = FullOfArchives()
    with pytest.raises(FileNotWritable):
        built(store)

    roomy = MemoryArchives()
    roomy.texts, roomy.others = store.texts, store.others
    _, compiled = built(roomy)

    assert compiled == []
