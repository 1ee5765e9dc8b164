"""Make small wheels, right or wrong in one chosen way."""

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from builder_lambda.contract.locked_wheel import LockedWheel


@dataclass(frozen=True, kw_only=True)
class MadeWheel:
    filename: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def locked(self, base: str = "https://wheels.example") -> LockedWheel:
        name, version = self.filename.split("-")[:2]
        return LockedWheel(
            filename=self.filename,
            name=name.replace("_", "-"),
            version=version,
            sha256=self.sha256,
            url=f"{base}/{self.filename}",
        )


def make_wheel(
    name: str = "demo",
    version: str = "1.0",
    files: Mapping[str, bytes | str] | None = None,
    *,
    tag: str = "py3-none-any",
    modes: Mapping[str, int] | None = None,
    metadata: Mapping[str, str] | None = None,
    metadata_text: str | None = None,
    without: tuple[str, ...] = (),
    record: str | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> MadeWheel:
    """Return a wheel with ``files`` and the metadata that belongs to it.

    :param metadata: more files of the .dist-info folder.
    :param metadata_text: METADATA, in place of the shortest one.
    :param without: files of the .dist-info folder that are left out.
    :param record: RECORD, in place of the right one.
    """
    dist_info = f"{name}-{version}.dist-info"
    given = {f"{name}/__init__.py": "VALUE = 1\n"} if files is None else dict(files)
    given[f"{dist_info}/METADATA"] = metadata_text or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    given[f"{dist_info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
    given |= {f"{dist_info}/{path}": content for path, content in (metadata or {}).items()}
    members = {path: text.encode() if isinstance(text, str) else text for path, text in given.items()}
    members[f"{dist_info}/RECORD"] = (record if record is not None else record_of(members, dist_info)).encode()
    for path in without:
        del members[f"{dist_info}/{path}"]

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for path, content in members.items():
            info = zipfile.ZipInfo(path, (2024, 5, 6, 7, 8, 10))
            info.external_attr = (modes or {}).get(path, 0o100664) << 16
            info.compress_type = method
            archive.writestr(info, content)
    return MadeWheel(filename=f"{name}-{version}-{tag}.whl", content=stream.getvalue())


def record_of(members: Mapping[str, bytes], dist_info: str) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.writerow((path, f"sha256={digest}", len(content)))
    rows.writerow((f"{dist_info}/RECORD", "", ""))
    return text.getvalue()
