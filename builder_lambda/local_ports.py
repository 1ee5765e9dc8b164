"""The ports of a build in this process: a folder in place of S3, and this machine's index."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from builder_lambda.index_settings import IndexSettings
from builder_lambda.local_archives import LocalArchives
from builder_lambda.ports import Ports
from builder_lambda.process_memory import peak_memory_bytes
from builder_lambda.uv_resolver import UvResolver
from builder_lambda.wheel_index import HttpWheelIndex

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def local_ports(folder: Path, environ: Mapping[str, str] | None = None) -> Ports:
    """Return ports that keep archives, locks, results and uv's cache below ``folder``.

    :param environ: variables that name the index; those of this process if left out.
    """
    settings = IndexSettings.of(os.environ if environ is None else environ)
    return Ports(
        resolver=UvResolver(settings=settings, cache=folder / "uv-cache"),
        index=HttpWheelIndex(settings=settings),
        store=LocalArchives(folder),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
    )
