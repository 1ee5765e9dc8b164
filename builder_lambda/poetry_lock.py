"""Read ``poetry.lock`` as a PEP 751 lock.

Pure. Since Poetry 2.0 (lock-version 2.1) every package says by itself which groups need it and under which marker, so
that no dependency has to be followed and Poetry's own exporter, which asks the index for addresses, is not needed:
``tests/cases/locks`` holds what it exports, and the test compares. The lock has file names and sha256, but no
addresses; the wheels get a name in place of one (``wheel_addresses.py``).
"""

from __future__ import annotations

import re
from typing import Literal

from packaging.specifiers import SpecifierSet
from pydantic import BaseModel, Field

_READABLE = SpecifierSet(">=2.1,<3")
_MAIN = "main"
_EXTRA = re.compile(r'extra (==|!=) "([^"]*)"|"([^"]*)" (==|!=) extra')


class _File(BaseModel):
    file: str
    hash: str


class _Source(BaseModel):
    type: Literal["legacy", "url", "git", "file", "directory"] | str
    url: str = ""
    resolved_reference: str = ""


class _Package(BaseModel):
    name: str
    version: str
    groups: list[str]
    markers: str | dict[str, str] = ""
    files: list[_File] = Field(default_factory=list)
    source: _Source | None = None
    develop: bool = False


class _Metadata(BaseModel):
    lock_version: str = Field(alias="lock-version")
    python_versions: str = Field(alias="python-versions")


class _PoetryLock(BaseModel):
    package: list[_Package] = Field(default_factory=list)
    extras: dict[str, list[str]] = Field(default_factory=dict)
    metadata: _Metadata
