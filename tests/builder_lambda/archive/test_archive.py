import base64
import hashlib
import io
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.archive import Archive
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.written import WrittenArchive
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.distributions.wheel_layout import installed_entries
from builder_lambda.errors.archives import ConflictingFiles, LayerTooLarge, TooManyFiles
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

PYTHON = "/var/lang/bin/python3.12"
WHEELS = (
    make_wheel("one", files={"one/__init__.py": "x = 1\n", "one/data.txt": "text " * 1000}),
    make_wheel("two", files={"two.py": "y = 2\n", "namespace/__init__.py": "\n"}),
    make_wheel(
        "three",
        files={
            "namespace/__init__.py": "\n",
            "namespace/\u00fcber.py": "z = 3\n",
            "three-1.0.data/scripts/run": "#!python\n",
        },
        metadata={"entry_points.txt": "[console_scripts]\nthree = three:main\n"},
    ),
)


def distributions(wheels: tuple[MadeWheel, ...]) -> list[tuple[ArchiveEntry, ...]]:
    return [installed_entries(WheelFile(wheel.filename, wheel.content), interpreter=PYTHON) for wheel in wheels]


def written(archive: Archive) -> tuple[bytes, WrittenArchive]:
    stream = io.BytesIO()
    result = archive.write(stream)
    return stream.getvalue(), result


def entry(path: str, content: bytes = b"", owner: str = "a 1", mode: int = 0o644) -> ArchiveEntry:
    return ArchiveEntry.of(path, content, owner=owner, mode=mode)


def test_archive_is_what_a_zip_reader_expects() -> None:
    archive = Archive.merge(distributions(WHEELS))
    content, result = written(archive)

    with zipfile.ZipFile(io.BytesIO(content)) as read:
        assert read.testzip() is None
        infos = read.infolist()
        assert read.read("python/one/data.txt") == b"text " * 1000
        assert read.read("python/namespace/\u00fcber.py") == b"z = 3\n"
    assert [info.filename for info in infos] == [f"python/{item.path}" for item in archive.entries]
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {stat.S_IFREG | 0o644, stat.S_IFREG | 0o755}
    assert not any(info.extra or info.comment or info.is_dir() for info in infos)
    assert sum(info.file_size for info in infos) == archive.unpacked_bytes
    assert result.size_bytes == len(content)
    assert result.code_sha256 == base64.b64encode(hashlib.sha256(content).digest()).decode()


@pytest.mark.skipif(shutil.which("unzip") is None, reason="needs unzip")
def test_archive_is_what_unzip_expects(tmp_path: Path) -> None:
    content, _ = written(Archive.merge(distributions(WHEELS)))
    path = tmp_path / "layer.zip"
    path.write_bytes(content)

    run = subprocess.run(["unzip", "-t", path], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout
    assert "No errors detected" in run.stdout


@given(st.permutations(range(len(WHEELS))))
def test_order_of_wheels_changes_nothing(order: list[int]) -> None:
    expected = Archive.merge(distributions(WHEELS))
    found = Archive.merge(distributions(tuple(WHEELS[index] for index in order)))

    assert found.content_hash == expected.content_hash
    assert written(found) == written(expected)


NAMES = st.text(alphabet="abc\u00e9", min_size=1, max_size=3)
FILES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=2).map("/".join), st.binary(max_size=30), max_size=6)


@given(FILES, st.randoms())
def test_any_files_come_out_as_they_went_in(files: dict[str, bytes], random: object) -> None:
    entries = [entry(path, content) for path, content in files.items()]
    try:
        archive = Archive.merge([entries], prefix="")
    except ConflictingFiles:
        assert any(other.startswith(f"{path}/") for path in files for other in files)
        return
    content, _ = written(archive)

    with zipfile.ZipFile(io.BytesIO(content)) as read:
        assert {name: read.read(name) for name in read.namelist()} == files
    assert archive.content_hash == Archive.merge([[item] for item in reversed(entries)], prefix="").content_hash


