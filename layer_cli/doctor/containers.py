"""Checks the container engine of this machine, found as the host ``container`` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError
from builder_lambda.hosts.container_engine import ContainerEngine
from layer_cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECK = "Docker or Podman"


def find_container_engine(
    *, is_needed: bool, find: Callable[[], ContainerEngine] = ContainerEngine.find
) -> tuple[Finding, ...]:
    """Return the finding on Docker or Podman."""
    try:
        engine = find()
    except LayerError as error:
        return (Finding.of_error(_CHECK, error, is_needed=is_needed),)
    return (Finding(check=_CHECK, status="ok", found=f"{engine.program}, runs {engine.architecture}"),)
