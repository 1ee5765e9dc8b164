"""Stores an archive, unless the store has it already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from builder_lambda.contract.store_keys import report_key
from builder_lambda.pipeline.results import BUILDER_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from builder_lambda.archive.archive import Archive
    from builder_lambda.archive.written import WrittenArchive
    from builder_lambda.pipeline.measuring import Stopwatch
    from builder_lambda.ports.ports import ArchiveStore


def store_archive(
    archive: Archive, key: str, store: ArchiveStore, watch: Stopwatch, finish_verification: Callable[[], None]
) -> WrittenArchive:
    """Write the archive at ``key``, which names its content, unless the store has one of that content.

    Returns what is stored. Two wheels of equal content may be packed differently: the first archive stays, because
    layers may have been published from it. An archive that differs from its report was damaged or changed, and is
    replaced.

    :param finish_verification: called before the archive is in the store; raises if a file is not what it was said to
        be.
    """
    found = find_reported(key, store)
    if found is not None:
        watch.lap("store")
        finish_verification()
        watch.lap("verify")
        return found

    def write(stream: BinaryIO) -> WrittenArchive:
        written = archive.write(stream)
        watch.lap("write")
        finish_verification()
        watch.lap("verify")
        return written

    stored = store.write_archive(key, write)
    watch.lap("store")
    return stored


def find_reported(key: str, store: ArchiveStore) -> WrittenArchive | None:
    """Return the archive that is stored at ``key``, if it is the one that the report beside it describes.

    One of another version of the builder is made again: its files may not have been compared with RECORD.
    """
    found = store.find_archive(key)
    return found if found is not None and _is_reported(found, key, store) else None


def _is_reported(found: WrittenArchive, key: str, store: ArchiveStore) -> bool:
    try:
        reported = json.loads(store.read_text(report_key(key)) or "")
        facts = [reported["code_sha256"], reported["size_bytes"], reported["builder_version"]]
        return facts == [found.code_sha256, found.size_bytes, BUILDER_VERSION]
    except (KeyError, TypeError, ValueError):
        return False
