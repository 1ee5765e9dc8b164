"""VersionPolicy: the policy of one layer version, read and written as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from builder_lambda.errors.deployment import AwsRefused

from .statements import Statements, parse_policy

_ACTION = "lambda:GetLayerVersion"


@dataclass(frozen=True)
class _Found:
    statements: Statements
    revision_id: str | None


class VersionPolicy:
    """The policy of one layer version in AWS.

    :param client: boto3 Lambda client of the version's region.
    """

    def __init__(self, client: Any, layer_version_arn: str) -> None:
        self._client = client
        self._arn = layer_version_arn
        layer, _, version = layer_version_arn.rpartition(":")
        self._version = {"LayerName": layer, "VersionNumber": int(version)}

    def read(self) -> _Found | None:
        """Return the statements and the revision; ``None`` if the version is deleted."""
        try:
            answer = self._client.get_layer_version_policy(**self._version)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return _Found({}, None) if self._exists() else None
        return _Found(parse_policy(answer["Policy"]), answer["RevisionId"])

    def write(self, wanted: Statements) -> None:
        """Replace the statements. Each change names the revision that it is based on.

        :raises AwsRefused: if the version was deleted.
        """
        found = self.read()
        if found is None:
            raise AwsRefused(action=f"granting {self._arn}", region=self._arn.split(":")[3], detail="it was deleted")
        revision = found.revision_id
        for sid in sorted(found.statements):
            if wanted.get(sid) != found.statements[sid]:
                self._client.remove_layer_version_permission(**self._version, StatementId=sid, **_on(revision))
                revision = self._revision()
        for sid in sorted(wanted):
            if wanted[sid] != found.statements.get(sid):
                revision = self._add(sid, wanted[sid], revision)

    def _add(self, sid: str, statement: Mapping[str, str], revision: str | None) -> str:
        organization = statement.get("organization_id")
        answer = self._client.add_layer_version_permission(
            **self._version,
            StatementId=sid,
            Action=_ACTION,
            Principal=statement["principal"],
            **({"OrganizationId": organization} if organization else {}),
            **_on(revision),
        )
        return str(answer["RevisionId"])

    def _revision(self) -> str | None:
        found = self.read()
        return found.revision_id if found else None

    def _exists(self) -> bool:
        try:
            self._client.get_layer_version(**self._version)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return False
        return True


def _on(revision: str | None) -> dict[str, str]:
    return {"RevisionId": revision} if revision else {}
