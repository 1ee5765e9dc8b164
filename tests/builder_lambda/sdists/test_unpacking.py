"""Sdists that unpack to more than is read. Each is small on the wire."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from builder_lambda.contract.bounds import METADATA_BYTES
from builder_lambda.errors.sdists import InvalidSdist
from builder_lambda.sdists import unpacking
from builder_lambda.sdists.unpacking import unpack_sdist

TAR, ZIP = "demo-1.0.tar.gz", "demo-1.0.zip"


def made(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    path = folder / name
    if name == ZIP:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for member, content in files.items():
                zipped.writestr(member, content)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for member, content in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def refusal(archive: Path, folder: Path) -> str:
    with pytest.raises(InvalidSdist) as caught:
        unpack_sdist(archive, folder)
    assert caught.value.filename == archive.name
    return caught.value.reason


@pytest.mark.parametrize("name", [TAR, ZIP])
def test_every_member_is_unpacked(name: str, tmp_path: Path) -> None:
    files = {"demo-1.0/a.py": b"a = 1\n", "demo-1.0/b/c.txt": b"text " * 10_000, "demo-1.0/empty": b""}

    unpack_sdist(made(tmp_path, name, files), tmp_path / "source")

    assert {path: (tmp_path / "source" / path).read_bytes() for path in files} == files


@pytest.mark.parametrize("name", [TAR, ZIP])
def test_too_many_members_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SDIST_MEMBERS", 10)
    archive = made(tmp_path, name, {f"demo-1.0/{number}": b"" for number in range(11)})

    assert refusal(archive, tmp_path / "source") == "it has more than 10 members"


@pytest.mark.parametrize("name", [TAR, ZIP])
def test_too_many_bytes_are_refused_before_they_are_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "SDIST_UNPACKED_BYTES", 1_000_000)
    archive = made(tmp_path, name, {"demo-1.0/a": b"x", "demo-1.0/b": b"\0" * 1_000_000})

    assert refusal(archive, tmp_path / "source") == "it unpacks to more than 1,000,000 bytes"
    assert not (tmp_path / "source/demo-1.0/b").exists()


def test_large_header_of_a_tar_file_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("demo-1.0/a")
    info.type, info.size = tarfile.XHDTYPE, METADATA_BYTES + 1
    archive = tmp_path / TAR
    archive.write_bytes(gzip.compress(info.tobuf() + b"\0" * (METADATA_BYTES + 1024)))

    assert refusal(archive, tmp_path / "source") == f"one of its headers has more than {METADATA_BYTES:,} bytes"


@pytest.mark.parametrize(
    "content", [b"", b"no archive", gzip.compress(b"no tar" * 500)[:-30]], ids=["empty", "text", "cut off"]
)
@pytest.mark.parametrize("name", [TAR, ZIP])
def test_damaged_archive_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)

    assert refusal(tmp_path / name, tmp_path / "source")
