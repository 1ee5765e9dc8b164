"""Stripping takes what the loader does not read, moves nothing that it does, and leaves alone what it does not know."""

import os
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder_lambda.slimming.elf import SMALLEST_SAVING, StrippedFile, strip
from tests.builder_lambda.layer_files import download, unpack

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
SECTION = struct.Struct("<IIQQQQIIQQ")
PROGBITS, SYMTAB, STRTAB, NOBITS = 1, 2, 3, 8
ALLOC = 2
SYMBOLS = b"symbol-table-" * 10_000


@dataclass
class Part:
    name: str
    content: bytes
    kind: int = PROGBITS
    flags: int = 0
    is_loaded: bool = False


def shared_library(*parts: Part, tail: bytes = b"", kind: int = 3) -> bytes:
    """Return an ELF file with these sections in this order, a segment around each loaded one, and the table last."""
    loaded = [part for part in parts if part.is_loaded]
    names = Part(".shstrtab", b"\0" + b"\0".join(part.name.encode() for part in parts) + b"\0.shstrtab\0", STRTAB)
    content = bytearray(HEADER.size + SEGMENT.size * len(loaded))
    segments, sections = b"", bytes(SECTION.size)
    for part in (*parts, names):
        content += bytes(-len(content) % 16)
        at = len(content)
        name = names.content.index(b"\0" + part.name.encode() + b"\0") + 1
        sections += SECTION.pack(name, part.kind, part.flags, at, at, len(part.content), 0, 0, 1, 0)
        if part.is_loaded:
            segments += SEGMENT.pack(1, 4, at, at, at, len(part.content), len(part.content), 1)
        if part.kind != NOBITS:
            content += part.content
    content += bytes(-len(content) % 16)
    header = HEADER.pack(
        b"\x7fELF\x02\x01\x01", kind, 62, 1, 0, HEADER.size, len(content), 0, HEADER.size, SEGMENT.size, len(loaded),
        SECTION.size, len(parts) + 2, len(parts) + 1,
    )  # fmt: skip
    content[: HEADER.size + len(segments)] = header + segments
    return bytes(content) + sections + tail


TEXT = Part(".text", b"code" * 50, flags=ALLOC, is_loaded=True)
DATA = Part(".data", b"data" * 50, flags=ALLOC, is_loaded=True)
BSS = Part(".bss", b"none" * 50, NOBITS, ALLOC)
SYMTAB_PART = Part(".symtab", SYMBOLS, SYMTAB)
DEBUG = Part(".debug_info", SYMBOLS)


def mapped(content: bytes) -> list[bytes]:
    """Return the bytes of each segment, and the header without the fields that tell where sections are."""
    header = HEADER.unpack_from(content)
    at, count = header[5], header[10]
    found = [content[:0x28] + content[0x30:0x3A]]
    for index in range(count):
        _, _, offset, _, _, size, _, _ = SEGMENT.unpack_from(content, at + index * SEGMENT.size)
        found.append(content[max(offset, HEADER.size) : offset + size])
    return found


def test_data_behind_the_last_segment_is_cut() -> None:
    library = shared_library(TEXT, DATA, BSS, SYMTAB_PART)

    stripped = strip(library)

    assert stripped is not None
    assert stripped.content.endswith(DATA.content)
    assert stripped.cut_bytes == len(library) - len(stripped.content) > len(SYMBOLS)
    assert stripped.zeroed_bytes == 0
    assert mapped(stripped.content) == mapped(library)


def test_sections_between_segments_are_zeroed_and_nothing_moves() -> None:
    library = shared_library(TEXT, SYMTAB_PART, DEBUG, DATA)  # as patchelf leaves it, with what it grew at the end

    stripped = strip(library)

    assert stripped is not None
    assert stripped.zeroed_bytes == 2 * len(SYMBOLS)
    assert stripped.content.index(DATA.content) == library.index(DATA.content)
    assert SYMBOLS not in stripped.content
    assert mapped(stripped.content) == mapped(library)


def test_the_result_says_that_it_has_no_sections() -> None:
    stripped = strip(shared_library(TEXT, SYMTAB_PART))

    assert stripped is not None
    header = HEADER.unpack_from(stripped.content)
    assert (header[6], header[11:]) == (0, (0, 0, 0))
    assert strip(stripped.content) is None


def test_a_section_in_memory_stays_even_if_no_segment_has_it() -> None:
    stripped = strip(shared_library(TEXT, Part(".odd", b"odd" * 50, flags=ALLOC), SYMTAB_PART))

    assert stripped is not None
    assert stripped.content.endswith(b"odd" * 50)


