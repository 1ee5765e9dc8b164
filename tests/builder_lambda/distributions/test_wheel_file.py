import base64
import hashlib
import io
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder_lambda.archive.member_paths import UNSAFE
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.wheels import InvalidWheel
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel


def opened(wheel: MadeWheel) -> WheelFile:
    return WheelFile(wheel.filename, bytearray(wheel.content))


def refusal(wheel: MadeWheel) -> str:
    with pytest.raises(InvalidWheel) as caught:
        opened(wheel)
    assert caught.value.filename == wheel.filename
    return caught.value.reason


def patched(wheel: MadeWheel, change: Callable[[bytearray], None]) -> MadeWheel:
    content = bytearray(wheel.content)
    change(content)
    return MadeWheel(filename=wheel.filename, content=bytes(content))


def with_member(info: zipfile.ZipInfo, content: bytes = b"x") -> MadeWheel:
    wheel = make_wheel()
    stream = io.BytesIO(wheel.content)
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
        warnings.simplefilter("ignore")  # zipfile warns of a second member of one name
        archive.writestr(info, content)
    return MadeWheel(filename=wheel.filename, content=stream.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read_without_unpacking_the_wheel(method: int) -> None:
    wheel = opened(make_wheel(files={"demo/data.txt": "text " * 100}, method=method))

    assert wheel.owner == "demo 1.0"
    assert wheel.dist_info == "demo-1.0.dist-info"
    assert wheel.data == "demo-1.0.data"
    assert wheel.read("demo/data.txt") == b"text " * 100
    assert len(wheel.packed("demo/data.txt")) == wheel.members["demo/data.txt"].compress_size
    assert wheel.declared_sha256("demo/data.txt") == hashlib.sha256(b"text " * 100).hexdigest()


@pytest.mark.parametrize(
    "path",
    [
        *["/etc/passwd", "../up.py", "a/../../up.py", "a//b.py", "./a.py", "a\\b.py", "C:/a.py", "a\nb.py", "a/./b"],
        *["a\x7f.py", "a\x9b2J.py", "a\u2028.py", "a\u202etxt.exe", "a/\u2066b.py"],
    ],
)
def test_unsafe_path_is_refused(path: str) -> None:
    assert refusal(with_member(zipfile.ZipInfo(path))) == f"the member {path!r} has an unsafe path"


@given(st.text(alphabet="ab./:\\\0\x01\n\x1f\x20", max_size=8))
@example("a:")
@example("a/b:c")
@example("a/..")
@example("a/...")
@example("a/b\n")
def test_a_path_is_unsafe_by_its_characters_its_parts_and_a_colon_in_the_first(path: str) -> None:
    parts = path.split("/")
    is_unsafe = (
        any(character < " " or character == "\\" for character in path)
        or any(part in ("", ".", "..") for part in parts)
        or ":" in parts[0]
    )
    assert bool(UNSAFE.search(path)) == is_unsafe


@pytest.mark.parametrize("kind", [0o120777, 0o010644, 0o060644, 0o140644])
def test_link_or_device_is_refused(kind: int) -> None:
    info = zipfile.ZipInfo("demo/link")
    info.external_attr = kind << 16
    assert refusal(with_member(info)) == "the member 'demo/link' is not a regular file (a link or a device)"


def test_unknown_method_is_refused() -> None:
    info = zipfile.ZipInfo("demo/packed.bin")
    info.compress_type = zipfile.ZIP_BZIP2
    assert refusal(with_member(info)) == (
        "the member 'demo/packed.bin' is packed by a method that is not used in wheels (12)"
    )


def test_encrypted_member_is_refused() -> None:
    def encrypt(content: bytearray) -> None:
        directory = content.index(b"PK\x01\x02")
        content[directory + 8] |= 1

    assert refusal(patched(make_wheel(), encrypt)) == "the member 'demo/__init__.py' is encrypted"


@pytest.mark.parametrize("offset", [0, 8, 30])
def test_headers_that_differ_are_refused(offset: int) -> None:
    def spoil(content: bytearray) -> None:
        content[offset] ^= 0x20

    assert refusal(patched(make_wheel(), spoil)) == "the two headers of the member 'demo/__init__.py' differ"


def test_two_members_of_one_name_are_refused() -> None:
    assert refusal(with_member(zipfile.ZipInfo("demo/__init__.py"))) == "it has two members 'demo/__init__.py'"


def test_members_that_share_bytes_are_refused() -> None:
    def overlap(content: bytearray) -> None:
        second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
        content[second + 42 : second + 46] = struct.pack("<I", 10)

    assert refusal(patched(make_wheel(), overlap)).endswith("overlap")


def test_damaged_member_is_refused_when_it_is_read() -> None:
    wheel = make_wheel(files={"demo/data.txt": "text"}, method=zipfile.ZIP_STORED)
    damaged = opened(MadeWheel(filename=wheel.filename, content=wheel.content.replace(b"text", b"TEXT", 1)))

    with pytest.raises(InvalidWheel, match=r"the member 'demo/data\.txt' is damaged"):
        damaged.read("demo/data.txt")


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def with_lie(wheel: MadeWheel, value: int, *, field: int, local: bool = True, central: bool = True) -> MadeWheel:
    """Change the CRC (0), packed size (1) or size (2) in the headers of the first member."""

    def lie(content: bytearray) -> None:
        for signature, offset, wanted in ((LOCAL, 14, local), (CENTRAL, 16, central)):
            start = content.index(signature) + offset + 4 * field
            if wanted:
                content[start : start + 4] = struct.pack("<I", value)

    return patched(wheel, lie)


def test_member_that_unpacks_to_more_than_it_says_is_refused() -> None:
    wheel = make_wheel(files={"demo/data.txt": "0" * 1_000_000}, record="demo-1.0.dist-info/RECORD,,\n")
    lying = opened(with_lie(wheel, 10, field=2))

    with pytest.raises(InvalidWheel, match="is damaged"):
        lying.read("demo/data.txt")
    with pytest.raises(InvalidWheel, match="is damaged"):
        lying.sha256_of("demo/data.txt")


@pytest.mark.parametrize("field", [0, 1, 2])
@pytest.mark.parametrize("is_local", [True, False])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_headers_of_other_crc_or_sizes_are_refused(field: int, is_local: bool, method: int) -> None:
    wheel = make_wheel(files={"demo/data.txt": "0" * 1_000}, method=method)
    reason = refusal(with_lie(wheel, 7, field=field, local=is_local, central=not is_local))
    differs = "the two headers of the member 'demo/data.txt' differ"
    assert reason in {differs, "the member 'demo/data.txt' is stored, and has two different sizes"}


def test_stored_member_has_one_size() -> None:
    wheel = with_lie(make_wheel(files={"demo/data.txt": "text"}, method=zipfile.ZIP_STORED), 3, field=2)
    assert refusal(wheel) == "the member 'demo/data.txt' is stored, and has two different sizes"


class Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("is_large", [True, False])
def test_data_descriptors_and_zip64_sizes_are_accepted(method: int, is_large: bool) -> None:
    wheel = make_wheel()
    for stream in (Unseekable(), io.BytesIO()):
        with zipfile.ZipFile(io.BytesIO(wheel.content)) as source, zipfile.ZipFile(stream, "w", method) as archive:
            for info in source.infolist():
                with archive.open(info.filename, "w", force_zip64=is_large) as member:
                    member.write(source.read(info))
        made = opened(MadeWheel(filename=wheel.filename, content=stream.getvalue()))
        for path in made.members:
            made.sha256_of(path)


def test_crc_is_checked_with_the_bytes() -> None:
    lying = opened(with_lie(make_wheel(files={"demo/data.txt": "text"}, record=""), 7, field=0))
    with pytest.raises(InvalidWheel, match="is damaged"):
        lying.sha256_of("demo/data.txt")


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 25) - 1, 1 << 25, (1 << 25) + 1, 70_000_000])
def test_large_members_are_checked_in_pieces(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    opened(make_wheel(files={"demo/data.txt": content[:size]})).sha256_of("demo/data.txt")


@pytest.mark.parametrize("size", [17_000_000, 20_000_000 - 1, 20_000_000 + 1])
def test_large_member_of_another_size_is_damaged(size: int) -> None:
    wheel = make_wheel(files={"demo/data.txt": b"0" * 20_000_000}, record="")
    with pytest.raises(InvalidWheel, match="is damaged"):
        opened(with_lie(wheel, size, field=2)).sha256_of("demo/data.txt")


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_every_algorithm_of_record_is_compared(algorithm: str) -> None:
    def digest(content: bytes) -> str:
        return base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).decode().rstrip("=")

    right = make_wheel(files={"demo/data.txt": "text"}, record=f"demo/data.txt,{algorithm}={digest(b'text')},4\n")
    opened(right).sha256_of("demo/data.txt")
    assert opened(right).read("demo/data.txt") == b"text"
    wrong = make_wheel(files={"demo/data.txt": "text"}, record=f"demo/data.txt,{algorithm}={digest(b'TEXT')},4\n")
    for read in (opened(wrong).sha256_of, opened(wrong).read):
        with pytest.raises(InvalidWheel, match="is not what its RECORD declares"):
            read("demo/data.txt")


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "shake_128", "none"])
def test_weak_or_unknown_algorithm_of_record_is_refused(algorithm: str) -> None:
    wheel = opened(make_wheel(files={"demo/data.txt": "text"}, record=f"demo/data.txt,{algorithm}=AAAA,4\n"))
    with pytest.raises(InvalidWheel, match=r"a digest of 'demo/data\.txt' that is not sha256, sha384 or sha512"):
        wheel.declared_sha256("demo/data.txt")


