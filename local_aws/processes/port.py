"""Choose a port of the loopback interface and keep it for a clone."""

import contextlib
import random
import socket
import time
from pathlib import Path

HOST = "127.0.0.1"
PORTS = range(20_000, 30_000)
"""Below the range of outgoing connections. One of those could take our port while the emulator is stopped."""

PATIENCE_SECONDS = 2.0


def kept_port(path: Path) -> int:
    """Return the port in the file `path`. If it is not free, choose another and write that to `path`.

    Wait a little for a port that is in use: after a kill, it stays in use until the kernel has cleaned up.
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
    """Return whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
