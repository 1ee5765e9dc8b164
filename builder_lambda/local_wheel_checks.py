"""That a user's own wheel is one, before a resolver reads it: what a lock of it would be refused for later."""

from __future__ import annotations

from email.parser import HeaderParser

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from builder_lambda.errors import InvalidWheel
from builder_lambda.wheel_file import WheelFile


def check_local_wheel(filename: str, content: bytes) -> None:
    """Check that a wheel can be opened, and is of the project and the version that its file name says.

    :raises InvalidWheel: saying what is wrong with it.
    """
    wheel = WheelFile(filename, content)
    path = f"{wheel.dist_info}/METADATA"
    if path not in wheel.members:
        raise InvalidWheel(filename=filename, reason=f"it has no {path!r}")
    metadata = HeaderParser().parsestr(wheel.read(path).decode("utf-8", "replace"))
    name, version = metadata.get("Name", "").strip(), metadata.get("Version", "").strip()
    if canonicalize_name(name) != wheel.name or not _is_same(version, wheel.version):
        reason = f"its METADATA is of {f'{name} {version}'.strip()!r}, its file name of {wheel.owner!r}"
        raise InvalidWheel(filename=filename, reason=reason)


def _is_same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return False
