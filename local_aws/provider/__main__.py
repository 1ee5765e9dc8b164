"""``python -m local_aws.provider <engine address>``: serve one engine until it ends this process.

The port is the only line on standard output. The command line has the engine's address and log flags. They are ignored,
because messages go back in replies.
"""

import os
import signal
import sys
import threading
from concurrent import futures

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local_aws.provider.resource_types import HANDLERS
from local_aws.provider.servicer import Provider

_THREADS = 32
_MESSAGE_BYTES = 400 << 20
"""The engine's own limit."""

_ORPHAN_CHECK_SECONDS = 5.0
_GRACE_SECONDS = 1.0


def main() -> None:
    """Serve one engine."""
    done = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: done.set())
    options = [("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.max_send_message_length", _MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=options)
    provider = Provider(HANDLERS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    engine = os.getppid()
    while not done.wait(_ORPHAN_CHECK_SECONDS) and os.getppid() == engine:
        pass
    provider.cancel()
    server.stop(_GRACE_SECONDS).wait()


if __name__ == "__main__":
    main()
