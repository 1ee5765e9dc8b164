"""The loopback interface stands for TLS: policies that refuse plain HTTP, as they should, must let local clients in.

A client that sends `X-Forwarded-Proto: http` is taken at its word, so that a test can see such a policy refuse.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from local_aws.emulator.ministack_modules import app

Message = MutableMapping[str, Any]  # ASGI's own types
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def install() -> None:
    """Take every request for one that came by TLS from now on."""
    app.app = over_tls(app.app)


def over_tls(application: Application) -> Application:
    """Return `application`, told that what it is asked came by TLS."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        scheme = {"scheme": "https"} if scope["type"] == "http" else {}
        await application({**scope, **scheme}, receive, send)

    return answer
