"""``aws:lambda/layerVersionPermission:LayerVersionPermission``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, InvalidImportId, doing
from local_aws.provider.resources import naming, rules
from local_aws.provider.resources.handler import ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set
    from typing import Any

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Json, Props

_INPUTS = frozenset(
    {
        "action",
        "layerName",
        "organizationId",
        "principal",
        "region",
        "skipDestroy",
        "statementId",
        "versionNumber",
    }
)


class LayerVersionPermission(ResourceHandler):
    """One statement of a layer version's policy.

    Its id does not name the statement, and reading takes the first one of the policy: so does the real plugin
    (hashicorp/terraform-provider-aws issue 21917). Two on one version drift.
    """

    traits = Traits(
        module="lambda_.layer_version_permission",
        name="LayerVersionPermission",
        supported=_INPUTS,
        replaces_on=_INPUTS,
        defaults={"skipDestroy": False},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what Lambda refuses (Lambda API reference, AddLayerVersionPermission)."""
        yield from rules.is_one_of(inputs, "action", ("lambda:GetLayerVersion",))
        yield from rules.has_length(inputs, "statementId", 1, 100)
        yield from rules.matches(
            inputs, "statementId", r"[\w-]*", "may hold letters, digits, hyphens, underscores only"
        )
        yield from rules.matches(
            inputs,
            "principal",
            r"\d{12}|\*|arn:[\w-]+:iam::\d{12}:root",
            "is no principal: an account id, * or the ARN of an account's root",
        )
        yield from rules.matches(inputs, "organizationId", r"o-[a-z0-9]{10,32}", "is no organization id")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Add the statement. The id is ``<layer>,<version>``."""
        layer, version = wire.text(inputs, "layerName"), wire.number(inputs, "versionNumber")
        optional: dict[str, Any] = {}
        if inputs.get("organizationId"):
            optional["OrganizationId"] = inputs["organizationId"]
        with doing(f"adding Lambda Layer Version Permission (layer: {layer}, version: {version})"):
            aws.functions(naming.region_of(aws, inputs)).add_layer_version_permission(
                LayerName=layer,
                VersionNumber=version,
                StatementId=wire.text(inputs, "statementId"),
                Action=wire.text(inputs, "action"),
                Principal=wire.text(inputs, "principal"),
                **optional,
            )
        return f"{layer},{version}"

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the first statement of the version's policy."""
        layer, version = _parts(identifier)
        region = naming.region_of(aws, known)
        client = aws.functions(region)
        with doing(f"reading Lambda Layer Version Permission ({identifier})"):
            try:
                found = client.get_layer_version_policy(LayerName=layer, VersionNumber=version)
            except client.exceptions.ResourceNotFoundException:
                return None
        statements = json.loads(found["Policy"]).get("Statement", [])
        if not statements:
            return None
        first = statements[0]
        return {
            "action": first["Action"],
            "layerName": layer,
            "organizationId": first.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalOrgID", ""),
            "policy": found["Policy"],
            "principal": _principal(first, known),
            "region": region,
            "revisionId": found["RevisionId"],
            "statementId": first["Sid"],
            "versionNumber": version,
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Do nothing: every change replaces the statement."""

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove the statement, unless the program keeps it."""
        if wire.flag(known, "skipDestroy"):
            return
        layer, version = _parts(identifier)
        try:
            with doing(f"deleting Lambda Layer Version Permission ({identifier})"):
                aws.functions(naming.region_of(aws, known)).remove_layer_version_permission(
                    LayerName=layer, VersionNumber=version, StatementId=wire.text(known, "statementId")
                )
        except AwsCallFailed as error:
            if error.aws_code != "ResourceNotFoundException":
                raise


def _principal(statement: Mapping[str, Any], known: Props) -> Json:
    """Return the principal as in the program. AWS stores an account id as the ARN of its root."""
    principal = statement.get("Principal")
    found = principal.get("AWS") if isinstance(principal, dict) else principal
    given = wire.text(known, "principal")
    if isinstance(found, str) and not given.startswith("arn:") and found.endswith(":root"):
        return found.split(":")[4]
    plain: Json = found
    return plain


def _parts(identifier: str) -> tuple[str, int]:
    layer, _, version = identifier.rpartition(",")
    if not layer or not version.isdigit():
        raise InvalidImportId(identifier, "<layer name or ARN>,<version>")
    return layer, int(version)
