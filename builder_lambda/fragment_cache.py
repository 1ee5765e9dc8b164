"""What was made of wheels before, in the archive store: looked up for all at once, kept for the next layer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from builder_lambda.fragment import Fragment, decode_fragment, encode_fragment, fragment_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.distribution import Distribution
    from builder_lambda.ports import ArchiveStore

_PARALLEL = 8


class FragmentCache:
    """The fragments of one store that were made under the same circumstances."""

    def __init__(
        self, store: ArchiveStore, *, python_version: str | None, mounted_at: str, builder_version: int
    ) -> None:
        """Use the fragments of this interpreter, folder at run time, and version of the builder."""
        self._store = store
        self._python_version = python_version
        self._mounted_at = mounted_at
        self._builder_version = builder_version

    def recall(self, distributions: Sequence[Distribution]) -> None:
        """Give each distribution what was made of its wheel before. A damaged fragment is as good as none."""
        with ThreadPoolExecutor(_PARALLEL) as threads:
            for distribution, fragment in zip(distributions, threads.map(self._find, distributions), strict=True):
                if fragment is not None:
                    distribution.remember(fragment)

    def keep(self, distributions: Sequence[Distribution]) -> None:
        """Store what is new of each distribution, with what was there."""
        changed = [distribution for distribution in distributions if distribution.has_news()]
        with ThreadPoolExecutor(_PARALLEL) as threads:
            list(threads.map(self._store_one, changed))

    def _find(self, distribution: Distribution) -> Fragment | None:
        key = self._key(distribution)
        content = self._store.read_bytes(key)
        return None if content is None else decode_fragment(content, key, owner=distribution.owner)

    def _store_one(self, distribution: Distribution) -> None:
        key = self._key(distribution)
        self._store.write_bytes(key, encode_fragment(distribution.fragment(), key))

    def _key(self, distribution: Distribution) -> str:
        return fragment_key(
            distribution.sha256,
            python_version=self._python_version,
            mounted_at=self._mounted_at,
            builder_version=self._builder_version,
        )
