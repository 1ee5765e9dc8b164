"""Fragments in the archive store: compiled and stripped files of wheels, for the next layer with the same wheels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.distributions.fragment import decode_fragment, encode_fragment, fragment_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from builder_lambda.distributions.distribution import Distribution
    from builder_lambda.ports.ports import ArchiveStore


class FragmentCache:
    """The fragments of one store that were made by the same interpreter, for the same folder, by the same builder."""

    def __init__(
        self, store: ArchiveStore, *, python_version: str | None, mounted_at: str, builder_version: int
    ) -> None:
        """Use the fragments of this interpreter, folder at run time, and version of the builder."""
        self._store = store
        self._python_version = python_version
        self._mounted_at = mounted_at
        self._builder_version = builder_version
        self._found: dict[str, Future[bytes | None]] = {}

    def look_up(self, digests: Iterable[str]) -> None:
        """Begin to read the fragments of wheels and modules with these sha256, all at once."""
        threads = ThreadPoolExecutor(PARALLEL_REQUESTS)
        self._found = {digest: threads.submit(self._store.read_bytes, self._key(digest)) for digest in digests}
        threads.shutdown(wait=False)

    def recall(self, distribution: Distribution) -> None:
        """Add the fragment to a distribution, if it was looked up and found. A damaged fragment is ignored."""
        found = self._found.get(distribution.sha256)
        content = found.result() if found else None
        if content is None:
            return
        fragment = decode_fragment(content, self._key(distribution.sha256), owner=distribution.owner)
        if fragment is not None:
            distribution.remember(fragment)

    @contextmanager
    def keeping(self, distributions: Sequence[Distribution], finish_verification: Callable[[], None]) -> Iterator[None]:
        """Store the fragments of distributions that have news, while the block runs.

        :param finish_verification: called before a fragment is stored, which says that its wheel is verified.
        """

        def store(distribution: Distribution) -> None:
            finish_verification()
            self._store_one(distribution)

        changed = [distribution for distribution in distributions if distribution.has_news()]
        with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
            stored = threads.map(store, changed)
            yield
            list(stored)

    def _store_one(self, distribution: Distribution) -> None:
        key = self._key(distribution.sha256)
        self._store.write_bytes(key, encode_fragment(distribution.fragment(), key))

    def _key(self, sha256: str) -> str:
        return fragment_key(
            sha256,
            python_version=self._python_version,
            mounted_at=self._mounted_at,
            builder_version=self._builder_version,
        )
