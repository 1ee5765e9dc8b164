"""HTTP requests to package indexes, through the proxies that the environment names.

urllib3 keeps connections and repeats requests. The repetition of a download that breaks off is ours: urllib3 repeats
requests, but not the body of an answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.contract.urls import bare, filename_of, redacted
from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.requirements import UrlNotFound

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from builder_lambda.contract.index_login import Login
    from builder_lambda.indexes.wheel_spool import Download, Spool

_CHUNK_BYTES = 1 << 18
_IDLE_SECONDS = 30
_RETRIES = 4
_RETRIED = (429, 500, 502, 503, 504)
_OK, _DENIED, _MISSING = 200, (401, 403), (404, 410)
_HEADERS = {"User-Agent": "python-layers"}


class Answer(NamedTuple):
    """A whole answer with status 200."""

    body: bytes
    content_type: str
    url: str
    """Where it came from, after redirects."""


class HttpClient:
    """Sends GET requests. Threads may share it."""

    def __init__(
        self, certificates: ssl.SSLContext, *, backoff_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Trust ``certificates``. Repeated requests wait for multiples of ``backoff_seconds``.

        :param clock: counts seconds, also while the process is frozen.
        """
        timeout = urllib3.Timeout(connect=10, read=60)
        self._backoff_seconds = backoff_seconds
        self._clock = clock
        self._used_at = clock()
        self._direct = urllib3.PoolManager(maxsize=PARALLEL_REQUESTS, ssl_context=certificates, timeout=timeout)
        self._proxied = {
            scheme: urllib3.ProxyManager(proxy, maxsize=PARALLEL_REQUESTS, ssl_context=certificates, timeout=timeout)
            for scheme, proxy in getproxies().items()
            if scheme in ("http", "https")
        }

    def pool_for(self, url: str) -> urllib3.PoolManager:
        """Return the pool for ``url``: direct connections, or those to the proxy that the environment names."""
        self._close_idle()
        parts = urlsplit(url)
        proxied = self._proxied.get(parts.scheme)
        return self._direct if proxied is None or proxy_bypass(parts.hostname or "") else proxied

    def _close_idle(self) -> None:
        """Close connections that were not used for a while.

        A network may have dropped them without a word, for example while Lambda froze the function. A request over
        such a connection would wait for its timeout.
        """
        now = self._clock()
        if now - self._used_at > _IDLE_SECONDS:
            for pool in (self._direct, *self._proxied.values()):
                pool.clear()
        self._used_at = now

    def retries(self) -> urllib3.Retry:
        """Return how often a request is repeated, and for which statuses. The last answer is returned in any case."""
        return urllib3.Retry(
            _RETRIES,
            backoff_factor=self._backoff_seconds,
            status_forcelist=_RETRIED,
            raise_on_status=False,
            redirect=5,
        )

    def get(self, url: str, *, subject: str, index: str, login: Login | None, accept: str) -> Answer | None:
        """Return the answer to a request, or ``None`` if there is nothing at ``url``.

        :param subject: names the file in errors.
        :param index: the name of the index, for errors.
        :param accept: the media types to ask for.
        :raises IndexUnreachable: if the index does not answer, or with another status.
        :raises IndexDenied: if the index does not accept the login, or asks for one.
        """
        headers = {**_headers(login), "Accept": accept}
        try:
            response = self.pool_for(url).request("GET", url, headers=headers, retries=self.retries())
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _unreachable(subject, getattr(error, "reason", None) or error) from error
        if response.status in _MISSING:
            return None
        _check_status(response.status, subject, index)
        return Answer(response.data, response.headers.get("Content-Type", ""), _after_redirects(url, response))

    def download(self, url: str, spool: Spool, *, index: str, login: Login | None) -> Download:
        """Return the file at ``url``, whatever its sha256 is.

        :param index: the name of the index, for errors.
        :raises IndexUnreachable: if the index does not answer.
        :raises IndexDenied: if the index does not accept the login, or asks for one.
        :raises UrlNotFound: if there is nothing at ``url``.
        """
        subject = f"{filename_of(url)} from {urlsplit(url).hostname}"
        headers = {**_headers(login), "Accept-Encoding": "identity"}
        pool, retries = self.pool_for(url), self.retries()
        while True:
            try:
                response = pool.request(
                    "GET", url, headers=headers, preload_content=False, decode_content=False, retries=retries
                )
                retries = response.retries or retries  # the request and its body share one number of repetitions
                if response.status == _OK:
                    return _read(response, spool)
                response.drain_conn()
                break
            except urllib3.exceptions.MaxRetryError as error:
                raise _unreachable(subject, error.reason or error) from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                try:
                    retries = retries.increment("GET", url, error=error)
                except (urllib3.exceptions.HTTPError, OSError) as last:
                    raise _unreachable(subject, last) from last
                retries.sleep()
        if response.status in _MISSING:
            raise UrlNotFound(url=bare(url), status=response.status)
        _check_status(response.status, subject, index)
        raise _unreachable(subject, f"HTTP status {response.status}")


def _headers(login: Login | None) -> dict[str, str]:
    if login is None:
        return dict(_HEADERS)
    # urllib3 drops this header where a redirect leads to another host (Retry.remove_headers_on_redirect).
    return {**_HEADERS, **urllib3.make_headers(basic_auth=f"{login.username}:{login.password}")}


def _check_status(status: int, subject: str, index: str) -> None:
    if status in _DENIED:
        # The file store that an index redirects to answers 403 as well. The error still names the index.
        raise IndexDenied(index=index, detail=f"{subject}: HTTP status {status}")
    if status != _OK:
        raise _unreachable(subject, f"HTTP status {status}")


def _read(response: urllib3.BaseHTTPResponse, spool: Spool) -> Download:
    announced = response.headers.get("Content-Length", "")
    try:
        download = spool.take(response.stream(_CHUNK_BYTES), int(announced) if announced.isdecimal() else 0)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return download


def _after_redirects(url: str, response: urllib3.BaseHTTPResponse) -> str:
    """Return the URL of an answer. urllib3 itself has only its path."""
    for step in response.retries.history if response.retries is not None else ():
        url = urljoin(url, step.redirect_location or "")
    return url


def _unreachable(subject: str, reason: object) -> IndexUnreachable:
    return IndexUnreachable(detail=redacted(f"{subject}: {reason}"))
