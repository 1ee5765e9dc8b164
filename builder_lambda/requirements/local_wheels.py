"""Requirements that name a wheel by its path, as pip and uv take them: ``./dist/mylib-1.0-py3-none-any.whl``.

The file is read once, where it is; what goes on is its name and sha256 (``wheel_keys.py``), so that a requirement, a
lock and an archive are the same wherever the files are.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from builder_lambda.contract.store_keys import LOCAL_SCHEME
from builder_lambda.requirements.line import InvalidLine
from builder_lambda.requirements.local_wheel import LocalWheel

_BY_PATH = re.compile(
    r"^(?!-)(?P<path>(?:[^;\s]| (?! *(?:@|--|#)))*\.whl)"  # spaces are part of it, but not before what ends a path
    r"(?P<fragment>#\S*)?(?P<extras>\[[^\]]*\])?(?P<rest>\s*;.*|\s+--.*)?$"
)


_BY_NAME = re.compile(
    r"^(?P<name>[^@;\s\[]+)\s*(?P<extras>\[[^\]]*\])?\s*@\s*(?P<path>file:[^;\s#]*)(?P<fragment>#\S*)?(?P<rest>.*)$"
)


_SHA256 = re.compile(r"sha256[:=]([0-9a-fA-F]{64})")


_HASH_OPTION = re.compile(r"\s--hash(?:\s*=\s*|\s+)\S+")


class LocalWheels:
    """Reads the wheels that lines name by path."""

    def __init__(self, folder: Path) -> None:
        """Take relative paths from ``folder``."""
        self._folder = folder
        self._found = set[LocalWheel]()

    @property
    def found(self) -> tuple[LocalWheel, ...]:
        """The wheels of all lines so far."""
        return tuple(sorted(self._found))

    def line(self, text: str) -> str:
        """Return a requirement line with a wheel's name and sha256 in place of its path; other lines as they are.

        :raises InvalidLine: if the file is not there, is no wheel, or has another sha256 than the line says.
        """
        named = _BY_NAME.match(text)
        found = named or _BY_PATH.match(text)
        if found is None or ("://" in found["path"] and not found["path"].startswith("file:")):
            return text
        file = self._folder / _path_of(found["path"])
        try:
            project = parse_wheel_filename(file.name)[0]
        except InvalidWheelFilename as error:
            raise InvalidLine(
                "the file must be a wheel, with the name of one; other archives have to be built"
            ) from error
        wheel = read_wheel(file)
        if wheel is None:
            raise InvalidLine(f"there is no file {found['path']!r}")
        rest = found["rest"] or ""
        given = {digest.lower() for digest in _SHA256.findall(f"{found['fragment'] or ''} {rest}")}
        if given and wheel.sha256 not in given:
            raise InvalidLine(f"the file has another sha256: {wheel.sha256}")
        self._found.add(wheel)
        name = named["name"] if named else project
        marker = _HASH_OPTION.sub("", rest).strip()
        url = f"{LOCAL_SCHEME}:{wheel.filename}#sha256={wheel.sha256}"
        return f"{name}{found['extras'] or ''} @ {url}{f' {marker}' if marker else ''}"


def read_wheel(file: Path) -> LocalWheel | None:
    """Return the wheel at a path, ``None`` if there is no such file."""
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
    return LocalWheel(filename=file.name, sha256=digest, file=file.absolute())


def _path_of(text: str) -> Path:
    """Return the path of a path or of a ``file:`` URL, which may be relative as pip allows it."""
    if not text.startswith("file:"):
        return Path(text).expanduser()
    return Path(unquote(urlsplit(text).path))
