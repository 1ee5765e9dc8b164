"""The entry point of the function for source builds. It runs code of packages, so its role may only write its log.

Lambda calls ``builder_lambda.hosts.source_handler.handler``; ``sdists/lambda_builder.py`` invokes it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3
from aws_lambda_powertools import Logger

from builder_lambda.contract.json_values import mapping_of, text_of
from builder_lambda.contract.urls import origin_of
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.hosts.source_entry import answer
from builder_lambda.ports.source_build import SourceDistribution
from builder_lambda.sdists.on_demand import WheelBuilderOnDemand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder_lambda.ports.source_build import BuiltWheel

_HOME = Path("/tmp")  # noqa: S108 - the only folder of a function that can be written (AWS: "Lambda execution environment")

_TASK_ROOT = "/var/task"
"""Where Lambda has the code of a function. In the embedded AWS, only a function with its own files has it there."""

_S3_HOST = re.compile(r"(?:[a-z0-9.-]+\.)?s3(?:[.-][a-z0-9-]+)?(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?")
"""AWS General Reference, "Amazon S3 endpoints and quotas"; the name of a bucket may come first."""

logger = Logger(service="source-builder")


def handler(event: Mapping[str, object], _context: object) -> dict[str, object]:
    """Answer ``{"source", "sdist_url", "wheel_url"}`` with ``{"filename"}``, ``{"log"}`` or ``{"error"}``.

    Any other exception fails the invocation, so that Lambda counts it as an error.
    """
    source = SourceDistribution.from_mapping(mapping_of(event, "source"))
    for name in ("sdist_url", "wheel_url"):
        if not is_object_of_s3(text_of(event, name), os.environ):
            raise ValueError(f"{name} must be a presigned URL of S3")  # not quoted: its query is a permission
    with urllib3.PoolManager() as pool:
        fetched = pool.request("GET", text_of(event, "sdist_url"), redirect=False)
        _check(fetched, "the sdist cannot be read")
        digest = hashlib.sha256(fetched.data).hexdigest()
        if digest != source.sha256:
            error = WheelHashMismatch(filename=source.filename, expected=(source.sha256,), actual=digest)
            return {"error": error.to_mapping()}

        def keep(wheel: BuiltWheel) -> None:
            stored = pool.request("PUT", text_of(event, "wheel_url"), body=wheel.content, redirect=False)
            _check(stored, "the wheel cannot be stored")

        with _empty_folder() as folder:
            builder = WheelBuilderOnDemand(folder, {**os.environ, "HOME": str(folder)})
            reply = answer(builder, source, fetched.data, keep)
    logger.info("built" if "filename" in reply else "failed", sdist=source.filename, target=str(source.target))
    return reply


def is_object_of_s3(url: str, environ: Mapping[str, str]) -> bool:
    """Return whether ``url`` leads to S3: of AWS, or of the endpoint that the variables of AWS's SDKs name."""
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    scheme, host, port = origin_of(url)
    if endpoint:
        return (scheme, host, port) == origin_of(endpoint)
    return (scheme, port) == ("https", 443) and _S3_HOST.fullmatch(host) is not None


def _check(response: urllib3.BaseHTTPResponse, what: str) -> None:
    if response.status != 200:
        # Not the body: an event can name any address, and its answer must not come back in an error or a log.
        raise RuntimeError(f"{what}: S3 answered {response.status}")


@contextmanager
def _empty_folder() -> Iterator[Path]:
    """Yield a folder that has nothing of another build.

    In Lambda that is all that a function can write. Elsewhere, ``/tmp`` may be that of the machine: it is not emptied.
    """
    if os.environ.get("LAMBDA_TASK_ROOT") != _TASK_ROOT:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
        return
    _empty(_HOME)
    try:
        yield _HOME
    finally:
        _empty(_HOME)


def _empty(folder: Path) -> None:
    """Remove everything in a folder. What another user owns stays."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
