"""AnnouncedVersion: the SSM parameter that holds the ARN of the newest version of a layer in one region."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from builder_lambda.contract.aws_errors import code_of

OWNER_TAG = "python-layers:owner"
"""Tag with the stack that owns a parameter."""

_MISSING = "ParameterNotFound"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What a parameter says."""

    layer_version_arn: str
    owner: str | None
    """``None`` if it was not made by this product."""


class AnnouncedVersion:
    """One parameter.

    :param client: boto3 SSM client of the region.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def value(self) -> str | None:
        """Return the ARN, or ``None`` if there is no parameter."""
        try:
            return str(self._client.get_parameter(Name=self._name)["Parameter"]["Value"])
        except ClientError as error:
            if code_of(error) != _MISSING:
                raise
            return None

    def read(self) -> Announcement | None:
        """Return the ARN and the owner, or ``None`` if there is no parameter."""
        arn = self.value()
        if arn is None:
            return None
        tags = self._client.list_tags_for_resource(ResourceType="Parameter", ResourceId=self._name)["TagList"]
        owner = next((tag["Value"] for tag in tags if tag["Key"] == OWNER_TAG), None)
        return Announcement(layer_version_arn=arn, owner=owner)

    def write(self, arn: str, *, layer_name: str, owner: str) -> None:
        """Let the parameter hold an ARN. A new one gets a tag with its owner (AWS: PutParameter, "Tags")."""
        told = {"Name": self._name, "Value": arn, "Type": "String"}
        told["Description"] = f"Newest layer version of {layer_name}"
        found = self.value()
        if found == arn:
            return
        if found is None:
            self._client.put_parameter(**told, Tags=[{"Key": OWNER_TAG, "Value": owner}])
        else:
            self._client.put_parameter(**told, Overwrite=True)

    def delete(self) -> None:
        """Delete the parameter. One that is gone is no error."""
        try:
            self._client.delete_parameter(Name=self._name)
        except ClientError as error:
            if code_of(error) != _MISSING:
                raise
