"""The source of a function's code or of a layer version's content: a bucket or an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import assets, wire
from local_aws.provider.errors import Problem
from local_aws.provider.resources import rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from local_aws.provider.wire import Props

SOURCES = frozenset({"code", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash"})
"""The inputs that give the source."""


def check_source(inputs: Props) -> Iterator[Problem]:
    """Yield a source that is missing, given twice, or incomplete."""
    if "code" in inputs:
        for name in ("s3Bucket", "s3Key", "s3ObjectVersion"):
            yield from rules.is_exclusive(inputs, "code", name)
        if assets.is_asset(inputs["code"]):
            yield Problem("code", "must be an archive, not a single file")
    elif "s3Bucket" not in inputs and "s3Key" not in inputs:
        yield Problem("code", "one of code or s3Bucket with s3Key must be specified")
    for name, other in (("s3Bucket", "s3Key"), ("s3Key", "s3Bucket"), ("s3ObjectVersion", "s3Key")):
        if name in inputs and other not in inputs and "code" not in inputs:
            yield Problem(name, f"all of s3Bucket, s3Key must be specified; {other} is missing")


def source(inputs: Props) -> dict[str, Any]:
    """Return the source with Lambda's names.

    :raises UnreadableAsset: if a file of the archive cannot be read.
    """
    if inputs.get("code") is not None:
        return {"ZipFile": assets.archive_zip(inputs["code"])}
    names = (("s3Bucket", "S3Bucket"), ("s3Key", "S3Key"), ("s3ObjectVersion", "S3ObjectVersion"))
    return {theirs: inputs[ours] for ours, theirs in names if inputs.get(ours)}


def source_code_hash(known: Props) -> str:
    """Return the output ``sourceCodeHash``: the program's value, or the engine's hash of the archive."""
    return assets.content_hash(known.get("code")) or wire.text(known, "sourceCodeHash")
