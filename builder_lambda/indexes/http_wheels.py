"""Downloads wheels in parallel, and checks each against the sha256 of the lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.contract.urls import redacted, why_invalid
from builder_lambda.errors.locks import InvalidLock
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.wheel_spool import WheelSpool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.indexes.wheel_spool import Download, Spool


class HttpWheelIndex:
    """Fetches wheels from the URLs of the lock, with the user's credentials for their index."""

    def __init__(
        self,
        *,
        settings: IndexSettings,
        connections: IndexConnections | None = None,
        spool: Callable[[], Spool] = WheelSpool,
    ) -> None:
        """Fetch with the credentials of ``settings``, over new connections if none are given.

        :param spool: returns the storage for the wheels of one build.
        """
        self._settings = settings
        self._spool = spool
        self._connections = connections or IndexConnections(settings.certificates)

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`.

        :raises InvalidLock: naming every wheel that has no URL of an index.
        :raises UrlNotFound: if there is no file at a URL of the lock (any more).
        """
        if not wheels:
            return iter(())
        _check_urls(wheels)
        self._connections.prepare()  # the caller imports more modules when this returns
        spool, threads = self._spool(), ThreadPoolExecutor(PARALLEL_REQUESTS)
        at_end = ExitStack()
        at_end.callback(threads.shutdown, cancel_futures=True)
        return _each(at_end, [threads.submit(self._fetch_one, spool, wheel) for wheel in wheels])

    def download(self, url: str, spool: Spool, size: int | None = None) -> Download:
        """Return the file at ``url``, whatever its sha256 is.

        :param size: of the file in bytes, if it is known.
        :raises LayerError: of :meth:`builder_lambda.indexes.http_client.HttpClient.download`.
        """
        settings, client = self._settings, self._connections.client
        return client.download(url, spool, index=settings.name_of(url), login=settings.login(url), size=size)

    def _fetch_one(self, spool: Spool, wheel: LockedWheel) -> WheelBytes:
        content, digest = self.download(wheel.url, spool, wheel.size)
        if digest != wheel.sha256:
            raise WheelHashMismatch(filename=wheel.filename, expected=(wheel.sha256,), actual=digest)
        return content


def _check_urls(wheels: Sequence[LockedWheel]) -> None:
    problems = [f"{wheel.filename}: {reason}" for wheel in wheels if (reason := _why_not_fetched(wheel.url))]
    if problems:
        raise InvalidLock(reason="\n".join(problems))


def _why_not_fetched(url: str) -> str | None:
    reason = why_invalid(url)
    if reason is not None:
        return f"its url {redacted(url)!r} is not valid: {reason}"
    parts = urlsplit(url)
    if parts.scheme in ("", "file"):
        return f"its url {url!r} leads to no index; a file beside the lock is given as `path`"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"its url {redacted(url)!r} must begin with https:// and a host"
    return None


def _each(at_end: ExitStack, arriving: list[Future[WheelBytes]]) -> Iterator[WheelBytes]:
    """Yield what the threads return, in order, and release it."""
    with at_end:
        while arriving:
            yield arriving.pop(0).result()