def test_content_hash_is_the_one_that_was_published() -> None:
    # Written down, since another value would publish every layer anew.
    archive = Archive.merge([[entry("a.py", b"a"), entry("bin/b", b"b", mode=0o755)]])
    lines = (
        f"python/a.py\x00644\x00{hashlib.sha256(b'a').hexdigest()}\n"
        f"python/bin/b\x00755\x00{hashlib.sha256(b'b').hexdigest()}\n"
    )
    assert archive.content_hash == hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize("changed", [entry("a.py", b"b"), entry("a.py", b"a", mode=0o755), entry("b.py", b"a")])
def test_content_hash_changes_with_path_mode_and_content(changed: ArchiveEntry) -> None:
    assert Archive.merge([[changed]]).content_hash != Archive.merge([[entry("a.py", b"a")]]).content_hash


def test_content_hash_does_not_depend_on_how_a_wheel_was_packed() -> None:
    files = {"demo/data.txt": "text " * 1000}
    stored, deflated = (make_wheel(files=files, method=method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    assert stored.sha256 != deflated.sha256
    assert (
        Archive.merge(distributions((stored,))).content_hash == Archive.merge(distributions((deflated,))).content_hash
    )


def test_equal_files_of_two_distributions_are_one_file() -> None:
    archive = Archive.merge(
        [[entry("ns/__init__.py", b"\n", "a 1")], [entry("ns/__init__.py", b"\n", "b 1", mode=0o755)]]
    )
    assert [(item.path, item.owner, item.mode) for item in archive.entries] == [("ns/__init__.py", "a 1", 0o755)]


def test_different_files_of_one_path_are_refused_all_at_once() -> None:
    first = [entry("cv2/__init__.py", b"1", "opencv 1"), entry("cv2/data", b"", "opencv 1"), entry("same", b"", "a 1")]
    second = [
        entry("cv2/__init__.py", b"2", "headless 1"),
        entry("cv2/data/x.xml", b"", "headless 1"),
        entry("same", b"", "b 1"),
    ]

    with pytest.raises(ConflictingFiles) as caught:
        Archive.merge([first, second])

    assert str(caught.value) == (
        "conflicting-files: 2 paths are brought by two distributions with different content\n"
        "    cv2/__init__.py: headless 1 and opencv 1\n"
        "    cv2/data: opencv 1 and headless 1 (cv2/data/x.xml)\n"
        "  likely cause: two distributions of the same thing are required "
        "(such as opencv-python and opencv-python-headless)\n"
        "  what to do: require only one of the two, or leave the path out by a pattern of exclude if nothing needs it; "
        "which file wins would otherwise depend on the order of installation"
    )


def big(path: str, size: int, owner: str) -> ArchiveEntry:
    return ArchiveEntry(path=path, mode=0o644, method=8, crc32=0, packed=b"", size=size, sha256="a" * 64, owner=owner)


def test_layer_that_unpacks_to_the_limit_is_made_and_one_byte_more_is_not() -> None:
    Archive.merge([[big("a", 262_144_000, "a 1")]])

    with pytest.raises(LayerTooLarge) as caught:
        Archive.merge([[big("a", 200_000_000, "a 1")], [big("b", 60_000_000, "b 1"), big("c", 2_144_001, "b 1")]])

    assert str(caught.value) == (
        "layer-too-large: the layer unpacks to 262,144,001 bytes; "
        "Lambda allows 262,144,000 for a function and all its layers\n"
        "        200.0 MB  a 1\n"
        "         62.1 MB  b 1\n"
        "  likely cause: the packages above are the biggest\n"
        "  what to do: slim it (slim: safe), leave out or replace one of them, or move it to a container image function"
    )


def test_more_files_than_a_zip_can_list_are_refused() -> None:
    with pytest.raises(TooManyFiles) as caught:
        Archive.merge([[big(f"{number}", 0, "a 1") for number in range(65_536)]])

    assert str(caught.value) == (
        "too-many-files: the layer has 65,536 files; its archive can hold 65,535\n"
        "  likely cause: one of the packages carries a large tree of data files\n"
        "  what to do: split the requirements into two layers"
    )
