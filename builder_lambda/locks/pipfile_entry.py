"""One package of a ``Pipfile.lock``, with its problems. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from packaging.markers import InvalidMarker, Marker
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, Field

from builder_lambda.errors.locks import LockProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.markers import Environment

_FILE_SCHEME = "file:"


class PipfileEntry(BaseModel):
    """A package as pipenv locks it: by version, or by where it comes from."""

    version: str | None = None
    hashes: list[str] = Field(default_factory=list)
    markers: str | None = None
    git: str | None = None
    ref: str = ""
    path: str | None = None
    file: str | None = None
    editable: bool = False

    @property
    def sha256s(self) -> frozenset[str]:
        """Return the sha256 values of the accepted files, in lower case hex."""
        return frozenset(text.removeprefix("sha256:").lower() for text in self.hashes if text.startswith("sha256:"))

    @property
    def marker(self) -> Marker | None:
        """Return when the package is needed; ``None`` for always.

        :raises InvalidMarker: if it cannot be read.
        """
        return Marker(self.markers) if self.markers else None

    @property
    def local_path(self) -> str | None:
        """Return the path of its folder or file, relative to the lock."""
        if self.path or self.file is None:
            return self.path
        if self.file.startswith(_FILE_SCHEME):
            return unquote(self.file.removeprefix(_FILE_SCHEME).removeprefix("//").partition("#")[0])
        return None if "://" in self.file else self.file

    @property
    def origin(self) -> tuple[str | None, ...]:
        """Return what distinguishes it from another package of its name."""
        return self.version, self.git, self.path, self.file

    @property
    def release(self) -> Version | None:
        """Return the version that it is locked to, if any."""
        try:
            return Version((self.version or "").removeprefix("=="))
        except InvalidVersion:
            return None

    def is_needed(self, environment: Environment | None) -> bool:
        """Return whether a target of these marker variables needs the package.

        Without variables, return whether any target may need it. pipenv writes ``*`` for a package that its own
        platform does not need: such an entry pins nothing.
        """
        if self.marker is None:
            return True
        if environment is None:
            return bool(self.git or self.path or self.file or self.release)
        return self.marker.evaluate(cast("dict[str, str]", environment))

    def problems(self, name: str, environment: Environment | None) -> Iterator[LockProblem]:
        """Yield why the entry cannot be read, or pins nothing although it is needed."""
        subject = f"{name} {(self.version or '').removeprefix('==')}".rstrip()
        try:
            is_needed = self.is_needed(environment)
        except InvalidMarker as error:
            yield LockProblem(place=subject, reason=str(error).splitlines()[0], kind="form")
            return
        if not is_needed or self.git or self.path or self.file:
            return  # ``coverage.py`` checks what does not come from an index
        if self.release is None:
            yield LockProblem(place=subject, reason="it is not locked to one version")
        elif not self.sha256s:
            yield LockProblem(place=subject, reason="it is locked without a sha256")
