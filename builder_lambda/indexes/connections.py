"""Connections to package indexes, opened on first use and kept as long as the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from builder_lambda.errors.indexes import IndexUnreachable

if TYPE_CHECKING:
    from builder_lambda.indexes.http_client import HttpClient

_NAMED_BY = "the file is named by SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE or pip's own configuration"


class IndexConnections:
    """The connections that the adapters of some indexes share. Threads may share them too."""

    def __init__(
        self, certificates: str | None = None, *, backoff_seconds: float = 0.5, refuses_internal: bool = False
    ) -> None:
        """Trust the certificates in the file ``certificates``, or those of the machine if it is ``None``.

        :param refuses_internal: whether connections into this machine are refused.
        """
        self._refuses_internal = refuses_internal
        self._certificates = certificates
        self._backoff_seconds = backoff_seconds
        self._lock = Lock()
        self._client: HttpClient | None = None

    @property
    def client(self) -> HttpClient:
        """The client that sends requests.

        :raises IndexUnreachable: if the certificates cannot be read.
        """
        with self._lock:
            if self._client is None:
                self._client = self._opened()
            return self._client

    def prepare(self) -> None:
        """Import and read what the first request needs, which takes about 80 ms.

        :raises IndexUnreachable: if the certificates cannot be read.
        """
        _ = self.client

    def _opened(self) -> HttpClient:
        import ssl

        with ThreadPoolExecutor(1) as thread:
            # OpenSSL parses certificates without the interpreter's lock, so they are read during the import.
            reading = thread.submit(ssl.create_default_context, cafile=self._certificates)
            from builder_lambda.indexes.http_client import HttpClient

            try:
                context = reading.result()
            except OSError as error:  # ssl.SSLError is one
                reason = f"the certificates in {self._certificates} cannot be read: {error.strerror or error}"
                raise IndexUnreachable(detail=f"{reason}\n{_NAMED_BY}") from error
        return HttpClient(context, backoff_seconds=self._backoff_seconds, refuses_internal=self._refuses_internal)
