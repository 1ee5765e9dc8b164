"""Save the state before each answer, so that it survives a kill.

ministack saves its state only at an orderly stop. After a kill, Pulumi's record of the stack would name resources that
no longer exist. Here the state of a service is saved before each answer to a request that may have changed it. Large
contents, such as layers, are written once, to files that are named by their hash.
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
"""Service in a signature -> the state files that its requests change. Any other service may change all files."""

_log = logging.getLogger("local_aws.saved_state")


def install(folder: Path) -> None:
    """Make ministack save its state to `folder`, its STATE_DIR, before each answer."""
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
    """Return an application that calls `save` with the request's service before an answer that may follow a change."""

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
    """Return whether a request may change state.

    An invocation itself changes none: the function's calls to AWS are requests of their own.
    """
    return method not in ("GET", "HEAD", "OPTIONS") and not path.rstrip("/").endswith("/invocations")


def signed_service(scope: Scope) -> str | None:
    """Return the service in the signature of a request (Signature Version 4), from its header or query, or None."""
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
        """Use `folder`. The first write makes it."""
        self._folder = folder
        self._known: dict[int, tuple[bytes, str]] = {}
        """By identity. The same contents are saved many times, and hashing is the slowest part."""

    def write(self, content: bytes) -> str:
        """Write `content` to disk unless it is there. Return its name."""
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
        """Return the content of a name.

        :raises FileNotFoundError: if there is no such content.
        """
        return (self._folder / name).read_bytes()

    def remove_unreferenced(self, states: Path) -> None:
        """Delete the contents that no state file in `states` names."""
        if not self._folder.is_dir():
            return
        texts = [path.read_text(encoding="utf-8") for path in states.glob("*.json")]
        for blob in self._folder.iterdir():
            if not any(blob.name in text for text in texts):
                blob.unlink()
