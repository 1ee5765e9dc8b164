"""The bytes of assets and archives."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from local_aws.provider.assets import UnreadableAsset, archive_zip, asset_bytes, content_hash
from tests.local_aws.provider.sample import SIGNATURE, archive, text_asset, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from local_aws.provider.wire import Json, Props


def asset_at(path: Path) -> Props:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": str(path)}


def archive_at(path: Path) -> Props:
    return {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "path": str(path)}


def archive_of(assets: dict[str, Json]) -> Props:
    return {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": assets}


def content(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_an_asset_is_a_text_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"bytes")

    assert asset_bytes(text_asset("text")) == b"text"
    assert asset_bytes(asset_at(tmp_path / "file")) == b"bytes"


def test_an_asset_that_is_not_there_says_so() -> None:
    with pytest.raises(UnreadableAsset) as failure:
        asset_bytes({SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "no/such/file"})

    assert str(failure.value) == (
        "cannot read the asset 'no/such/file': [Errno 2] No such file or directory: 'no/such/file'. "
        "Paths are relative to the program's folder."
    )


def test_a_zip_file_is_passed_as_it_is(tmp_path: Path) -> None:
    packed = zipped("python/m.py", "x = 1")
    (tmp_path / "layer.zip").write_bytes(packed)

    assert archive_zip(archive_at(tmp_path / "layer.zip")) == packed


def test_an_archive_is_packed_the_same_whenever_it_is() -> None:
    one, other = text_asset("1"), text_asset("2")

    packed = archive_zip(archive_of({"b.py": one, "a/c.py": other}))

    assert packed == archive_zip(archive_of({"a/c.py": other, "b.py": one}))
    assert list(content(packed)) == ["a/c.py", "b.py"]


def test_a_folder_keeps_what_can_be_executed(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "tool").chmod(0o755)
    (tmp_path / "main.py").write_text("x = 1\n")

    with zipfile.ZipFile(io.BytesIO(archive_zip(archive_at(tmp_path)))) as packed:
        modes = {item.filename: item.external_attr >> 16 for item in packed.infolist()}

    assert modes == {"bin/tool": 0o100755, "main.py": 0o100644}


def test_an_archive_may_hold_archives_and_tar_files(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("x = 1\n")
    with tarfile.open(tmp_path / "some.tar.gz", "w:gz") as file:
        file.add(tmp_path / "m.py", "./m.py")
    (tmp_path / "some.zip").write_bytes(zipped("z.py", "z"))

    packed = archive_zip(
        archive_of({"tar": archive_at(tmp_path / "some.tar.gz"), "zip/": archive_at(tmp_path / "some.zip")})
    )

    assert content(packed) == {"tar/m.py": b"x = 1\n", "zip/z.py": b"z"}


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAsset, match="there is no such folder"):
        archive_zip(archive_at(tmp_path / "nowhere"))


def test_only_assets_and_archives_have_a_hash() -> None:
    assert content_hash(archive("a"))
    assert content_hash({"hash": "abc"}) == ""
    assert content_hash("text") == ""
