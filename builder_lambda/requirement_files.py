"""Read requirements from files, as pip does: ``-r``, ``-c``, continuations, comments, hashes.

The library that splits a file into lines is pip's own parser, taken out of pip. It is imported when a file is
read, as the builder function never reads one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from builder_lambda.errors import Fault, InvalidRequirements
from builder_lambda.local_wheel import LocalWheel
from builder_lambda.local_wheels import LocalWheels
from builder_lambda.requirement_line import InvalidLine, normalise_line
from builder_lambda.requirements import Requirements
from builder_lambda.urls import redacted

if TYPE_CHECKING:
    from pathlib import Path


def read_requirements(path: Path, *, base: Path | None = None) -> Requirements:
    """Return the requirements of the file at ``path`` and of all files that it names, in normal form.

    :raises InvalidRequirements: with every line of every file that cannot be used. Files are named relative to
        ``base``, or to the folder of ``path`` without one.
    """
    reading = _Reading(base or path.parent)
    reading.read(path, is_constraint=False)
    if reading.faults:
        raise InvalidRequirements(faults=tuple(reading.faults))
    return Requirements(
        requirements=tuple(sorted(reading.requirements)),
        constraints=tuple(sorted(reading.constraints)),
        local_wheels=tuple(sorted(reading.local_wheels)),
    )


class _Reading:
    """What was found so far, over all files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requirements = set[str]()
        self.constraints = set[str]()
        self.local_wheels = set[LocalWheel]()
        self.faults = list[Fault]()
        self._done = set[tuple[str, bool]]()

    def read(self, path: Path, *, is_constraint: bool, named_by: Fault | None = None) -> None:
        from pip_requirements_parser import (
            CommentRequirementLine,
            OptionLine,
            RequirementsFile,
        )

        key = (os.path.realpath(path), is_constraint)
        if key in self._done:
            return
        self._done.add(key)
        if not path.is_file():
            missing = named_by or Fault(source=self._name(path), line=None, text="", reason="")
            self._fault(missing, f"there is no file {self._name(path)!r}" if named_by else "there is no such file")
            return
        for line in RequirementsFile.parse(str(path), include_nested=False, is_constraint=is_constraint):
            if isinstance(line, CommentRequirementLine):
                continue
            place = Fault(source=self._name(path), line=line.line_number, text=redacted(line.line), reason="")
            if isinstance(line, OptionLine) and set(line.options) in ({"requirements"}, {"constraints"}):
                self._follow(path, line.options, place, is_constraint=is_constraint)
            else:
                complaint = getattr(line, "error_message", None)
                self._add(line.line, place, complaint, path.parent, is_constraint=is_constraint)

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
            line = normalise_line(given, is_constraint=is_constraint)
        except InvalidLine as error:
            self._fault(place, str(error))
            return
        self.local_wheels |= set(local.found)
        if complaint is not None and not local.found:
            self._fault(place, complaint.splitlines()[0])
            return
        (self.constraints if is_constraint else self.requirements).add(line)

    def _fault(self, place: Fault, reason: str) -> None:
        self.faults.append(Fault(source=place.source, line=place.line, text=place.text, reason=reason))

    def _name(self, path: Path) -> str:
        return os.path.relpath(path, self.folder).replace(os.sep, "/")
