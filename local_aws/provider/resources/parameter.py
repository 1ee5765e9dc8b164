"""``aws:ssm/parameter:Parameter``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, Problem, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_OPTIONAL = {
    "allowedPattern": "AllowedPattern",
    "dataType": "DataType",
    "description": "Description",
    "keyId": "KeyId",
    "tier": "Tier",
}
_STANDARD_BYTES, _ADVANCED_BYTES = 4096, 8192


class Parameter(ResourceHandler):
    """A parameter in the SSM Parameter Store."""

    traits = Traits(
        module="ssm.parameter",
        name="Parameter",
        supported={"insecureValue", "name", "overwrite", "region", "tags", "type", "value", *_OPTIONAL},
        replaces_on={"name", "region"},
        computed={"arn", "dataType", "insecureValue", "keyId", "tier", "value"},
        auto_name=AutoName(property="name", maximum_length=2048),
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what SSM refuses (SSM API reference, PutParameter)."""
        yield from rules.has_length(inputs, "name", 1, 2048)
        yield from rules.matches(
            inputs, "name", r"(?i:(?!/?(aws|ssm))[\w./-]*)", "is no parameter name: letters, digits and ._-/ only"
        )
        yield from rules.is_one_of(inputs, "type", rules.enumeration("ssm", "ParameterType"))
        yield from rules.is_one_of(inputs, "tier", rules.enumeration("ssm", "ParameterTier"))
        yield from rules.has_length(inputs, "description", 0, 1024)
        yield from rules.is_exclusive(inputs, "value", "insecureValue")
        if "value" not in inputs and "insecureValue" not in inputs:
            yield Problem("value", "one of insecureValue, value must be specified")
        if inputs.get("type") == "SecureString" and "insecureValue" in inputs:
            yield Problem("insecureValue", "cannot be used with the type SecureString")
        limit = _STANDARD_BYTES if inputs.get("tier", "Standard") == "Standard" else _ADVANCED_BYTES
        if len(_value(inputs).encode()) > limit:
            yield Problem("value", f"is longer than the {limit} bytes that the tier holds")

    def recomputed(self, changed: Set[str], inputs: Props) -> Set[str]:  # noqa: ARG002 - the names are enough
        """Return the version if a new one is written."""
        return {"version"} if changed - {"tags", "overwrite"} else frozenset()

    def create(self, aws: Aws, inputs: Props) -> str:
        """Write the parameter. Overwrite an existing one only if the program permits it."""
        name = wire.text(inputs, "name")
        tags = tagging.wanted_tags(aws, inputs)
        overwrites = wire.flag(inputs, "overwrite")
        # SSM accepts tags only if it does not overwrite
        optional: dict[str, Any] = {"Tags": tagging.as_list(tags)} if tags and not overwrites else {}
        with doing(f"creating SSM Parameter ({name})"):
            self._put(aws, inputs, overwrites=overwrites, **optional)
            if tags and overwrites:
                self._put_tags(aws, name, inputs)
        return name

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the parameter with its decrypted value."""
        region = naming.region_of(aws, known)
        client = aws.ssm(region)
        with doing(f"reading SSM Parameter ({identifier})"):
            try:
                found = client.get_parameter(Name=identifier, WithDecryption=True)["Parameter"]
            except client.exceptions.ParameterNotFound:
                return None
            described = client.describe_parameters(
                ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [identifier]}]
            )["Parameters"]
            tags = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=identifier)["TagList"]
        details = described[0] if described else {}
        is_insecure = "insecureValue" in known
        return {
            "allowedPattern": details.get("AllowedPattern", ""),
            "arn": found["ARN"],
            "dataType": found.get("DataType", "text"),
            "description": details.get("Description", ""),
            "hasValueWo": False,
            "insecureValue": found["Value"] if is_insecure else None,
            "keyId": details.get("KeyId", ""),
            "name": found["Name"],
            "region": region,
            "tier": details.get("Tier", "Standard"),
            "type": found["Type"],
            "value": None if is_insecure else found["Value"],
            "version": found["Version"],
            **tagging.tag_outputs(aws, {tag["Key"]: tag["Value"] for tag in tags}, known),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Write a new version. If only the tags changed, tag it."""
        with doing(f"updating SSM Parameter ({identifier})"):
            if changed - {"tags", "overwrite"}:
                self._put(aws, inputs, overwrites=True)
            if "tags" in changed:
                self._put_tags(aws, identifier, inputs)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove the parameter."""
        try:
            with doing(f"deleting SSM Parameter ({identifier})"):
                aws.ssm(naming.region_of(aws, known)).delete_parameter(Name=identifier)
        except AwsCallFailed as error:
            if error.aws_code != "ParameterNotFound":
                raise

    def _put(self, aws: Aws, inputs: Props, *, overwrites: bool, **optional: Any) -> None:
        kind: Any = wire.text(inputs, "type")
        given: dict[str, Any] = {theirs: inputs[ours] for ours, theirs in _OPTIONAL.items() if inputs.get(ours)}
        aws.ssm(naming.region_of(aws, inputs)).put_parameter(
            Name=wire.text(inputs, "name"),
            Value=_value(inputs),
            Type=kind,
            Overwrite=overwrites,
            **given,
            **optional,
        )

    def _put_tags(self, aws: Aws, name: str, inputs: Props) -> None:
        client = aws.ssm(naming.region_of(aws, inputs))
        wanted = tagging.wanted_tags(aws, inputs)
        found = client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        stale = tagging.stale_tags((tag["Key"] for tag in found), wanted)
        if stale:
            client.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=stale)
        if wanted:
            tags: list[Any] = tagging.as_list(wanted)
            client.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags)


def _value(inputs: Props) -> str:
    return wire.text(inputs, "value") or wire.text(inputs, "insecureValue")