def test_an_empty_section_in_the_middle_of_another_keeps_nothing_and_makes_nothing_longer() -> None:
    library = bytearray(shared_library(TEXT, DATA, BSS, SYMTAB_PART))
    empty = struct.unpack_from("<Q", library, 0x28)[0] + 3 * SECTION.size
    middle_of_symbols = library.index(SYMBOLS) + len(SYMBOLS) // 2
    SECTION.pack_into(library, empty, 1, PROGBITS, ALLOC, 0, middle_of_symbols, 0, 0, 0, 1, 0)

    stripped = strip(bytes(library))

    assert stripped is not None
    assert stripped.content.endswith(DATA.content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"import this", id="no ELF"),
        pytest.param(b"\x7fELF\x02\x01", id="cut short"),
        pytest.param(shared_library(TEXT, SYMTAB_PART)[:300], id="cut in its sections"),
        pytest.param(b"\x7fELF\x01\x01" + shared_library(TEXT, SYMTAB_PART)[6:], id="32 bits"),
        pytest.param(b"\x7fELF\x02\x02" + shared_library(TEXT, SYMTAB_PART)[6:], id="big endian"),
        pytest.param(shared_library(TEXT, SYMTAB_PART, kind=1), id="object file"),
        pytest.param(shared_library(SYMTAB_PART), id="no segment"),
        pytest.param(shared_library(TEXT, DATA), id="nothing to take"),
        pytest.param(shared_library(TEXT, Part(".symtab", b"s" * (SMALLEST_SAVING // 2), SYMTAB)), id="little to take"),
        pytest.param(shared_library(TEXT, SYMTAB_PART, tail=b"payload" * 20), id="payload behind it"),
        pytest.param(shared_library(TEXT, SYMTAB_PART, Part("pydata", b"p" * 100)), id="section of its own"),
    ],
)
def test_unknown_files_and_small_savings_are_left_unchanged(content: bytes) -> None:
    assert strip(content) is None


def test_a_few_bytes_of_padding_are_ignored() -> None:
    assert strip(shared_library(TEXT, SYMTAB_PART, tail=bytes(4096))) is not None
    assert strip(shared_library(TEXT, SYMTAB_PART, tail=b"." * 64)) is not None


VALID = shared_library(TEXT, Part(".comment", b"c" * 300), SYMTAB_PART, DATA, BSS, DEBUG)
TABLE = struct.unpack_from("<Q", VALID, 0x28)[0]
FIELDS = [*range(HEADER.size + 2 * SEGMENT.size), *range(TABLE, len(VALID))]
"""Offsets of every byte that says where something is."""

changes = st.lists(st.tuples(st.sampled_from(FIELDS), st.integers(0, 255)), max_size=12)


@given(changes=changes, cut=st.integers(0, len(VALID)))
@example(changes=[], cut=len(VALID))
def test_damaged_headers_cause_no_crash_and_no_loss_of_mapped_bytes(changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(VALID)
    for offset, value in changes:
        damaged[offset] = value
    given_file = bytes(damaged[:cut] if cut % 4 == 0 else damaged)

    stripped = strip(given_file)

    if stripped is not None:
        assert isinstance(stripped, StrippedFile)
        assert len(stripped.content) == len(given_file) - stripped.cut_bytes
        assert stripped.cut_bytes + stripped.zeroed_bytes >= SMALLEST_SAVING
        assert mapped(stripped.content) == mapped(given_file)


@given(st.binary(max_size=2000))
def test_random_bytes_after_the_magic_number_are_left_unchanged(noise: bytes) -> None:
    assert strip(b"\x7fELF\x02\x01" + noise) is None


PACKAGES = {
    "numpy": "import numpy; print(numpy.linalg.inv([[2.0, 0.0], [0.0, 4.0]])[1, 1])",
    "cryptography": (
        "from cryptography.fernet import Fernet; f = Fernet(Fernet.generate_key()); print(f.decrypt(f.encrypt(b'a')))"
    ),
    "scikit-learn": (
        "from sklearn.ensemble import RandomForestClassifier as C; import scipy.linalg\n"
        "print(C(2, random_state=0).fit([[0], [1]], [0, 1]).predict([[1]]), scipy.linalg.det([[2, 0], [0, 2]]))"
    ),
    "pillow": "from PIL import Image; import io; Image.new('RGB', (9, 9)).save(io.BytesIO(), 'JPEG')",
}


@pytest.mark.index
@pytest.mark.parametrize("requirement", PACKAGES)
def test_stripped_libraries_of_real_packages_load_and_work(tmp_path: Path, requirement: str) -> None:
    files = download(tmp_path / "wheels", requirement).contents
    stripped = {path: done for path, content in files.items() if (done := strip(content)) is not None}
    assert stripped
    for path, done in stripped.items():
        assert mapped(done.content) == mapped(files[path]), path
    unpack({**files, **{path: done.content for path, done in stripped.items()}}, tmp_path / "layer")

    subprocess.run(
        [sys.executable, "-S", "-B", "-c", PACKAGES[requirement]],
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "layer")},
    )
