"""Requirements that name a wheel by its path, as in pip and uv: ``./dist/mylib-1.0-py3-none-any.whl``.

The file is read once. From then on its name and sha256 stand for it (``contract/store_keys.py``), so that a
requirement, a lock and an archive do not depend on where the file is.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from builder_lambda.contract.store_keys import LOCAL_SCHEME, local_wheel_key
from builder_lambda.requirements.line import InvalidLine, refuse_variables, without_hash_options
from builder_lambda.requirements.requirement import SHA256

# Runs of spaces are matched once: to try each of them takes time by the square of their number.
_BY_PATH = re.compile(
    r"^(?!-)(?P<path>(?:[^;\s]| (?! {0,9}(?:@|--|#)))*\.whl)"  # spaces may be in the path, not at its end
    r"(?P<fragment>#\S*)?(?P<extras>\[[^\]]*\])?(?P<rest>\s*;.*|\s+--.*)?$"
)
_BY_NAME = re.compile(
    r"^(?P<name>[^@;\s\[]++)\s*+(?P<extras>\[[^\]]*\])?\s*+@\s*+(?P<path>file:[^;\s#]*)(?P<fragment>#\S*)?(?P<rest>.*)$"
)


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class LocalWheel:
    """A wheel of the user's. The store must have it, at :attr:`key`, before a resolver or a build needs it."""

    filename: str
    sha256: str
    """In lower case hex."""

    file: Path = field(compare=False)
    """Where it is on this machine."""

    @property
    def key(self) -> str:
        """Return where the store has it."""
        return local_wheel_key(self.sha256, self.filename)


class LocalWheels:
    """Reads the wheel files that requirement lines name."""

    def __init__(self, folder: Path) -> None:
        """Resolve relative paths against ``folder``."""
        self._folder = folder
        self._found = set[LocalWheel]()

    @property
    def found(self) -> tuple[LocalWheel, ...]:
        """Return the wheels of all lines read so far."""
        return tuple(sorted(self._found))

    def line(self, text: str) -> str:
        """Return the line with the wheel's name and sha256 in place of its path; other lines unchanged.

        :raises InvalidLine: if the file does not exist, is not a wheel, or does not have the sha256 of the line.
        """
        refuse_variables(text)
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
        given = {digest.lower() for digest in SHA256.findall(f"{found['fragment'] or ''} {rest}")}
        if given and wheel.sha256 not in given:
            raise InvalidLine(f"the file has another sha256: {wheel.sha256}")
        self._found.add(wheel)
        name = named["name"] if named else project
        marker = without_hash_options(rest)
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
    """Return the path that the text is, or that its ``file:`` URL names. Like pip, accept a relative URL."""
    if not text.startswith("file:"):
        return Path(text).expanduser()
    return Path(unquote(urlsplit(text).path))
