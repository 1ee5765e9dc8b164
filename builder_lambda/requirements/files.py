"""Read requirements files like pip: with ``-r``, ``-c``, continuations, comments and hashes.

pip's own parser, as a library, splits a file into lines. It takes 60 ms to import, so it is imported when there is a
file to read: the builder function never reads one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.requirements import InvalidRequirements, UnreadableRequirements
from builder_lambda.requirements.line import InvalidLine, parse_line
from builder_lambda.requirements.local_wheels import LocalWheel, LocalWheels
from builder_lambda.requirements.requirement import SHA256, ParsedRequirement
from builder_lambda.requirements.requirements import Requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LOCK_NAME = re.compile(r"(?:uv|poetry|Pipfile)\.lock|pylock(?:\.[^.]+)?\.toml")
_DONE_ANYWAY: Mapping[str, object] = {"only_binary": [":all:"], "prefer_binary": True, "require_hashes": True}
"""Options of pip that change nothing here. With ``--require-hashes``, every line must have a hash."""

_MISSING = "there is no such file"
_LOCK = "it is a lock: use -l on the command line, or `lock` of a layer"
_PROJECT = "it is a project: use -p on the command line, or `project` of a layer"


def read_requirements(path: Path, *, base: Path | None = None) -> Requirements:
    """Return the requirements of the file at ``path`` and of all files that it names.

    :param base: messages name files relative to this folder; the folder of ``path`` by default.
    :raises InvalidRequirements: with every line of every file that cannot be used.
    :raises UnreadableRequirements: if the only problem is that files do not exist, or are not requirements files.
    """
    reading = _Reading(base or path.parent)
    reading.read(path, is_constraint=False)
    reading.finish()
    return Requirements.of(reading.requirements, reading.constraints, reading.local_wheels)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One logical line of a file: a requirement, or options."""

    number: int
    text: str
    options: Mapping[str, object]
    error: str | None
    """What the parser finds wrong with it."""


class _Reading:
    """Collects the lines of all files, and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requirements = list[ParsedRequirement]()
        self.constraints = list[ParsedRequirement]()
        self.local_wheels = set[LocalWheel]()
        self._problems = list[Problem]()
        self._has_wrong_lines = False
        self._without_hash = list[Problem]()
        self._hashes_are_required = False
        self._done = set[tuple[str, bool]]()

    def read(self, path: Path, *, is_constraint: bool, named_by: Problem | None = None) -> None:
        reason = _why_not_read(path)
        key = (os.path.realpath(path), is_constraint) if reason is None else (str(path), is_constraint)
        if key in self._done:
            return
        self._done.add(key)
        lines: list[_Line] = []
        if reason is None:
            try:
                lines = list(_lines_of(path, is_constraint=is_constraint))
            except (UnicodeDecodeError, LookupError):
                reason = "it is not in UTF-8: convert it, or name its encoding in line 1 (# -*- coding: latin-1 -*-)"
            except OSError as error:
                reason = f"it cannot be read: {error.strerror}"
        if reason is not None:
            self._unreadable(path, reason, named_by)
        for line in lines:
            self._take(line, path, is_constraint=is_constraint)

    def finish(self) -> None:
        """Raise the problems that were found, if any.

        :raises InvalidRequirements: see :func:`read_requirements`.
        """
        if self._hashes_are_required:
            for place in self._without_hash:
                self._problem(place, "it has no hash, but --require-hashes demands one")
        if self._has_wrong_lines:
            raise InvalidRequirements(problems=tuple(self._problems))
        if self._problems:
            raise UnreadableRequirements(problems=tuple(self._problems))

    def _take(self, line: _Line, path: Path, *, is_constraint: bool) -> None:
        place = Problem(place=self._name(path), line=line.number, text=redacted(line.text), reason="")
        options = line.options
        if set(options) in ({"requirements"}, {"constraints"}):
            self._follow(path, cast("Mapping[str, list[str]]", options), place, is_constraint=is_constraint)
        elif options and options.items() <= _DONE_ANYWAY.items():
            self._hashes_are_required |= "require_hashes" in options
        else:
            self._add(line.text, place, line.error, path.parent, is_constraint=is_constraint)

    def _unreadable(self, path: Path, reason: str, named_by: Problem | None) -> None:
        name = self._name(path)
        if named_by is None:
            self._problems.append(Problem(place=name, reason=reason))
        elif reason == _MISSING:
            self._problems.append(_at(named_by, f"there is no file {name!r}"))
        else:
            self._problems.append(_at(named_by, f"{name!r}: {reason}"))

    def _follow(self, path: Path, options: Mapping[str, list[str]], place: Problem, *, is_constraint: bool) -> None:
        ((kind, names),) = options.items()
        for name in names:
            if "://" in name:
                self._problem(place, "a requirements file must be on this machine")
            elif is_constraint and kind == "requirements":
                self._problem(place, "a constraints file cannot name requirements; use -c")
            else:
                self.read(path.parent / name, is_constraint=kind == "constraints", named_by=place)

    def _add(self, text: str, place: Problem, complaint: str | None, folder: Path, *, is_constraint: bool) -> None:
        local = LocalWheels(folder)
        try:
            given = text if is_constraint else local.line(text)
            requirement = parse_line(given, is_constraint=is_constraint)
        except InvalidLine as error:
            self._problem(place, str(error))
            return
        self.local_wheels |= set(local.found)
        if complaint is not None and not local.found:
            self._problem(place, complaint.splitlines()[0])
            return
        (self.constraints if is_constraint else self.requirements).append(requirement)
        if not is_constraint and not SHA256.search(text):
            self._without_hash.append(place)

    def _problem(self, place: Problem, reason: str) -> None:
        self._has_wrong_lines = True
        self._problems.append(_at(place, reason))

    def _name(self, path: Path) -> str:
        return os.path.relpath(path, self.folder).replace(os.sep, "/")


def _lines_of(path: Path, *, is_constraint: bool) -> Iterator[_Line]:
    from pip_requirements_parser import CommentRequirementLine, OptionLine, RequirementsFile

    for line in RequirementsFile.parse(str(path), include_nested=False, is_constraint=is_constraint):
        if not isinstance(line, CommentRequirementLine):
            options = line.options if isinstance(line, OptionLine) else {}
            error = getattr(line, "error_message", None)
            yield _Line(number=line.line_number, text=line.line, options=options, error=error)


def _at(place: Problem, reason: str) -> Problem:
    return Problem(place=place.place, line=place.line, text=place.text, reason=reason)


def _why_not_read(path: Path) -> str | None:
    """Return why ``path`` cannot be a requirements file, without reading it."""
    if os.path.isdir(path):  # noqa: PTH112 - it raises nothing, whatever the path is
        return "it is a folder: name the file in it"
    if not os.path.isfile(path):  # noqa: PTH113 - as above
        return _MISSING
    if path.name == "pyproject.toml":
        return _PROJECT
    return _LOCK if _LOCK_NAME.fullmatch(path.name) else None
