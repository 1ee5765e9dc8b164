"""Read Pulumi's assets and archives, and compare them.

The engine sends each as a mapping with a signature and a hash of the content.
"""

from __future__ import annotations

import io
import tarfile
import urllib.request
import zipfile
from pathlib import Path

from local_aws.provider.errors import ProviderError
from local_aws.provider.wire import SIGNATURE, Json

_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time of the zip format. With it, the same content always gives the same archive."""

_EXECUTABLE = 0o111
_PLAIN_MODE, _EXECUTABLE_MODE = 0o100644, 0o100755


class UnreadableAsset(ProviderError):
    """An asset or archive of the program cannot be read."""

    code = "unreadable-asset"

    def __init__(self, name: str, cause: str) -> None:
        self.name = name
        super().__init__(f"cannot read the asset {name!r}: {cause}. Paths are relative to the program's folder.")


def is_asset(value: Json) -> bool:
    """Return whether ``value`` is an asset: one file."""
    return isinstance(value, dict) and value.get(SIGNATURE) == _ASSET


def is_archive(value: Json) -> bool:
    """Return whether ``value`` is an archive: a tree of files."""
    return isinstance(value, dict) and value.get(SIGNATURE) == _ARCHIVE


def content_hash(value: Json) -> str:
    """Return the engine's hash of an asset or archive; empty for any other value."""
    found = value.get("hash") if isinstance(value, dict) and (is_asset(value) or is_archive(value)) else None
    return found if isinstance(found, str) else ""


def asset_bytes(value: Json) -> bytes:
    """Return the content of an asset, or of an archive as a zip.

    :raises UnreadableAsset: if its file or URL cannot be read.
    """
    if not isinstance(value, dict):
        raise UnreadableAsset(str(value), "it is neither an asset nor an archive")
    if is_archive(value):
        return archive_zip(value)
    if isinstance(value.get("text"), str):
        return str(value["text"]).encode()
    return _read(str(value.get("path") or value.get("uri") or ""))


def archive_zip(value: Json) -> bytes:
    """Return an archive as a zip. A ``.zip`` file is unchanged; anything else has sorted names and a fixed time.

    :raises UnreadableAsset: if one of its files cannot be read.
    """
    if not isinstance(value, dict):
        raise UnreadableAsset(str(value), "it is not an archive")
    path = str(value.get("path") or value.get("uri") or "")
    if path.endswith((".zip", ".jar")):
        return _read(path)
    return _zip(_members(value))


def _members(value: Json) -> dict[str, tuple[bytes, int]]:
    """Return the files of an archive: name -> content and mode."""
    if not isinstance(value, dict):
        raise UnreadableAsset(str(value), "it is not an archive")
    path = str(value.get("path") or value.get("uri") or "")
    if not path:
        return _assembled(value.get("assets"))
    if path.endswith((".zip", ".jar")):
        with zipfile.ZipFile(io.BytesIO(_read(path))) as archive:
            return {
                item.filename: (archive.read(item), item.external_attr >> 16)
                for item in archive.infolist()
                if not item.is_dir()
            }
    if path.endswith((".tar", ".tgz", ".tar.gz")):
        return _tar_members(_read(path))
    return _folder_members(Path(path))


def _assembled(assets: Json) -> dict[str, tuple[bytes, int]]:
    members: dict[str, tuple[bytes, int]] = {}
    for name, asset in (assets if isinstance(assets, dict) else {}).items():
        if is_archive(asset):
            members |= {f"{name.rstrip('/')}/{inner}": member for inner, member in _members(asset).items()}
        else:
            path = asset.get("path") if isinstance(asset, dict) else None
            mode = Path(path).stat().st_mode if isinstance(path, str) and Path(path).is_file() else 0
            members[name] = (asset_bytes(asset), mode)
    return members


def _folder_members(folder: Path) -> dict[str, tuple[bytes, int]]:
    if not folder.is_dir():
        raise UnreadableAsset(str(folder), "there is no such folder")
    return {
        file.relative_to(folder).as_posix(): (file.read_bytes(), file.stat().st_mode)
        for file in folder.rglob("*")
        if file.is_file()
    }


def _tar_members(content: bytes) -> dict[str, tuple[bytes, int]]:
    members: dict[str, tuple[bytes, int]] = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for item in archive:
            stream = archive.extractfile(item)
            if stream is not None:
                members[item.name.removeprefix("./")] = (stream.read(), item.mode)
    return members


def _zip(members: dict[str, tuple[bytes, int]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            content, mode = members[name]
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, or the modes mean nothing
            entry.external_attr = (_EXECUTABLE_MODE if mode & _EXECUTABLE else _PLAIN_MODE) << 16
            archive.writestr(entry, content)
    return stream.getvalue()


def _read(location: str) -> bytes:
    try:
        if "://" in location:
            with urllib.request.urlopen(location, timeout=60) as reply:  # noqa: S310 - the program names the address
                return bytes(reply.read())
        return Path(location).read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableAsset(location, str(error)) from error