@pytest.mark.parametrize(
    ("wheel", "reason"),
    [
        (MadeWheel(filename="demo.whl", content=b""), "its file name is not that of a wheel"),
        (
            MadeWheel(filename="demo-1.0-py3-none-any.whl", content=b"no zip"),
            "it is not a readable zip archive (File is not a zip file)",
        ),
        (make_wheel(without=("RECORD",)), "it has no 'demo-1.0.dist-info/RECORD'"),
        (make_wheel(without=("WHEEL",)), "it has no 'demo-1.0.dist-info/WHEEL'"),
        (make_wheel(metadata={"WHEEL": "Wheel-Version: 2.0\n"}), "its Wheel-Version is '2.0'; 1 is supported"),
        (make_wheel(metadata={"WHEEL": "Generator: x\n"}), "its Wheel-Version is ''; 1 is supported"),
        (make_wheel(record="a,b\n"), "its 'demo-1.0.dist-info/RECORD' has a row of 2 fields"),
        (
            make_wheel(files={"other-1.dist-info/METADATA": ""}),
            "it must have one .dist-info folder, and has ['demo-1.0.dist-info', 'other-1.dist-info']",
        ),
        (
            MadeWheel(filename="other-1.0-py3-none-any.whl", content=make_wheel().content),
            "its folder 'demo-1.0.dist-info' is of another project",
        ),
    ],
)
def test_what_is_not_a_wheel_is_refused(wheel: MadeWheel, reason: str) -> None:
    assert refusal(wheel) == reason


