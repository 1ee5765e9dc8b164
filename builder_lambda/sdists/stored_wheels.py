"""Keeps built wheels in the archive store, so that the same sdist is built once for a target."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from builder_lambda.ports.source_build import StoredWheel

if TYPE_CHECKING:
    from builder_lambda.ports.ports import ArchiveStore
    from builder_lambda.ports.source_build import SourceDistribution


def find_wheel(source: SourceDistribution, store: ArchiveStore) -> StoredWheel | None:
    """Return the stored wheel of an sdist, or ``None`` if there is none or it is damaged."""
    text = store.read_text(_note_key(source))
    try:
        wheel = StoredWheel.from_mapping(json.loads(text or ""), place=source.place)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    content = store.read_bytes(wheel.key)
    is_whole = content is not None and hashlib.sha256(content).hexdigest() == wheel.sha256
    return wheel if is_whole else None


def keep_wheel(source: SourceDistribution, filename: str, content: bytes, store: ArchiveStore) -> StoredWheel:
    """Store the wheel of an sdist."""
    wheel = StoredWheel(filename=filename, sha256=hashlib.sha256(content).hexdigest(), place=source.place)
    store.write_bytes(wheel.key, content)
    store.write_text(_note_key(source), json.dumps(wheel.to_mapping(), sort_keys=True))
    return wheel


def _note_key(source: SourceDistribution) -> str:
    return f"{source.place}.json"
