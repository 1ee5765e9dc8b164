"""BuilderCode: the deployment package of the builder, as objects in the archive bucket."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.contract.targets import Target
from builder_lambda.hosts.function_archive import build_function_archive

from ..engine.run_error import as_run_error
from ..hosts.hosts import CACHE
from .archive_bucket import ArchiveBucket

CODE_KEYS = f"{PREFIX}builder/"
"""Start of the keys of deployment packages."""


class BuilderCode:
    """The deployment package of the builder. Runtimes with equal packages share one object of the archive bucket."""

    def __init__(self, name: str, *, home: ArchiveBucket, given: Path | None, parent: pulumi.Resource) -> None:
        """Prepare the objects; :meth:`key` registers them.

        :param name: name of the component. Names of objects start with it.
        :param given: a deployment package that replaces the one made from this Python package.
        """
        self._name, self._home, self._given, self._parent = name, home, given, parent
        self._objects: dict[str, aws.s3.BucketObjectv2] = {}

    def key(self, target: Target) -> pulumi.Output[str]:
        """Return the key of the deployment package for a target, and register its object if necessary."""
        with as_run_error():
            path = self._given or build_function_archive(target, CACHE).path
        key = f"{CODE_KEYS}{path.name}"
        if key not in self._objects:
            number = f"-{len(self._objects)}" if self._objects else ""
            self._objects[key] = aws.s3.BucketObjectv2(
                f"{self._name}-code{number}",
                bucket=self._home.bucket,
                key=key,
                source=pulumi.FileAsset(str(path)),
                region=self._home.region,
                opts=pulumi.ResourceOptions(parent=self._parent),
            )
        return self._objects[key].key
