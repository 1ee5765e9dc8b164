"""``aws:s3/objectCopy:ObjectCopy``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from local_aws.provider import wire
from local_aws.provider.errors import NotImportable, Problem, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import ResourceHandler, Traits
from local_aws.provider.resources.s3_object import HEADERS, delete_object, passed_on, read_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props


class ObjectCopy(ResourceHandler):
    """An object that S3 copies from another one, also between regions. The bytes never leave AWS."""

    traits = Traits(
        module="s3.object_copy",
        name="ObjectCopy",
        supported={
            "bucket",
            "forceDestroy",
            "key",
            "metadataDirective",
            "region",
            "source",
            "taggingDirective",
            "tags",
            *HEADERS,
        },
        replaces_on={"bucket", "key", "region", "source"},
        # for a copy, S3 returns every property of the source
        computed={"acl", "customerAlgorithm", "customerKeyMd5", "kmsEncryptionContext", *HEADERS},
        defaults={"forceDestroy": False},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield a source that is not an object, and unknown directives."""
        source = inputs.get("source")
        if isinstance(source, str) and source != wire.UNKNOWN:
            bucket, _, key = source.removeprefix("/").partition("/")
            if not bucket or not key:
                yield Problem("source", f"{source!r} is not a source: it must have the form <bucket>/<key>")
        for name in ("bucket", "key"):
            yield from rules.has_length(inputs, name, 1, 1024)
        yield from rules.is_one_of(inputs, "metadataDirective", rules.enumeration("s3", "MetadataDirective"))
        yield from rules.is_one_of(inputs, "taggingDirective", rules.enumeration("s3", "TaggingDirective"))

    def create(self, aws: Aws, inputs: Props) -> str:
        """Copy the object."""
        self._copy(aws, inputs)
        return wire.text(inputs, "key")

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:  # noqa: ARG002 - its key
        """Return the copy. The real plugin cannot import one."""
        bucket, key = wire.text(known, "bucket"), wire.text(known, "key")
        if not bucket:
            raise NotImportable(self.traits.schema.token)
        state = read_object(aws, bucket, key, known, f"reading S3 Object ({key})")
        if state is None:
            return None
        with doing(f"reading S3 Object ({key})"):
            head = aws.s3(naming.region_of(aws, known)).head_object(Bucket=bucket, Key=key)
        return {
            **state,
            "expiration": head.get("Expiration", ""),
            "lastModified": head["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "requestCharged": False,
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:  # noqa: ARG002 - its key
        """Copy again, with the new properties."""
        if changed - {"forceDestroy"}:
            self._copy(aws, inputs)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove the copy with all its versions."""
        delete_object(aws, known, f"deleting S3 Bucket ({wire.text(known, 'bucket')}) Object ({identifier})")

    def _copy(self, aws: Aws, inputs: Props) -> None:
        bucket, key, source = (wire.text(inputs, name) for name in ("bucket", "key", "source"))
        source_bucket, _, source_key = source.removeprefix("/").partition("/")
        arguments: dict[str, Any] = passed_on(inputs)
        for ours, theirs in (("metadataDirective", "MetadataDirective"), ("taggingDirective", "TaggingDirective")):
            if inputs.get(ours):
                arguments[theirs] = inputs[ours]
        tags = tagging.wanted_tags(aws, inputs)
        if tags:
            arguments["Tagging"] = urlencode(tags)
        with doing(f"copying {source} to S3 Bucket ({bucket}) Object ({key})"):
            aws.s3(naming.region_of(aws, inputs)).copy_object(
                Bucket=bucket, Key=key, CopySource={"Bucket": source_bucket, "Key": source_key}, **arguments
            )
