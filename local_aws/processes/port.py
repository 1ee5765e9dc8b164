"""A port of the loopback interface that stays the same for one clone."""

import contextlib
import random
import socket
import time
from pathlib import Path

HOST = "127.0.0.1"
PORTS = range(20_000, 30_000)
"""Below the range that the kernel gives to outgoing connections, which could take ours while we are down."""


PATIENCE_SECONDS = 2.0


def kept_port(path: Path) -> int:
    """Return the port that `path` names if it is free, else another, which `path` names from then on.

    A port is waited for a little: it stays taken until the kernel has cleared a killed process away.
    """
    with contextlib.suppress(OSError, ValueError):
        port = int(path.read_text(encoding="ascii"))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if is_free(port):
                return port
            time.sleep(0.05)
    port = next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{port}\n", encoding="ascii")
    return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