def test_whole_message_names_the_wheel() -> None:
    with pytest.raises(InvalidWheel) as caught:
        opened(make_wheel(without=("RECORD",)))

    assert str(caught.value) == (
        "invalid-wheel: the wheel 'demo-1.0-py3-none-any.whl' cannot be used: "
        "it has no 'demo-1.0.dist-info/RECORD'\n"
        "  likely cause: the tool that made the wheel is broken, or the wheel was made to do harm\n"
        "  what to do: require another version of the package, and report the wheel to its publisher"
    )


def test_any_cut_of_a_wheel_is_refused() -> None:
    wheel = make_wheel()
    for length in range(0, len(wheel.content), 7):
        with pytest.raises(InvalidWheel):
            opened(MadeWheel(filename=wheel.filename, content=wheel.content[:length]))


RIGHT = "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(b"text").digest()).decode().rstrip("=")
OTHER = "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(b"TEXT").digest()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            f"demo/data.txt,{RIGHT},5\n",
            "its 'demo-1.0.dist-info/RECORD' gives 'demo/data.txt' 5 bytes; it has 4",
        ),
        (
            f"demo/data.txt,{RIGHT},4\ndemo/data.txt,{OTHER},4\n",
            "its 'demo-1.0.dist-info/RECORD' declares 'demo/data.txt' twice, with different hashes",
        ),
    ],
)
def test_record_that_contradicts_the_wheel_or_itself_is_refused(rows: str, reason: str) -> None:
    with pytest.raises(InvalidWheel) as caught:
        opened(make_wheel(files={"demo/data.txt": "text"}, record=rows))
    assert caught.value.reason == reason


def test_member_that_is_not_what_record_declares_is_refused_when_it_is_read() -> None:
    wheel = opened(make_wheel(files={"demo/data.txt": "text"}, record=f"demo/data.txt,{OTHER},4\n"))
    with pytest.raises(InvalidWheel, match=r"the member 'demo/data\.txt' is not what its RECORD declares"):
        wheel.read("demo/data.txt")


def test_rows_of_files_that_are_not_there_are_passed_over() -> None:
    assert opened(make_wheel(record=f"gone.txt,{OTHER},4\n")).read("demo/__init__.py") == b"VALUE = 1\n"


def test_name_that_no_file_system_takes_is_refused() -> None:
    with pytest.raises(InvalidWheel, match="has a name that is too long for a file system"):
        opened(make_wheel(files={f"demo/{'x' * 256}.txt": ""}))


@pytest.mark.parametrize(("name", "version"), [("demo", "9.0"), ("other", "1.0"), ("demo", "not a version")])
def test_metadata_is_that_of_the_file_name(name: str, version: str) -> None:
    wheel = make_wheel(metadata_text=f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    assert refusal(wheel) == f"its METADATA is of {f'{name} {version}'!r}, its file name of 'demo 1.0'"


def test_metadata_may_spell_the_name_and_version_in_another_way() -> None:
    opened(make_wheel(metadata_text="Metadata-Version: 2.1\nName: Demo\nVersion: 1.0.0\n"))


def test_the_metadata_folder_has_the_version_of_the_file_name() -> None:
    made = make_wheel(version="9.0", metadata_text="Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
    wheel = MadeWheel(filename="demo-1.0-py3-none-any.whl", content=made.content)
    assert refusal(wheel) == "its folder 'demo-9.0.dist-info' is of another version than its file name"


@pytest.mark.parametrize("flag", [0x20, 0x40])
def test_flags_that_zipfile_refuses_are_refused(flag: int) -> None:
    def flagged(content: bytearray) -> None:
        content[content.index(CENTRAL) + 8] |= flag

    assert "is patched data or strongly encrypted" in refusal(patched(make_wheel(), flagged))
