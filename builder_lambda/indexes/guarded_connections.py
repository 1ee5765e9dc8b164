"""Connections that end after a time, and that do not lead into the builder's own machine.

The timeout of urllib3 is for one read: it begins again with each byte. And a name can lead to any address: only the
connection shows which one it is.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from builder_lambda.contract.internal_addresses import is_internal_address
from builder_lambda.errors.indexes import IndexUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_current = threading.local()


class Deadline:
    """Ends what this thread asks for within the block, redirects and repetitions as well. A context manager."""

    is_over = False

    def __init__(self, seconds: float) -> None:
        """End it after ``seconds``."""
        self._ends: list[Callable[[], None]] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        """Begin to count."""
        _current.deadline = self
        self._timer.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Count no longer."""
        self._timer.cancel()
        _current.deadline = None

    def watch(self, end: Callable[[], None]) -> None:
        """Call ``end`` when the time is over, from another thread."""
        self._ends.append(end)
        if self.is_over:
            self._call(end)

    def _end(self) -> None:
        self.is_over = True
        for end in list(self._ends):
            self._call(end)

    @staticmethod
    def _call(end: Callable[[], None]) -> None:
        with suppress(ValueError, RuntimeError, OSError):  # it ended at this moment
            end()


class _Watched(HTTPConnection):
    """A connection that the deadline of its thread ends."""

    def request(self, *args: Any, **more: Any) -> None:
        """Send a request."""
        deadline: Deadline | None = getattr(_current, "deadline", None)
        if deadline is not None:
            deadline.watch(self._end)
        super().request(*args, **more)

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        deadline: Deadline | None = getattr(_current, "deadline", None)
        if deadline is not None and deadline.is_over:  # there was nothing to end yet, or urllib3 repeats the request
            made.close()
            raise TimeoutError
        return made

    def _end(self) -> None:
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)


class _Outside(_Watched):
    """A connection that does not lead into this machine."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if is_internal_address(made.getpeername()[0]):
            made.close()
            raise IndexUnreachable(detail=f"{self.host} leads to the builder's own machine, which is not asked")
        return made


class _WatchedTls(_Watched, HTTPSConnection):
    """The same with TLS."""


class _OutsideTls(_Outside, HTTPSConnection):
    """The same with TLS."""


class _WatchedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedTlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class _OutsidePool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Outside


class _OutsideTlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _OutsideTls


def guard(pools: urllib3.PoolManager, *, refuses_internal: bool) -> urllib3.PoolManager:
    """Return the pools with guarded connections.

    :param refuses_internal: whether connections into this machine are refused.
    """
    pools.pool_classes_by_scheme = (
        {"http": _OutsidePool, "https": _OutsideTlsPool}
        if refuses_internal
        else {"http": _WatchedPool, "https": _WatchedTlsPool}
    )
    return pools
