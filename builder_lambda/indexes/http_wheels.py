"""Download wheels: in parallel, over connections that are kept, into memory, each checked while it arrives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from builder_lambda.contract.urls import bare, filename_of, redacted, why_invalid
from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.indexes.connections import PARALLEL, IndexConnections
from builder_lambda.indexes.wheel_spool import WheelSpool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    import urllib3

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.indexes.wheel_spool import Spool

_CHUNK_BYTES = 1 << 18
_NOTHING_THERE = (404, 410)


class Download(NamedTuple):
    """A file as it arrived."""

    content: WheelBytes
    sha256: str
    """In hex."""


class HttpWheelIndex:
    """Fetches wheels from the URLs of the lock. Proxy variables and the user's index credentials are honoured."""

    def __init__(
        self,
        *,
        settings: IndexSettings,
        connections: IndexConnections | None = None,
        room: Callable[[], Spool] = WheelSpool,
    ) -> None:
        """Fetch with the credentials of ``settings``; over connections of its own if none are given.

        :param room: returns where the wheels of one build go.
        """
        self._settings = settings
        self._room = room
        self.connections = connections or IndexConnections(settings.certificates)

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.WheelIndex`.

        :raises InvalidLock: naming every wheel whose URL is none that can be fetched from.
        :raises UrlNotFound: if there is nothing (any more) where the lock has a wheel.
        """
        if not wheels:
            return iter(())
        _check_urls(wheels)
        self.connections.prepare()  # before anything else is imported beside it
        room, threads = self._room(), ThreadPoolExecutor(PARALLEL)
        at_end = ExitStack()
        at_end.enter_context(self.connections)
        at_end.callback(threads.shutdown, cancel_futures=True)
        return _each(at_end, [threads.submit(self._fetch_one, room, wheel) for wheel in wheels])

    def download(self, url: str, room: Spool) -> Download:
        """Return what is at ``url``, whatever its sha256 is.

        :raises IndexUnreachable: if the index does not answer.
        :raises IndexDenied: if the index does not accept the login, or asks for one.
        :raises UrlNotFound: if the index says that there is nothing.
        """
        import urllib3

        retries = self.connections.retries()
        pool = self.connections.for_url(url)
        headers = self._headers(url)
        while True:
            try:
                response = pool.request(
                    "GET", url, headers=headers, preload_content=False, decode_content=False, retries=retries
                )
                retries = response.retries or retries  # what the request has used up is gone for the body too
                if response.status == 200:
                    return _read(response, room)
                response.drain_conn()
                break
            except urllib3.exceptions.MaxRetryError as error:
                raise _unreachable(url, str(error.reason or error)) from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                # urllib3 retries a request, but not a body that breaks off
                try:
                    retries = retries.increment("GET", url, error=error)
                except (urllib3.exceptions.HTTPError, OSError) as last:
                    raise _unreachable(url, str(last)) from last
                retries.sleep()
        if response.status in (401, 403):
            # A file store that the index redirects to answers 403 as well, so it is the index that is named.
            detail = f"{filename_of(url)}: HTTP status {response.status}"
            raise IndexDenied(index=self._settings.name_of(url), detail=detail)
        if response.status in _NOTHING_THERE:
            from builder_lambda.errors.requirements import UrlNotFound

            raise UrlNotFound(url=bare(url), status=response.status)
        raise _unreachable(url, f"HTTP status {response.status}")

    def _fetch_one(self, room: Spool, wheel: LockedWheel) -> WheelBytes:
        content, digest = self.download(wheel.url, room)
        if digest != wheel.sha256:
            raise WheelHashMismatch(filename=wheel.filename, expected=(wheel.sha256,), actual=digest)
        return content

    def _headers(self, url: str) -> dict[str, str]:
        import urllib3

        headers = {"User-Agent": "python-layers", "Accept-Encoding": "identity"}
        login = self._settings.login(url)
        if login is not None:
            # urllib3 leaves this header out where a redirect leads to another host (Retry.remove_headers_on_redirect)
            headers |= urllib3.make_headers(basic_auth=f"{login.username}:{login.password}")
        return headers


def _check_urls(wheels: Sequence[LockedWheel]) -> None:
    faults = [f"{wheel.filename}: {reason}" for wheel in wheels if (reason := _why_not_fetched(wheel.url))]
    if faults:
        from builder_lambda.errors.locks import InvalidLock

        raise InvalidLock(reason="\n".join(faults))


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
    """Yield what the threads return, in order; nothing of it is kept here."""
    with at_end:
        while arriving:
            yield arriving.pop(0).result()


def _read(response: urllib3.BaseHTTPResponse, room: Spool) -> Download:
    announced = response.headers.get("Content-Length", "")
    try:
        content, digest = room.take(response.stream(_CHUNK_BYTES), int(announced) if announced.isdecimal() else 0)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return Download(content, digest)


def _unreachable(url: str, reason: str) -> IndexUnreachable:
    return IndexUnreachable(detail=redacted(f"{filename_of(url)} from {urlsplit(url).hostname}: {reason}"))
