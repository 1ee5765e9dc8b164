"""An index listing in memory."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.errors.resolution import UnknownPackage


def indexed(filename: str, *, requires_python: str | None = None, is_yanked: bool = False) -> IndexedFile:
    return IndexedFile(
        filename=filename,
        url=f"https://files.example.invalid/{filename}",
        sha256=hashlib.sha256(filename.encode()).hexdigest(),
        requires_python=requires_python,
        is_yanked=is_yanked,
    )


class MemoryListing:
    def __init__(self, projects: Mapping[str, Iterable[IndexedFile | str]]) -> None:
        self.projects = {
            name: tuple(indexed(file) if isinstance(file, str) else file for file in files)
            for name, files in projects.items()
        }
        self.asked: list[str] = []

    def files(self, name: str) -> Sequence[IndexedFile]:
        self.asked.append(name)
        if name not in self.projects:
            raise UnknownPackage(names=(name,))
        return self.projects[name]
