"""``aws:s3/bucketObjectv2:BucketObjectv2``."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from local_aws.provider import assets, wire
from local_aws.provider.errors import InvalidImportId, Problem, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits
from local_aws.provider.resources.s3_object import FILLED_IN, HEADERS, delete_object, passed_on, read_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_CONTENT = ("content", "contentBase64", "source")


class BucketObject(ResourceHandler):
    """An object that is uploaded from the machine of the program."""

    traits = Traits(
        module="s3.bucket_objectv2",
        name="BucketObjectv2",
        supported={
            "bucket",
            "content",
            "contentBase64",
            "etag",
            "forceDestroy",
            "key",
            "region",
            "source",
            "sourceHash",
            "tags",
            *HEADERS,
        },
        replaces_on={"bucket", "key", "region"},
        computed={"acl", "etag", *FILLED_IN},
        defaults={"forceDestroy": False},
        auto_name=AutoName(property="key", maximum_length=1024, has_suffix=False),
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield content that is given twice or is not base64."""
        yield from rules.is_exclusive(inputs, *_CONTENT)
        yield from rules.is_exclusive(inputs, "kmsKeyId", "etag")
        yield from rules.has_length(inputs, "key", 1, 1024)
        encoded = inputs.get("contentBase64")
        if isinstance(encoded, str) and encoded != wire.UNKNOWN:
            try:
                base64.b64decode(encoded, validate=True)
            except binascii.Error as error:
                yield Problem("contentBase64", f"is not base64: {error}")

    def recomputed(self, changed: Set[str], inputs: Props) -> Set[str]:  # noqa: ARG002 - the names are enough
        """Return the outputs that a new upload changes."""
        if changed <= {"forceDestroy", "tags"}:
            return frozenset()
        return {"etag", "versionId", *(name for name in self.traits.schema.outputs if name.startswith("checksumC"))}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Upload it."""
        self._upload(aws, inputs, "uploading S3 Object")
        return wire.text(inputs, "key")

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the object. The id of an import is ``<bucket>/<key>`` or ``s3://<bucket>/<key>``."""
        bucket, key = wire.text(known, "bucket"), identifier
        if not bucket:
            bucket, _, key = identifier.removeprefix("s3://").partition("/")
            if not bucket or not key:
                raise InvalidImportId(identifier, "<bucket>/<key> or s3://<bucket>/<key>")
        state = read_object(aws, bucket, key, known, f"reading S3 Object ({key})")
        return state and {**state, "id": key}

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Upload it again. If only its tags changed, tag it."""
        if changed - {"forceDestroy", "tags"}:
            self._upload(aws, inputs, "updating S3 Object")
        elif "tags" in changed:
            client, wanted = aws.s3(naming.region_of(aws, inputs)), tagging.wanted_tags(aws, inputs)
            with doing(f"updating S3 Object ({identifier}) tags"):
                client.put_object_tagging(
                    Bucket=wire.text(inputs, "bucket"),
                    Key=identifier,
                    Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in wanted.items()]},
                )

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove it with all its versions."""
        delete_object(aws, known, f"deleting S3 Bucket ({wire.text(known, 'bucket')}) Object ({identifier})")

    def _upload(self, aws: Aws, inputs: Props, doing_what: str) -> None:
        bucket, key = wire.text(inputs, "bucket"), wire.text(inputs, "key")
        arguments: dict[str, Any] = passed_on(inputs)
        tags = tagging.wanted_tags(aws, inputs)
        if tags:
            arguments["Tagging"] = urlencode(tags)
        with doing(f"{doing_what} ({key}) to Bucket ({bucket})"):
            aws.s3(naming.region_of(aws, inputs)).put_object(
                Bucket=bucket, Key=key, Body=self._content(inputs), **arguments
            )

    def _content(self, inputs: Props) -> bytes:
        if inputs.get("source") is not None:
            return assets.asset_bytes(inputs["source"])
        if inputs.get("contentBase64") is not None:
            return base64.b64decode(wire.text(inputs, "contentBase64"))
        return wire.text(inputs, "content").encode()
