"""Connections to package indexes: several at once, kept while somebody uses them, through the environment's proxies.

What the first request would wait for (urllib3, the certificates of the machine) can be read ahead of it: 40 ms.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import urllib3

PARALLEL = 8
"""More streams than this gained nothing on a 75 MB/s link; fewer left it idle between small wheels."""

_NAMED_BY = "the file is named by SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE or pip's own configuration"

_RETRIES = 4
_RETRIED_STATUS = (429, 500, 502, 503, 504)


class IndexConnections:
    """A context: connections are closed when nobody is in it any more. Threads may share it."""

    def __init__(self, certificates: str | None = None, *, backoff_seconds: float = 0.5) -> None:
        """Trust the ``certificates`` of a file, those of the machine if it is ``None``."""
        self._certificates = certificates
        self._backoff_seconds = backoff_seconds
        self._lock = Lock()
        self._users = 0
        self._straight: urllib3.PoolManager | None = None
        self._proxied: Mapping[str, urllib3.PoolManager] = {}

    def __enter__(self) -> IndexConnections:
        """Keep connections from here on."""
        with self._lock:
            self._users += 1
        return self

    def __exit__(self, *_: object) -> None:
        """Close them, if nobody else keeps them."""
        with self._lock:
            self._users -= 1
            if not self._users and self._straight is not None:
                for pool in (self._straight, *self._proxied.values()):
                    pool.clear()

    def prepare(self) -> None:
        """Read what the first request would wait for.

        :raises IndexUnreachable: if the certificates cannot be read.
        """
        self._opened()

    def retries(self) -> urllib3.Retry:
        """Return how often a request is tried again, and for what; a last answer is returned whatever its status."""
        import urllib3

        return urllib3.Retry(
            _RETRIES,
            backoff_factor=self._backoff_seconds,
            status_forcelist=_RETRIED_STATUS,
            raise_on_status=False,
            redirect=5,
        )

    def for_url(self, url: str) -> urllib3.PoolManager:
        """Return what asks for ``url``: straight, or the proxy that the environment names for it.

        :raises IndexUnreachable: if the certificates cannot be read.
        """
        from urllib.request import proxy_bypass

        straight = self._opened()
        parts = urlsplit(url)
        proxied = self._proxied.get(parts.scheme)
        return straight if proxied is None or proxy_bypass(parts.hostname or "") else proxied

    def _opened(self) -> urllib3.PoolManager:
        from builder_lambda.errors.indexes import IndexUnreachable

        with self._lock:
            if self._straight is None:
                import ssl

                with ThreadPoolExecutor(1) as thread:
                    # Beside the import: certificates are parsed outside of the interpreter's lock.
                    reading = thread.submit(ssl.create_default_context, cafile=self._certificates)
                    from urllib.request import getproxies

                    import urllib3

                    try:
                        context = reading.result()
                    except OSError as error:  # ssl.SSLError is one
                        reason = f"the certificates in {self._certificates} cannot be read: {error.strerror or error}"
                        raise IndexUnreachable(detail=f"{reason}\n{_NAMED_BY}") from error
                timeout = urllib3.Timeout(connect=10, read=60)
                self._proxied = {
                    scheme: urllib3.ProxyManager(proxy, maxsize=PARALLEL, ssl_context=context, timeout=timeout)
                    for scheme, proxy in getproxies().items()
                    if scheme in ("http", "https")
                }
                self._straight = urllib3.PoolManager(maxsize=PARALLEL, ssl_context=context, timeout=timeout)
            return self._straight
