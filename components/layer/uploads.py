"""Uploads: the objects of the archive bucket that a build reads.

Each object is named by its content, so layers can share it. It is therefore deleted with the bucket only.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pulumi
import pulumi_aws as aws

from builder_lambda.code.modules import PackedModule
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.store_keys import PREFIX, lock_key
from builder_lambda.locks.given import GivenLock
from builder_lambda.requirements.local_wheels import LocalWheel

from ..builder.archive_bucket import ArchiveBucket

_CACHE = Path(platformdirs.user_cache_dir("python-layers")) / "modules"


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """Registers objects of the home bucket."""

    name: str
    """Start of their resource names."""

    home: ArchiveBucket
    parent: pulumi.Resource

    def code(self, code: PackedCode) -> pulumi.Resource:
        """Register the code of a function."""
        return self._object("code", code.key, _cached(code))

    def modules(self, modules: Iterable[PackedModule]) -> list[pulumi.Resource]:
        """Register your own modules."""
        return [self._object(f"module-{each.source.name}", each.code.key, _cached(each.code)) for each in modules]

    def wheels(self, wheels: Iterable[LocalWheel]) -> list[pulumi.Resource]:
        """Register wheels that are files of this machine."""
        return [self._object(f"wheel-{each.filename}", each.key, pulumi.FileAsset(str(each.file))) for each in wheels]

    def lock(self, lock: GivenLock | None) -> list[pulumi.Resource]:
        """Register a given lock and the wheels beside it; nothing for ``None``."""
        if lock is None:
            return []
        text = self._object("lock", lock_key(lock.lock_sha256), pulumi.StringAsset(lock.text))
        return [text, *self.wheels(lock.local_wheels)]

    def _object(self, end: str, key: str, asset: pulumi.Asset) -> aws.s3.BucketObjectv2:
        return aws.s3.BucketObjectv2(
            f"{self.name}-{end}",
            bucket=self.home.bucket,
            key=f"{PREFIX}{key}",
            source=asset,
            region=self.home.region,
            opts=pulumi.ResourceOptions(parent=self.parent, retain_on_delete=True),
        )


def _cached(code: PackedCode) -> pulumi.Asset:
    """Return the zip as a file. It is compressed once, and stays after the program ends."""
    path = _CACHE / f"{code.sha256}.zip"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")  # an interrupted run leaves no incomplete zip
        part.write_bytes(code.zipped())
        part.replace(path)
    return pulumi.FileAsset(str(path))
