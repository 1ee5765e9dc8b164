"""Files behind URLs, read in parts.

Made for the central directory of a zip archive: it is at the end, so the last part is fetched first and kept.
"""

import contextlib
import io
import os
import re
import tempfile
import urllib.request
from collections.abc import Iterator
from typing import IO
from urllib.parse import urlsplit

import urllib3

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.distributions.sized_reader import SizedReader

_TAIL_BYTES = 1 << 16
"""Size of the first part: enough for the directory of some 600 members."""

_MOST_BYTES = MAX_UNPACKED_BYTES
"""Largest part or file to fetch. No layer archive is larger."""

_CHUNK_BYTES = 1 << 18
_MEMORY_BYTES = 1 << 23
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_HEADERS = {"User-Agent": "python-layers", "Accept-Encoding": "identity"}
_OK, _PARTIAL = 200, 206
_RETRIES = urllib3.Retry(3, backoff_factor=0.3, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False)


class FileUnreachable(OSError):
    """The file cannot be read. The message omits the query of the URL, which may be a signature."""


def open_url(url: str, pool: urllib3.PoolManager | None = None) -> IO[bytes]:
    """Return a readable, seekable file for a URL. It is fetched whole if the server has no ranges (RFC 9110).

    :raises FileUnreachable: now, or when the file is read.
    """
    pool = pool or _pool_for(url)
    with _answer(pool, url, f"bytes=-{_TAIL_BYTES}") as response:
        if response.status == _PARTIAL:
            first, total = _range_of(response)
            tail = _whole_body(response, total - first)
            return io.BufferedReader(_RangedFile(url, pool, first, tail))
        return _whole_file(response)


def _whole_file(response: urllib3.BaseHTTPResponse) -> IO[bytes]:
    with contextlib.ExitStack() as closing:
        file = closing.enter_context(tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES))
        for chunk in response.stream(_CHUNK_BYTES):
            file.write(chunk)
            if file.tell() > _MOST_BYTES:
                raise FileUnreachable(f"it is over {_MOST_BYTES:,} bytes, and its server sends no parts")
        file.seek(0)
        closing.pop_all()
        return file


class _RangedFile(SizedReader):
    """A readable, seekable file over HTTP ranges, with its end in memory."""

    def __init__(self, url: str, pool: urllib3.PoolManager, tail_start: int, tail: bytes) -> None:
        super().__init__(tail_start + len(tail))
        self._url = url
        self._pool = pool
        self._tail_start = tail_start
        self._tail = tail

    def part(self, start: int, end: int) -> bytes:
        head = self._fetch(start, min(end, self._tail_start)) if start < self._tail_start else b""
        return head + self._tail[max(0, start - self._tail_start) : max(0, end - self._tail_start)]

    def _fetch(self, start: int, end: int) -> bytes:
        if end - start > _MOST_BYTES:
            raise FileUnreachable(f"its directory is over {_MOST_BYTES:,} bytes")
        with _answer(self._pool, self._url, f"bytes={start}-{end - 1}") as response:
            if response.status != _PARTIAL or _range_of(response) != (start, self._size):
                raise FileUnreachable("its server sent the wrong part")
            return _whole_body(response, end - start)


@contextlib.contextmanager
def _answer(pool: urllib3.PoolManager, url: str, wanted: str) -> Iterator[urllib3.BaseHTTPResponse]:
    host = urlsplit(url).hostname
    try:
        response = pool.request(
            "GET",
            url,
            headers={**_HEADERS, "Range": wanted},
            preload_content=False,
            decode_content=False,
            retries=_RETRIES,
        )
        with contextlib.closing(response):
            if response.status not in (_OK, _PARTIAL):
                raise FileUnreachable(f"{host} answered with HTTP status {response.status}")
            yield response
    except urllib3.exceptions.MaxRetryError as error:
        raise FileUnreachable(f"{host} cannot be reached: {error.reason}") from error
    except urllib3.exceptions.HTTPError as error:
        raise FileUnreachable(f"{host} stopped answering: {type(error).__name__}") from error


def _range_of(response: urllib3.BaseHTTPResponse) -> tuple[int, int]:
    """Return the start of the part, and the size of the file."""
    hit = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if hit is None:
        raise FileUnreachable("its server does not say which part it sent")
    first, _, total = map(int, hit.groups())
    return first, total


def _whole_body(response: urllib3.BaseHTTPResponse, expected: int) -> bytes:
    if not 0 <= expected <= _MOST_BYTES:
        raise FileUnreachable(f"its server announced a part of {expected:,} bytes")
    content = response.read(expected)
    if len(content) != expected:
        raise FileUnreachable(f"its server sent {len(content):,} of {expected:,} bytes")
    return content


def _pool_for(url: str) -> urllib3.PoolManager:
    """Return connections to a URL, with the proxy of the environment and the certificates of boto3."""
    parts = urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    timeout = urllib3.Timeout(connect=10, read=30)
    certificates = os.environ.get("AWS_CA_BUNDLE")
    if proxy is None or urllib.request.proxy_bypass(parts.hostname or ""):
        return urllib3.PoolManager(timeout=timeout, ca_certs=certificates)
    return urllib3.ProxyManager(proxy, timeout=timeout, ca_certs=certificates)
