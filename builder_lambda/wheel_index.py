"""Download wheels: in parallel, over connections that are kept, into memory, each checked while it arrives."""

from __future__ import annotations

import ssl
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder_lambda.errors import IndexUnreachable, WheelHashMismatch
from builder_lambda.index_errors import IndexDenied
from builder_lambda.urls import redacted
from builder_lambda.wheel_room import WheelRoom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    import urllib3

    from builder_lambda.index_settings import IndexSettings
    from builder_lambda.ports import WheelBytes
    from builder_lambda.wheels import LockedWheel

_PARALLEL = 8
"""More streams than this gained nothing on a 75 MB/s link; fewer left it idle between small wheels."""

_CHUNK_BYTES = 1 << 18
_RETRIES = 4
_RETRIED_STATUS = (429, 500, 502, 503, 504)


class HttpWheelIndex:
    """Fetches wheels from the URLs of the lock. Proxy variables and the user's index credentials are honoured."""

    def __init__(self, *, settings: IndexSettings, backoff_seconds: float = 0.5) -> None:
        """Fetch with the credentials and certificates of ``settings``."""
        self._settings = settings
        self._backoff_seconds = backoff_seconds

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`builder_lambda.ports.WheelIndex`."""
        if not wheels:
            return iter(())
        room, pools = WheelRoom(), _Pools(self._settings)
        threads = ThreadPoolExecutor(_PARALLEL)
        return _each(threads, pools, [threads.submit(self._fetch_one, pools, room, wheel) for wheel in wheels])

    def _fetch_one(self, pools: _Pools, room: WheelRoom, wheel: LockedWheel) -> WheelBytes:
        import urllib3

        retries = urllib3.Retry(
            _RETRIES,
            backoff_factor=self._backoff_seconds,
            status_forcelist=_RETRIED_STATUS,
            raise_on_status=False,
            redirect=5,
        )
        pool = pools.for_url(wheel.url)
        headers = self._headers(wheel)
        while True:
            try:
                response = pool.request(
                    "GET", wheel.url, headers=headers, preload_content=False, decode_content=False, retries=retries
                )
                retries = response.retries or retries  # what the request has used up is gone for the body too
                content, digest = _read(response, room)
                break
            except urllib3.exceptions.MaxRetryError as error:
                raise _unreachable(wheel, str(error.reason or error)) from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                # urllib3 retries a request, but not a body that breaks off
                try:
                    retries = retries.increment("GET", wheel.url, error=error)
                except (urllib3.exceptions.HTTPError, OSError) as last:
                    raise _unreachable(wheel, str(last)) from last
                retries.sleep()
        if response.status in (401, 403):
            # A file store that the index redirects to answers 403 as well, so it is the index that is named.
            detail = f"{wheel.filename}: HTTP status {response.status}"
            raise IndexDenied(index=self._settings.name_of(wheel.url), detail=detail)
        if response.status != 200:
            raise _unreachable(wheel, f"HTTP status {response.status}")
        if digest != wheel.sha256:
            raise WheelHashMismatch(filename=wheel.filename, expected=(wheel.sha256,), actual=digest)
        return content

    def _headers(self, wheel: LockedWheel) -> dict[str, str]:
        import urllib3

        headers = {"User-Agent": "python-layers", "Accept-Encoding": "identity"}
        login = self._settings.login(wheel.url)
        if login is not None:
            # urllib3 leaves this header out where a redirect leads to another host (Retry.remove_headers_on_redirect)
            headers |= urllib3.make_headers(basic_auth=f"{login.username}:{login.password}")
        return headers


def _each(threads: ThreadPoolExecutor, pools: _Pools, arriving: list[Future[WheelBytes]]) -> Iterator[WheelBytes]:
    """Yield what the threads return, in order; nothing of it is kept here."""
    try:
        while arriving:
            yield arriving.pop(0).result()
    finally:
        threads.shutdown(cancel_futures=True)
        pools.close()


class _Pools:
    """Connection pools: straight ones and, where the environment says so, through a proxy."""

    def __init__(self, settings: IndexSettings) -> None:
        import urllib3

        context = ssl.create_default_context(cafile=settings.certificates)
        timeout = urllib3.Timeout(connect=10, read=60)
        self._straight = urllib3.PoolManager(maxsize=_PARALLEL, ssl_context=context, timeout=timeout)
        self._proxied = {
            scheme: urllib3.ProxyManager(proxy, maxsize=_PARALLEL, ssl_context=context, timeout=timeout)
            for scheme, proxy in urllib.request.getproxies().items()
            if scheme in ("http", "https")
        }

    def close(self) -> None:
        for pool in (self._straight, *self._proxied.values()):
            pool.clear()

    def for_url(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxied = self._proxied.get(parts.scheme)
        if proxied is None or urllib.request.proxy_bypass(parts.hostname or ""):
            return self._straight
        return proxied


def _read(response: urllib3.BaseHTTPResponse, room: WheelRoom) -> tuple[WheelBytes, str]:
    """Return body and sha256."""
    announced = response.headers.get("Content-Length", "")
    content, digest = room.take(response.stream(_CHUNK_BYTES), int(announced) if announced.isdecimal() else 0)
    response.release_conn()
    return content, digest


def _unreachable(wheel: LockedWheel, reason: str) -> IndexUnreachable:
    host = urlsplit(wheel.url).hostname
    return IndexUnreachable(detail=redacted(f"{wheel.filename} from {host}: {reason}"))
