"""How fast the wheels of a lock can come here at all: several connections, nothing done with the bytes."""

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
    """Return where the wheels of a lock (PEP 751) are; no index is asked."""
    packages = tomllib.loads(lock)["packages"]
    return tuple(wheel["url"] for package in packages for wheel in package["wheels"])


def fetch_into(urls: tuple[str, ...], folder: Path) -> None:
    """Keep each wheel in `folder` by its file name."""
    with urllib3.PoolManager(maxsize=_CONNECTIONS) as pool:
        for url in urls:
            (folder / wheel_name(url)).write_bytes(_answer(pool, url).data)


def wheel_name(url: str) -> str:
    """Return the file name at the end of an address."""
    return url.partition("#")[0].rpartition("/")[2]


def measure_link(urls: tuple[str, ...]) -> LinkSpeed:
    """Transfer all of it once, with new connections, as a build has to."""
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
