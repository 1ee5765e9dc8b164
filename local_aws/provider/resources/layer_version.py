"""``aws:lambda/layerVersion:LayerVersion``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, InvalidImportId, doing
from local_aws.provider.resources import lambda_code, naming, rules
from local_aws.provider.resources.handler import ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_VERSION_ARN = re.compile(r"arn:[\w-]+:lambda:[a-z0-9-]+:\d{12}:layer:(?P<name>[\w-]+):(?P<version>\d+)")

_INPUTS = frozenset(
    {
        "compatibleArchitectures",
        "compatibleRuntimes",
        "description",
        "layerName",
        "licenseInfo",
        "region",
        "skipDestroy",
        *lambda_code.SOURCES,
    }
)


class LayerVersion(ResourceHandler):
    """A version of a layer. Versions never change, so every change publishes another one."""

    traits = Traits(
        module="lambda_.layer_version",
        name="LayerVersion",
        supported=_INPUTS,
        replaces_on=_INPUTS,
        computed={"sourceCodeHash"},
        defaults={"skipDestroy": False},
        sets={"compatibleArchitectures", "compatibleRuntimes"},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what Lambda refuses (Lambda API reference, PublishLayerVersion)."""
        yield from lambda_code.check_source(inputs)
        yield from rules.matches(
            inputs,
            "layerName",
            r"[a-zA-Z0-9-_]{1,140}|arn:[\w-]+:lambda:[a-z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+",
            "is no layer name: 1 to 140 letters, digits, hyphens and underscores, or the ARN of a layer",
        )
        yield from rules.has_length(inputs, "description", 0, 256)
        yield from rules.has_length(inputs, "licenseInfo", 0, 512)
        yield from rules.has_items(inputs, "compatibleRuntimes", 15)
        yield from rules.has_items(inputs, "compatibleArchitectures", 2)
        yield from rules.is_one_of(inputs, "compatibleRuntimes", rules.enumeration("lambda", "Runtime"))
        yield from rules.is_one_of(inputs, "compatibleArchitectures", rules.enumeration("lambda", "Architecture"))

    def create(self, aws: Aws, inputs: Props) -> str:
        """Publish the version. Its ARN is the id.

        Publishing is not idempotent: as with the real plugin, a retry of the SDK's after a lost reply makes two.
        """
        name = wire.text(inputs, "layerName")
        optional: dict[str, Any] = {
            theirs: sorted(wire.texts(inputs, ours))
            for ours, theirs in (
                ("compatibleArchitectures", "CompatibleArchitectures"),
                ("compatibleRuntimes", "CompatibleRuntimes"),
            )
            if wire.texts(inputs, ours)
        }
        content: Any = lambda_code.source(inputs)
        with doing(f"publishing Lambda Layer ({name}) Version"):
            reply = aws.functions(naming.region_of(aws, inputs)).publish_layer_version(
                LayerName=name,
                Content=content,
                Description=wire.text(inputs, "description"),
                LicenseInfo=wire.text(inputs, "licenseInfo"),
                **optional,
            )
        return reply["LayerVersionArn"]

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the version."""
        name, version = _parts(identifier)
        region = wire.text(known, "region") or identifier.split(":")[3]
        client = aws.functions(region)
        with doing(f"reading Lambda Layer Version ({identifier})"):
            try:
                found = client.get_layer_version(LayerName=name, VersionNumber=version)
            except client.exceptions.ResourceNotFoundException:
                return None
        content = found["Content"]
        return {
            "arn": found["LayerVersionArn"],
            "codeSha256": content["CodeSha256"],
            "compatibleArchitectures": [*found.get("CompatibleArchitectures", [])],
            "compatibleRuntimes": [*found.get("CompatibleRuntimes", [])],
            "createdDate": found["CreatedDate"],
            "description": found.get("Description", ""),
            "layerArn": found["LayerArn"],
            "layerName": wire.text(known, "layerName") or name,
            "licenseInfo": found.get("LicenseInfo", ""),
            "region": region,
            "signingJobArn": content.get("SigningJobArn", ""),
            "signingProfileVersionArn": content.get("SigningProfileVersionArn", ""),
            "sourceCodeHash": lambda_code.source_code_hash(known),
            "sourceCodeSize": content["CodeSize"],
            "version": str(version),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Do nothing: every change publishes another version."""

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Delete the version, unless the program keeps it. Functions that use it continue to work."""
        if wire.flag(known, "skipDestroy"):
            return
        name, version = _parts(identifier)
        try:
            with doing(f"deleting Lambda Layer Version ({identifier})"):
                aws.functions(naming.region_of(aws, known)).delete_layer_version(LayerName=name, VersionNumber=version)
        except AwsCallFailed as error:
            if error.aws_code != "ResourceNotFoundException":
                raise


def _parts(identifier: str) -> tuple[str, int]:
    """Return the layer's name and the number of a layer version ARN."""
    match = _VERSION_ARN.fullmatch(identifier)
    if match is None:
        raise InvalidImportId(identifier, "of a layer version ARN")
    return match["name"], int(match["version"])
