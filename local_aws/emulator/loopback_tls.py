"""Treat requests on the loopback interface as TLS, so that policies that refuse plain HTTP accept local clients.

A request with `X-Forwarded-Proto: http` counts as plain HTTP, so that a test can see such a policy refuse it.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from local_aws.emulator.ministack_modules import app

Message = MutableMapping[str, Any]  # ASGI's own types
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def install() -> None:
    """Treat every later request as TLS."""
    app.app = over_tls(app.app)


def over_tls(application: Application) -> Application:
    """Return an application that passes each request to `application` with the scheme `https`."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        scheme = {"scheme": "https"} if scope["type"] == "http" else {}
        await application({**scope, **scheme}, receive, send)

    return answer
