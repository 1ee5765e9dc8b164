"""One distribution on its way into an archive, with everything that is derived from its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.archive.entry import DamagedEntry
from builder_lambda.contract.store_keys import module_key
from builder_lambda.distributions.fragment import Fragment
from builder_lambda.distributions.module_entries import FUNCTION_CODE, code_entries, module_entries
from builder_lambda.distributions.opened_wheel import open_wheel
from builder_lambda.distributions.wheel_layout import installed_entries, with_record
from builder_lambda.errors.wheels import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder_lambda.archive.entry import ArchiveEntry
    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.request import ModuleSource
    from builder_lambda.contract.targets import Target

_SHOWN = 8
"""How many wrong files a message names."""


@dataclass(kw_only=True, slots=True, eq=False)
class Distribution:
    """The files that a wheel, a module or function code adds to an archive. Mutable while the archive is built."""

    owner: str
    """``name version``; for a module its name."""

    filename: str
    """Of the wheel, for messages."""

    sha256: str
    dist_info: str | None
    """The metadata folder; ``None`` for modules and function code."""

    entries: dict[str, ArchiveEntry]
    """The files in the archive by path, without bytecode."""

    made: dict[str, ArchiveEntry] = field(default_factory=dict)
    """The derived files by path, from this build or an earlier one. Not all of them are in this archive."""

    not_compiled: dict[str, str] = field(default_factory=dict)
    """The reason why a source has no bytecode, by path."""

    unchanged: set[str] = field(default_factory=set)
    """Paths of libraries that cannot be made smaller."""

    is_verified: bool = True
    """Whether the files are known to be what RECORD declares. Those of modules and function code are read anyway."""

    _known: int = 0
    _as_installed: tuple[ArchiveEntry, ...] = ()

    @classmethod
    def of_wheel(cls, wheel: LockedWheel, content: WheelBytes, target: Target) -> Distribution:
        """Return the files that installing a wheel creates.

        :raises InvalidWheel: if it is damaged or unsafe.
        """
        file = open_wheel(wheel.filename, content)
        entries = installed_entries(file, interpreter=target.interpreter)
        return cls(
            owner=file.owner,
            filename=wheel.filename,
            sha256=wheel.sha256,
            dist_info=file.dist_info,
            entries={entry.path: entry for entry in entries},
            is_verified=False,
            _as_installed=entries,
        )

    @classmethod
    def of_module(cls, source: ModuleSource, content: bytes | None) -> Distribution:
        """Return the files of a stored module.

        :raises ModuleMissing: if ``content`` is missing or another one.
        """
        entries = module_entries(source, content)
        return cls(
            owner=source.name,
            filename=source.key,
            sha256=source.sha256,
            dist_info=None,
            entries={entry.path: entry for entry in entries},
        )

    @classmethod
    def of_code(cls, sha256: str, content: bytes | None) -> Distribution:
        """Return the files of stored function code.

        :raises ModuleMissing: if ``content`` is missing or another one.
        """
        entries = code_entries(sha256, content)
        return cls(
            owner=FUNCTION_CODE,
            filename=module_key(sha256),
            sha256=sha256,
            dist_info=None,
            entries={entry.path: entry for entry in entries},
        )

    def remember(self, fragment: Fragment) -> None:
        """Add the derived files that an earlier build kept. It had verified the wheel."""
        self.is_verified = True
        self.made |= fragment.entries
        self.not_compiled |= fragment.not_compiled
        self.unchanged |= fragment.unchanged
        self._known = self._count()

    def has_news(self) -> bool:
        """Return whether this build verified the wheel, or derived more than was remembered."""
        return not self.is_verified or self._count() > self._known

    def fragment(self) -> Fragment:
        """Return all derived files, to be kept."""
        return Fragment(entries=self.made, not_compiled=self.not_compiled, unchanged=frozenset(self.unchanged))

    def _count(self) -> int:
        return len(self.made) + len(self.not_compiled) + len(self.unchanged)

    def sources(self) -> list[str]:
        """Return the sorted paths of the sources that can be imported. Scripts cannot."""
        return sorted(path for path in self.entries if path.endswith(".py") and not path.startswith("bin/"))

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        :raises InvalidWheel: if it is damaged, or not what RECORD declares.
        """
        return self.content_of(self.entries[path])

    def content_of(self, entry: ArchiveEntry) -> bytes:
        """Return the content of a file of this distribution, even if slimming left it out.

        :raises InvalidWheel: if it is damaged, or not what RECORD declares.
        """
        try:
            return entry.content()
        except DamagedEntry as error:
            raise InvalidWheel(filename=self.filename, reason=str(error)) from error

    def check(self, entries: Iterable[ArchiveEntry]) -> None:
        """Compare files of this distribution with what RECORD declares.

        :raises InvalidWheel: naming the files that are damaged or others.
        """
        wrong = list[str]()
        for entry in entries:
            try:
                entry.check()
            except DamagedEntry as error:
                wrong.append(str(error))
        if wrong:
            more = f", and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
            raise InvalidWheel(filename=self.filename, reason="; ".join(wrong[:_SHOWN]) + more)

    def finished(self, compiled: Mapping[str, ArchiveEntry]) -> tuple[ArchiveEntry, ...]:
        """Return all entries and this bytecode, ordered by path. RECORD lists them, unless it was left out."""
        if not compiled and self._is_as_installed():
            return self._as_installed
        if f"{self.dist_info}/RECORD" in self.entries:
            return with_record(self.entries.values(), str(self.dist_info), compiled=compiled.values())
        entries = {**self.entries, **compiled}
        return tuple(entries[path] for path in sorted(entries))

    def _is_as_installed(self) -> bool:
        unchanged = all(self.entries.get(entry.path) is entry for entry in self._as_installed)
        return unchanged and len(self.entries) == len(self._as_installed)
