"""The entry point of a CodeBuild build. The request and the answer are objects of the archive bucket.

``python -m builder_lambda.hosts.codebuild_entry`` with the variables of the builder function (``ARCHIVE_BUCKET``), and
``REQUEST`` and ``ANSWER``: keys below the prefix of the store. A :class:`LayerError` is an answer. Any other exception
ends the program with a traceback, so that the build fails.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from builder_lambda.hosts.handler import handler
from builder_lambda.hosts.lambda_ports import lambda_ports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder_lambda.ports.ports import ArchiveStore


def main(environ: Mapping[str, str] = os.environ, store: ArchiveStore | None = None) -> None:
    """Answer the request that the variables name.

    :raises KeyError: if a variable is not set.
    :raises ValueError: if the request is not there.
    """
    store = store or lambda_ports(environ).store
    request = store.read_text(environ["REQUEST"])
    if request is None:
        raise ValueError(f"there is no request at {environ['REQUEST']}")
    store.write_text(environ["ANSWER"], json.dumps(handler(json.loads(request), None)))


if __name__ == "__main__":
    main()
