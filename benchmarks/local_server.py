"""An HTTP server on the loopback interface for the time of a ``with`` block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_NO_STACK = b"""<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>\
<Code>ValidationError</Code><Message>Stack with id benchmark-dev does not exist</Message></Error>\
<RequestId>1</RequestId></ErrorResponse>"""


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve `handler` on a free port, and yield the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class NoStack(BaseHTTPRequestHandler):
    """Answers as CloudFormation does in an account without stacks; `serverless package` asks for nothing else."""

    def do_POST(self) -> None:
        """Answer that the stack does not exist, as the API does."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(HTTPStatus.BAD_REQUEST)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(_NO_STACK)))
        self.end_headers()
        self.wfile.write(_NO_STACK)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name in the base class
        """Log nothing."""
