import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from packaging.pylock import PackageWheel

from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.errors.wheels import WheelHashMismatch, WheelMissing
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex, with_address
from builder_lambda.locks.package_url import has_no_address, name_in_place_of_url
from tests.builder_lambda.memory_listing import MemoryListing, indexed


def named(filename: str) -> LockedWheel:
    name, version = filename.split("-")[:2]
    return LockedWheel(
        filename=filename,
        name=name,
        version=version,
        sha256=hashlib.sha256(filename.encode()).hexdigest(),
        url=name_in_place_of_url(name, version, filename),
    )


class RecordingIndex:
    def __init__(self) -> None:
        self.urls: list[str] = []

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[bytes]:
        self.urls = [wheel.url for wheel in wheels]
        return iter([wheel.filename.encode() for wheel in wheels])


A, B = named("a-1.0-py3-none-any.whl"), named("b-2.0-py3-none-any.whl")
KNOWN = replace(A, filename="c-1.0-py3-none-any.whl", name="c", url="https://files.example.invalid/known.whl")


def test_urls_are_looked_up_before_wheels_are_fetched() -> None:
    index, listing = RecordingIndex(), MemoryListing({"a": [A.filename], "b": [B.filename]})
    contents = tuple(AddressingWheelIndex(index, listing).fetch([B, KNOWN, A]))
    assert contents == (B.filename.encode(), KNOWN.filename.encode(), A.filename.encode())
    assert index.urls == [
        f"https://files.example.invalid/{B.filename}",
        KNOWN.url,
        f"https://files.example.invalid/{A.filename}",
    ]
    assert sorted(listing.asked) == ["a", "b"]


def test_wheels_with_urls_do_not_use_the_listing() -> None:
    index, listing = RecordingIndex(), MemoryListing({})
    AddressingWheelIndex(index, listing).fetch([KNOWN])
    assert (index.urls, listing.asked) == ([KNOWN.url], [])


def test_all_wheels_that_the_index_lacks_are_named() -> None:
    with pytest.raises(WheelMissing) as caught:
        AddressingWheelIndex(RecordingIndex(), MemoryListing({"a": ["a-1.1-py3-none-any.whl"]})).fetch([B, A])
    assert str(caught.value) == (
        "wheel-missing: the package index lacks 2 wheels of the lock\n"
        "    a-1.0-py3-none-any.whl\n"
        "    b-2.0-py3-none-any.whl\n"
        "  likely cause: they were deleted from the index, or are on an index that the builder is not set up for\n"
        "  what to do: set the builder's index to the one that the lock was made with, or lock again"
    )
    assert error_from_mapping(caught.value.to_mapping()) == caught.value


def test_a_file_of_the_name_with_another_sha256_is_a_mismatch() -> None:
    listed = replace(indexed(A.filename), sha256="00")
    with pytest.raises(WheelHashMismatch) as caught:
        with_address(A, [listed])
    assert (caught.value.expected, caught.value.actual) == ((A.sha256,), "00")


def test_an_index_without_hashes_gives_the_url_only() -> None:
    found = with_address(A, [replace(indexed(A.filename), sha256=None)])
    assert found is not None
    assert (found.url, found.sha256) == (f"https://files.example.invalid/{A.filename}", A.sha256)


def test_a_package_url_names_the_file_in_full() -> None:
    url = name_in_place_of_url("torch", "2.0+cu118", "torch-2.0+cu118-cp311-cp311-linux_x86_64.whl")
    assert url == "pkg:pypi/torch@2.0%2Bcu118?file_name=torch-2.0%2Bcu118-cp311-cp311-linux_x86_64.whl"
    assert has_no_address(replace(A, url=url))
    assert not has_no_address(KNOWN)
    assert PackageWheel(name="x.whl", url=url, hashes={"sha256": "00"}).filename == "x.whl"
