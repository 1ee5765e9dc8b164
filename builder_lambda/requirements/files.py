"""Read requirements from files, as pip does: ``-r``, ``-c``, continuations, comments, hashes.

The library that splits a file into lines is pip's own parser, taken out of pip. It is imported when a file is
read, as the builder function never reads one.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.requirements import Fault, InvalidRequirements
from builder_lambda.requirements.line import InvalidLine, parse_line
from builder_lambda.requirements.local_wheels import LocalWheel, LocalWheels
from builder_lambda.requirements.requirement import SHA256, ParsedRequirement
from builder_lambda.requirements.requirements import Requirements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pip_requirements_parser import RequirementLine

_LOCK_NAME = re.compile(r"(?:uv|poetry|Pipfile)\.lock|pylock(?:\.[^.]+)?\.toml")
_DONE_ANYWAY: Mapping[str, object] = {"only_binary": [":all:"], "prefer_binary": True, "require_hashes": True}
"""Options of pip that ask for what is done in any case; hashes are then required of every line."""

_MISSING = "there is no such file"
_LOCK = "it is a lock: give it as one, by -l on the command line, or as `lock` of a layer"
_PROJECT = "it is a project: give its folder as one, by -p on the command line, or as `project` of a layer"


def read_requirements(path: Path, *, base: Path | None = None) -> Requirements:
    """Return the requirements of the file at ``path`` and of all files that it names, in normal form.

    :raises InvalidRequirements: with every line of every file that cannot be used. Files are named relative to
        ``base``, or to the folder of ``path`` without one.
    :raises UnreadableRequirements: if nothing is wrong but that files are not there, or are no requirements files.
    """
    reading = _Reading(base or path.parent)
    reading.read(path, is_constraint=False)
    reading.finish()
    return Requirements.of(reading.requirements, reading.constraints, reading.local_wheels)


class _Reading:
    """What was found so far, over all files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requirements = list[ParsedRequirement]()
        self.constraints = list[ParsedRequirement]()
        self.local_wheels = set[LocalWheel]()
        self._faults = list[Fault]()
        self._has_wrong_lines = False
        self._without_hash = list[Fault]()
        self._hashes_are_required = False
        self._done = set[tuple[str, bool]]()

    def read(self, path: Path, *, is_constraint: bool, named_by: Fault | None = None) -> None:
        reason = _why_not_read(path)
        key = (os.path.realpath(path), is_constraint) if reason is None else (str(path), is_constraint)
        if key in self._done:
            return
        self._done.add(key)
        lines: list[RequirementLine] = []
        if reason is None:
            from pip_requirements_parser import RequirementsFile

            try:
                lines = list(RequirementsFile.parse(str(path), include_nested=False, is_constraint=is_constraint))
            except (UnicodeDecodeError, LookupError):
                reason = (
                    "it is not in UTF-8: save it so, or say in its first line what it is in (# -*- coding: latin-1 -*-)"
                )
            except OSError as error:
                reason = f"it cannot be read: {error.strerror}"
        if reason is not None:
            self._unreadable(path, reason, named_by)
        for line in lines:
            self._take(line, path, is_constraint=is_constraint)

    def finish(self) -> None:
        """Raise what was found to be wrong."""
        if self._hashes_are_required:
            for place in self._without_hash:
                self._fault(place, "it has no hash, and --require-hashes is among the lines")
        if self._has_wrong_lines:
            raise InvalidRequirements(faults=tuple(self._faults))
        if self._faults:
            from builder_lambda.errors.requirements import UnreadableRequirements

            raise UnreadableRequirements(faults=tuple(self._faults))

    def _take(self, line: RequirementLine, path: Path, *, is_constraint: bool) -> None:
        from pip_requirements_parser import CommentRequirementLine, OptionLine

        if isinstance(line, CommentRequirementLine):
            return
        place = Fault(source=self._name(path), line=line.line_number, text=redacted(line.line), reason="")
        options = line.options if isinstance(line, OptionLine) else {}
        if set(options) in ({"requirements"}, {"constraints"}):
            self._follow(path, options, place, is_constraint=is_constraint)
        elif options and options.items() <= _DONE_ANYWAY.items():
            self._hashes_are_required |= "require_hashes" in options
        else:
            complaint = getattr(line, "error_message", None)
            self._add(line.line, place, complaint, path.parent, is_constraint=is_constraint)

    def _unreadable(self, path: Path, reason: str, named_by: Fault | None) -> None:
        name = self._name(path)
        if named_by is None:
            self._faults.append(Fault(source=name, line=None, text="", reason=reason))
        elif reason == _MISSING:
            self._faults.append(_at(named_by, f"there is no file {name!r}"))
        else:
            self._faults.append(_at(named_by, f"{name!r}: {reason}"))

    def _follow(self, path: Path, options: dict[str, list[str]], place: Fault, *, is_constraint: bool) -> None:
        ((kind, names),) = options.items()
        for name in names:
            if "://" in name:
                self._fault(place, "a file of requirements must be on this machine")
            elif is_constraint and kind == "requirements":
                self._fault(place, "a file of constraints cannot name requirements; use -c")
            else:
                self.read(path.parent / name, is_constraint=kind == "constraints", named_by=place)

    def _add(self, text: str, place: Fault, complaint: str | None, folder: Path, *, is_constraint: bool) -> None:
        local = LocalWheels(folder)
        try:
            given = text if is_constraint else local.line(text)
            requirement = parse_line(given, is_constraint=is_constraint)
        except InvalidLine as error:
            self._fault(place, str(error))
            return
        self.local_wheels |= set(local.found)
        if complaint is not None and not local.found:
            self._fault(place, complaint.splitlines()[0])
            return
        (self.constraints if is_constraint else self.requirements).append(requirement)
        if not is_constraint and not SHA256.search(text):
            self._without_hash.append(place)

    def _fault(self, place: Fault, reason: str) -> None:
        self._has_wrong_lines = True
        self._faults.append(_at(place, reason))

    def _name(self, path: Path) -> str:
        return os.path.relpath(path, self.folder).replace(os.sep, "/")


def _at(place: Fault, reason: str) -> Fault:
    return Fault(source=place.source, line=place.line, text=place.text, reason=reason)


def _why_not_read(path: Path) -> str | None:
    """Return why there is no requirements file at ``path``, as far as can be told without reading it."""
    if os.path.isdir(path):  # noqa: PTH112 - which raises nothing, whatever is in the path
        return "it is a folder: name the file in it"
    if not os.path.isfile(path):  # noqa: PTH113 - as above
        return _MISSING
    if path.name == "pyproject.toml":
        return _PROJECT
    return _LOCK if _LOCK_NAME.fullmatch(path.name) else None
