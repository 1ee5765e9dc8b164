"""HTTP requests to package indexes, through the proxies that the environment names.

urllib3 keeps connections and repeats requests. The repetition of a download that breaks off is ours: urllib3 repeats
requests, but not the body of an answer.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from builder_lambda.contract.bounds import FILE_BYTES, FILE_SECONDS, PAGE_BYTES, PAGE_SECONDS
from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.contract.urls import bare, filename_of, redacted
from builder_lambda.errors.indexes import IndexAnswerRefused, IndexDenied, IndexUnreachable
from builder_lambda.errors.requirements import UrlNotFound
from builder_lambda.indexes.guarded_connections import Deadline, guard

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from builder_lambda.contract.index_login import Login
    from builder_lambda.indexes.wheel_spool import Download, Spool

_CHUNK_BYTES = 1 << 18
_COMPRESSED_BYTES = 1 << 14
"""Read at once of an answer that may be compressed. They stand for 17 MB at most."""
_UNUSED_BYTES = 1 << 18
"""Read of an answer whose body is of no use, so that its connection can be used again."""
_LONGEST_LENGTH = 18
"""Digits of an announced length that is believed."""
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
        self,
        certificates: ssl.SSLContext,
        *,
        backoff_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        page_seconds: float = PAGE_SECONDS,
        file_seconds: float = FILE_SECONDS,
        refuses_internal: bool = False,
    ) -> None:
        """Trust ``certificates``. Repeated requests wait for multiples of ``backoff_seconds``.

        :param clock: counts seconds, also while the process is frozen.
        :param page_seconds: the longest time for a page, with redirects and repetitions.
        :param file_seconds: the longest time for a file, with redirects and repetitions.
        :param refuses_internal: whether connections into this machine are refused. Those to a proxy are not.
        """
        self._page_seconds = page_seconds
        self._file_seconds = file_seconds
        timeout = urllib3.Timeout(connect=10, read=60)
        self._backoff_seconds = backoff_seconds
        self._clock = clock
        self._used_at = clock()
        direct = urllib3.PoolManager(maxsize=PARALLEL_REQUESTS, ssl_context=certificates, timeout=timeout)
        self._direct = guard(direct, refuses_internal=refuses_internal)
        self._proxied = {
            scheme: guard(
                urllib3.ProxyManager(proxy, maxsize=PARALLEL_REQUESTS, ssl_context=certificates, timeout=timeout),
                refuses_internal=False,
            )
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
        :raises IndexAnswerRefused: if the answer is longer than a page may be.
        """
        headers = {**_headers(login), "Accept": accept}
        pool, retries = self.pool_for(url), self.retries()
        with Deadline(self._page_seconds) as deadline:
            while True:
                try:
                    response = pool.request("GET", url, headers=headers, preload_content=False, retries=retries)
                    deadline.watch(response.shutdown)
                    retries = response.retries or retries
                    if response.status != _OK:
                        _leave(response, subject)
                        break
                    with _closing_on_errors(response):
                        pieces = response.stream(_COMPRESSED_BYTES, decode_content=True)
                        body = b"".join(_within(pieces, PAGE_BYTES, subject))
                    _check_time(deadline, self._page_seconds, subject)
                    response.release_conn()
                    return Answer(body, response.headers.get("Content-Type", ""), _after_redirects(url, response))
                except (urllib3.exceptions.HTTPError, OSError) as error:
                    _check_time(deadline, self._page_seconds, subject)
                    retries = _repeated(retries, url, error, subject)
        if response.status in _MISSING:
            return None
        _check_status(response.status, subject, index)
        raise _unreachable(subject, f"HTTP status {response.status}")

    def download(self, url: str, spool: Spool, *, index: str, login: Login | None, size: int | None = None) -> Download:
        """Return the file at ``url``, whatever its sha256 is.

        :param index: the name of the index, for errors.
        :param size: of the file in bytes, if it is known. A longer answer is refused.
        :raises IndexUnreachable: if the index does not answer.
        :raises IndexAnswerRefused: if the answer is longer than the file, or than a file may be.
        :raises IndexDenied: if the index does not accept the login, or asks for one.
        :raises UrlNotFound: if there is nothing at ``url``.
        """
        subject = f"{filename_of(url)} from {urlsplit(url).hostname}"
        most = FILE_BYTES if size is None else min(size, FILE_BYTES)
        headers = {**_headers(login), "Accept-Encoding": "identity"}
        pool, retries = self.pool_for(url), self.retries()
        with Deadline(self._file_seconds) as deadline:
            while True:
                try:
                    response = pool.request(
                        "GET", url, headers=headers, preload_content=False, decode_content=False, retries=retries
                    )
                    deadline.watch(response.shutdown)
                    retries = response.retries or retries  # the request and its body share one number of repetitions
                    if response.status == _OK:
                        download = _read(response, spool, most, subject)
                        _check_time(deadline, self._file_seconds, subject)
                        return download
                    _leave(response, subject)
                    break
                except (urllib3.exceptions.HTTPError, OSError) as error:
                    _check_time(deadline, self._file_seconds, subject)
                    retries = _repeated(retries, url, error, subject)
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


