"""The entry point of a source build in CodeBuild. It runs code of a package, with the compiler of the build image.

``python -m builder_lambda.hosts.codebuild_source_entry`` with ``ARCHIVE_BUCKET``, ``ARCHIVE_PREFIX`` and the id of the
build (``sdists/codebuild_builder.py``).
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from builder_lambda.contract.store_keys import PREFIX, source_build_key
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.hosts.source_entry import answer
from builder_lambda.ports.source_build import SourceDistribution
from builder_lambda.sdists.codebuild_builder import ANSWER, BUILD, REQUEST, SDIST, WHEEL
from builder_lambda.sdists.on_demand import WheelBuilderOnDemand
from builder_lambda.stores.s3 import S3Archives

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder_lambda.ports.ports import ArchiveStore


def main(environ: Mapping[str, str] = os.environ, store: ArchiveStore | None = None) -> None:
    """Build the wheel that the variables name, and store the answer.

    :raises KeyError: if a variable is not set.
    :raises ValueError: if the request is not there.
    """
    store = store or S3Archives(
        client=boto3.client("s3"), bucket=environ["ARCHIVE_BUCKET"], prefix=environ.get("ARCHIVE_PREFIX", PREFIX)
    )
    store.write_text(source_build_key(environ[BUILD], ANSWER), json.dumps(_answer(environ, store)))


def _answer(environ: Mapping[str, str], store: ArchiveStore) -> dict[str, object]:
    build = environ[BUILD]
    request, content = (
        store.read_text(source_build_key(build, REQUEST)),
        store.read_bytes(source_build_key(build, SDIST)),
    )
    if request is None or content is None:
        raise ValueError(f"there is no request of the build {build}")
    source = SourceDistribution.from_mapping(json.loads(request))
    digest = hashlib.sha256(content).hexdigest()
    if digest != source.sha256:
        mismatch = WheelHashMismatch(filename=source.filename, expected=(source.sha256,), actual=digest)
        return {"error": mismatch.to_mapping()}
    with tempfile.TemporaryDirectory() as folder:
        builder = WheelBuilderOnDemand(Path(folder), {**environ, "HOME": folder}, "system")
        return answer(
            builder, source, content, lambda wheel: store.write_bytes(source_build_key(build, WHEEL), wheel.content)
        )


if __name__ == "__main__":
    main()
