"""Stores local wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.ports.ports import ArchiveStore
    from builder_lambda.requirements.local_wheels import LocalWheel


def store_wheels(wheels: Iterable[LocalWheel], store: ArchiveStore) -> None:
    """Put local wheels into the archive store, where resolutions and builds look for them."""
    for wheel in wheels:
        store.write_bytes(wheel.key, wheel.file.read_bytes())
