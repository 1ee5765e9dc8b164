"""The entry point of the builder function. Lambda calls ``builder_lambda.hosts.handler.handler``.

Imports little: a known build needs the archive store and nothing else.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from builder_lambda.contract.event import request_of
from builder_lambda.contract.request import BuildRequest
from builder_lambda.errors.base import LayerError
from builder_lambda.pipeline.build import build

if TYPE_CHECKING:
    from builder_lambda.ports.ports import Ports

logger = Logger(service="layer-builder")


def handler(event: object, _context: object) -> dict[str, object]:
    """Answer ``{"resolve": ...}`` or ``{"build": ...}`` with ``{"result": ...}`` or ``{"error": ...}``.

    Any other exception than a :class:`LayerError` fails the invocation, so that Lambda counts it as an error.
    """
    try:
        result = _answer(event)
    except LayerError as error:
        # Not the message, which may quote requirement lines.
        logger.warning("refused", code=error.code)
        return {"error": error.to_mapping()}
    return {"result": result}


def _answer(event: object) -> dict[str, object]:
    request = request_of(event)
    ports = _ports()
    if isinstance(request, BuildRequest):
        built = build(request, ports)
        logger.info("built", archive_key=built.archive_key, seconds=dict(built.seconds))
        return built.to_mapping()
    from builder_lambda.pipeline.resolve import resolve  # a known build needs none of it

    resolved = resolve(request, ports)
    logger.info("resolved", target=str(request.target), lock_sha256=resolved.lock_sha256)
    return resolved.to_mapping()


@cache
def _ports() -> Ports:
    """Make the ports once per execution environment, so that a warm function keeps its S3 connection."""
    from builder_lambda.hosts.lambda_ports import lambda_ports

    return lambda_ports(os.environ)
