"""PublishedVersions: the versions of one layer in one region, found by content and published once.

AWS has no idempotent publication: each ``PublishLayerVersion`` makes a version, also where its answer is lost. So each
publication that may have happened is looked for before the next attempt.
"""

from dataclasses import dataclass
from typing import Any

import tenacity
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from builder_lambda.contract.aws_errors import code_of
from builder_lambda.contract.targets import Target
from layer_deployment.version_descriptions import VersionDescription

_THROTTLED = ("TooManyRequestsException", "ThrottlingException", "Throttling")
_ATTEMPTS = 4
_SERVER_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class PublishedVersion:
    """One version."""

    arn: str
    code_sha256: str
    description: VersionDescription | None
    """``None`` if something else published it."""


def _may_have_worked(error: BaseException) -> bool:
    """Return whether a call may have done its work, or will do it later."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return code_of(error) in _THROTTLED or status >= _SERVER_ERROR
    return isinstance(error, (HTTPClientError, NotConnected))


class PublishedVersions:
    """The versions of a layer in a region.

    :param client: boto3 Lambda client of the region, which must not repeat calls by itself.
    """

    def __init__(self, client: Any, layer_name: str) -> None:
        self._client = client
        self._layer_name = layer_name

    def newest(self) -> tuple[VersionDescription | None, ...]:
        """Return what the newest versions say of themselves, newest first: one page of AWS's list."""
        return tuple(VersionDescription.parse(version.get("Description", "")) for version in self._listed())

    def find(self, description: VersionDescription, code_sha256: str) -> PublishedVersion | None:
        """Return the newest version of a content, if there is one.

        A version of the same owner was compared with its archive when it was published. One of another owner must have
        these very bytes.
        """
        for listed in self._listed():
            said = VersionDescription.parse(listed.get("Description", ""))
            if said is None or said.content_hash != description.content_hash:
                continue
            found = self.read(listed["LayerVersionArn"])
            if found and (said.owner == description.owner or found.code_sha256 == code_sha256):
                return found
        return None

    def read(self, arn: str) -> PublishedVersion | None:
        """Return a version, or ``None`` if it was deleted."""
        try:
            found = self._client.get_layer_version(LayerName=self._layer_name, VersionNumber=_number(arn))
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return None
        return _version(found)

    def publish(
        self, *, description: VersionDescription, bucket: str, key: str, code_sha256: str, target: Target
    ) -> PublishedVersion:
        """Publish an archive of this region, or return the version that a lost call has published."""

        def attempt() -> PublishedVersion:
            made = self._client.publish_layer_version(
                LayerName=self._layer_name,
                Description=str(description),
                Content={"S3Bucket": bucket, "S3Key": key},
                CompatibleRuntimes=[target.runtime],
                CompatibleArchitectures=[target.architecture],
            )
            return _version(made)

        def find_or_attempt() -> PublishedVersion:
            return self.find(description, code_sha256) or attempt()

        patient = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_have_worked),
            wait=tenacity.wait_random_exponential(multiplier=1, max=20),
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            reraise=True,
        )
        try:
            return attempt()
        except (ClientError, HTTPClientError, NotConnected) as error:
            if not _may_have_worked(error):
                raise
        tenacity.nap.sleep(1)
        return patient(find_or_attempt)

    def delete(self, arn: str) -> None:
        """Delete a version. One that is gone is no error (AWS: DeleteLayerVersion)."""
        self._client.delete_layer_version(LayerName=self._layer_name, VersionNumber=_number(arn))

    def _listed(self) -> list[dict[str, Any]]:
        versions: list[dict[str, Any]] = self._client.list_layer_versions(LayerName=self._layer_name)["LayerVersions"]
        return versions


def _number(arn: str) -> int:
    return int(arn.rpartition(":")[2])


def _version(answer: Any) -> PublishedVersion:
    return PublishedVersion(
        arn=answer["LayerVersionArn"],
        code_sha256=answer["Content"]["CodeSha256"],
        description=VersionDescription.parse(answer.get("Description", "")),
    )
