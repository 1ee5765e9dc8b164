"""Measures how fast the wheels of a lock can be downloaded: several connections, bytes are discarded."""

import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import urllib3

_CONNECTIONS = 8
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkSpeed:
    """One transfer of all wheels of a set."""

    size_bytes: int
    seconds: float


def wheel_urls(lock: str) -> tuple[str, ...]:
    """Return the URLs of the wheels of a lock (PEP 751), without a request."""
    packages = tomllib.loads(lock)["packages"]
    return tuple(wheel["url"] for package in packages for wheel in package["wheels"])


def fetch_into(urls: tuple[str, ...], folder: Path) -> None:
    """Download each wheel into `folder`."""
    with urllib3.PoolManager(maxsize=_CONNECTIONS) as pool:
        for url in urls:
            (folder / wheel_name(url)).write_bytes(_answer(pool, url).data)


def wheel_name(url: str) -> str:
    """Return the file name at the end of a URL."""
    return url.partition("#")[0].rpartition("/")[2]


def measure_link(urls: tuple[str, ...]) -> LinkSpeed:
    """Download all wheels once, over new connections, as a build does."""
    began = time.perf_counter()
    with (
        urllib3.PoolManager(num_pools=_CONNECTIONS, maxsize=_CONNECTIONS) as pool,
        ThreadPoolExecutor(_CONNECTIONS) as threads,
    ):
        size = sum(threads.map(lambda url: _drained(pool, url), urls))
    return LinkSpeed(size_bytes=size, seconds=time.perf_counter() - began)


def _drained(pool: urllib3.PoolManager, url: str) -> int:
    answer = _answer(pool, url)
    size = 0
    while part := answer.read(_CHUNK):
        size += len(part)
    answer.release_conn()
    return size


def _answer(pool: urllib3.PoolManager, url: str) -> urllib3.BaseHTTPResponse:
    answer = pool.request("GET", url, preload_content=False)
    if answer.status != 200:
        raise ConnectionError(f"the index answers with {answer.status} for {wheel_name(url)}")
    return answer
