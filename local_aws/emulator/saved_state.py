"""State that survives a kill: what has been answered has been written.

ministack writes its state when it is stopped in good order, and loses all since the start otherwise; Pulumi's record
of the stack would then name things that are no more. Here the state of a service is written before each answer to a
request that may have changed it. Contents of layers are written once, beside it, named by their hash.
"""

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from local_aws.emulator.ministack_modules import app, persistence

Message = MutableMapping[str, Any]  # ASGI's own types
Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SMALLEST_BLOB_BYTES = 64 * 1024
_BLOB = "__blob__"
_SERVICE_STATES = {"iam": ("iam",), "lambda": ("lambda",), "logs": ("cloudwatch_logs",), "s3": ("s3",), "ssm": ("ssm",)}
"""Service in a signature -> state files that its requests change; all files for any other service."""

_log = logging.getLogger("local_aws.saved_state")


def install(folder: Path) -> None:
    """Write to `folder`, which is ministack's STATE_DIR, from now on."""
    blobs = Blobs(folder / "blobs")
    blobs.remove_unreferenced(folder)
    usual_default, usual_hook = persistence._json_default, persistence._json_object_hook

    def default(value: object) -> object:
        if isinstance(value, bytes) and len(value) >= SMALLEST_BLOB_BYTES:
            return {_BLOB: blobs.write(value)}
        return usual_default(value)

    def hook(mapping: dict[str, Any]) -> object:
        return blobs.read(mapping[_BLOB]) if _BLOB in mapping else usual_hook(mapping)

    persistence._json_default, persistence._json_object_hook = default, hook
    app.app = saving(app.app, save=_save)


def saving(application: Application, *, save: Callable[[str | None], None]) -> Application:
    """`application`, with `save` called with the request's service before each answer that may follow a change."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _may_change(scope["method"], scope["path"]):
            await application(scope, receive, send)
            return
        service = signed_service(scope)

        async def saved_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                save(service)
            await send(message)

        await application(scope, receive, saved_send)

    return answer


def _may_change(method: str, path: str) -> bool:
    """Tell whether state may differ after a request.

    An invocation changes nothing by itself: what the function asks of AWS are requests of their own.
    """
    return method not in ("GET", "HEAD", "OPTIONS") and not path.rstrip("/").endswith("/invocations")


def signed_service(scope: Scope) -> str | None:
    """Return the service that a request is signed for (Signature Version 4), in its header or its query."""
    header = dict(scope.get("headers", ())).get(b"authorization", b"") + b"&" + scope.get("query_string", b"")
    hit = re.search(rb"Credential=[^/&,]+(?:/|%2F)\d+(?:/|%2F)[\w-]+(?:/|%2F)([\w-]+)(?:/|%2F)aws4_request", header)
    return hit.group(1).decode() if hit else None


def _save(service: str | None) -> None:
    states = app._build_persistence_save_dict()
    names = _SERVICE_STATES.get(service or "", tuple(states))
    persistence.save_all({name: states[name] for name in names if name in states})


class Blobs:
    """Contents on disk, named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first write."""
        self._folder = folder
        self._known: dict[int, tuple[bytes, str]] = {}
        """By identity: the same contents are written again and again, and hashing them takes longest."""

    def write(self, content: bytes) -> str:
        """Return the name under which `content` is now on disk."""
        known = self._known.get(id(content))
        if known is not None and known[0] is content:
            return known[1]
        name = hashlib.sha256(content).hexdigest()
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_bytes(content)
            unfinished.replace(path)
        self._known[id(content)] = (content, name)
        return name

    def read(self, name: str) -> bytes:
        """Return the content.

        :raises FileNotFoundError: if it was never written.
        """
        return (self._folder / name).read_bytes()

    def remove_unreferenced(self, states: Path) -> None:
        """Drop what no state file in `states` names any more."""
        if not self._folder.is_dir():
            return
        texts = [path.read_text(encoding="utf-8") for path in states.glob("*.json")]
        for blob in self._folder.iterdir():
            if not any(blob.name in text for text in texts):
                blob.unlink()