def _read(response: urllib3.BaseHTTPResponse, spool: Spool, most: int, subject: str) -> Download:
    header = response.headers.get("Content-Length", "")
    announced = int(header) if header.isdecimal() and len(header) <= _LONGEST_LENGTH else 0
    if announced > most:
        response.close()
        raise _too_long(subject, most)
    with _closing_on_errors(response):
        download = spool.take(_within(response.stream(_CHUNK_BYTES), most, subject), announced)
    response.release_conn()
    return download


def _within(pieces: Iterator[bytes], most: int, subject: str) -> Iterator[bytes]:
    """Yield the pieces of an answer, up to ``most`` bytes.

    :raises IndexAnswerRefused: if there are more.
    """
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _too_long(subject, most)
        yield piece


@contextmanager
def _closing_on_errors(response: urllib3.BaseHTTPResponse) -> Iterator[None]:
    """Close the connection of an answer that is not read to its end."""
    try:
        yield
    except BaseException:
        response.close()
        raise


def _check_time(deadline: Deadline, seconds: float, subject: str) -> None:
    """Check that the time is not over. An answer without a length that was ended looks like a whole one.

    :raises IndexUnreachable: if it is.
    """
    if deadline.is_over:
        raise _unreachable(subject, f"the answer took longer than {seconds:,.0f} seconds")


def _leave(response: urllib3.BaseHTTPResponse, subject: str) -> None:
    """Release the connection of an answer whose body is of no use. A long or slow body is not read to its end."""
    try:
        for _ in _within(response.stream(_COMPRESSED_BYTES, decode_content=False), _UNUSED_BYTES, subject):
            pass
    except (IndexAnswerRefused, urllib3.exceptions.HTTPError, OSError):
        response.close()
    else:
        response.release_conn()


def _repeated(retries: urllib3.Retry, url: str, error: Exception, subject: str) -> urllib3.Retry:
    """Wait, and return the repetitions that are left after an error.

    :raises IndexUnreachable: if none is left.
    """
    if isinstance(error, urllib3.exceptions.MaxRetryError):
        raise _unreachable(subject, error.reason or error) from error
    try:
        left = retries.increment("GET", url, error=error)
    except (urllib3.exceptions.HTTPError, OSError) as last:
        raise _unreachable(subject, getattr(last, "reason", None) or last) from last
    left.sleep()
    return left


def _too_long(subject: str, most: int) -> IndexAnswerRefused:
    return IndexAnswerRefused(subject=subject, reason=f"it has more than {most:,} bytes")


def _after_redirects(url: str, response: urllib3.BaseHTTPResponse) -> str:
    """Return the URL of an answer. urllib3 itself has only its path."""
    for step in response.retries.history if response.retries is not None else ():
        url = urljoin(url, step.redirect_location or "")
    return url


def _unreachable(subject: str, reason: object) -> IndexUnreachable:
    return IndexUnreachable(detail=redacted(f"{subject}: {reason}"))
