"""Wheels that declare more than is read. Each is small on the wire."""

import hashlib
import io
import struct
import zipfile

import pytest

from builder_lambda.archive import entry
from builder_lambda.contract.bounds import METADATA_BYTES, RECORD_BYTES, SHORT_METADATA_BYTES
from builder_lambda.contract.targets import Target
from builder_lambda.distributions import wheel_file
from builder_lambda.distributions.distribution import Distribution
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.wheels import InvalidWheel
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

DATA = b"data " * 1_000_000
TARGET = Target(runtime="python3.12", architecture="x86_64")


def refusal(wheel: MadeWheel) -> str:
    with pytest.raises(InvalidWheel) as caught:
        WheelFile(wheel.filename, wheel.content)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "most"),
    [("WHEEL", SHORT_METADATA_BYTES), ("entry_points.txt", SHORT_METADATA_BYTES), ("METADATA", METADATA_BYTES)],
)
def test_large_metadata_is_refused_before_it_is_inflated(name: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel(metadata={name: "\n" * (most + 1)})
    monkeypatch.setattr(WheelFile, "read", None)

    assert refusal(wheel) == f"its {name} has {most + 1:,} bytes; at most {most:,} are read"


def test_large_record_is_refused_before_it_is_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel(record="\n" * (RECORD_BYTES + 1))
    monkeypatch.setattr(WheelFile, "read", None)

    assert refusal(wheel).startswith("its RECORD has 67,108,865 bytes")


def test_record_of_many_rows_is_refused_before_it_is_parsed() -> None:
    assert refusal(make_wheel(record="\n" * 400_001)).endswith("has more than 400,000 rows")


def test_record_with_a_size_of_many_digits_is_refused() -> None:
    reason = refusal(make_wheel(record=f"demo/__init__.py,,{'9' * 5000}\n"))

    assert reason.endswith(f"gives 'demo/__init__.py' {'9' * 20}... bytes; it has 10")


def test_metadata_at_the_bound_is_read() -> None:
    text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n"

    wheel = make_wheel(metadata_text=text + " " * (METADATA_BYTES - len(text)))

    assert WheelFile(wheel.filename, wheel.content).owner == "demo 1.0"


def test_size_that_the_packed_bytes_cannot_hold_is_refused() -> None:
    wheel = make_wheel(files={"demo/data": b"x" * 100})
    info = zipfile.ZipFile(io.BytesIO(wheel.content)).getinfo("demo/data")
    content = bytearray(wheel.content)
    position = content.rindex(b"demo/data") - 46  # of its row in the table of members
    struct.pack_into("<I", content, position + 24, 1_033 * info.compress_size)

    reason = refusal(MadeWheel(filename=wheel.filename, content=bytes(content)))

    assert reason.startswith("the member 'demo/data' declares ")
    assert reason.endswith(f"which {info.compress_size} packed bytes cannot hold")


def test_wheel_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel(files={"demo/a": DATA, "demo/b": DATA})
    monkeypatch.setattr(wheel_file, "WHEEL_UNPACKED_BYTES", 9_000_000)

    assert refusal(wheel).endswith("bytes; at most 9,000,000 are read")


def test_wheel_with_too_many_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel(files={f"demo/{number}": b"" for number in range(20)})
    monkeypatch.setattr(wheel_file, "WHEEL_MEMBERS", 20)

    assert refusal(wheel) == "it has 23 members; at most 20 are read"


def test_long_table_of_members_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = make_wheel(files={f"demo/{number:0200}": b"" for number in range(100)})
    monkeypatch.setattr(wheel_file, "DIRECTORY_BYTES", 20_000)

    assert "the table of its members is larger than 20,000 bytes" in refusal(wheel)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("content", [b"", b"x", DATA])
def test_member_without_a_declared_hash_is_hashed_in_pieces(
    content: bytes, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = make_wheel(files={"demo/data": content}, record="demo/data,,\n", method=method)
    opened = WheelFile(wheel.filename, wheel.content)
    monkeypatch.setattr(entry, "_WHOLE", 1000)

    assert opened.sha256_of("demo/data") == hashlib.sha256(content).hexdigest()
    pieces = entry.unpacked_pieces("demo/data", opened.packed("demo/data"), method, len(content))
    assert all(isinstance(piece, memoryview) or len(piece) <= 1 << 20 for piece in pieces)


def test_damaged_member_without_a_declared_hash_is_refused() -> None:
    wheel = make_wheel(files={"demo/data": DATA}, record="demo/data,,\n", method=zipfile.ZIP_STORED)
    content = wheel.content.replace(b"data data ", b"date data ", 1)

    with pytest.raises(InvalidWheel, match="the member 'demo/data' is damaged"):
        Distribution.of_wheel(wheel.locked(), content, TARGET)
