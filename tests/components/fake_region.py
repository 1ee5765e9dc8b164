"""One region of AWS in memory, as far as a replica uses it: layer versions, their policies, parameters, objects."""

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from components.dynamic.announced_version import AnnouncedVersion
from components.dynamic.layer_replica import LayerReplicaProvider
from components.dynamic.published_versions import PublishedVersions
from components.dynamic.regional_archive import RegionalArchive
from components.dynamic.version_policy import VersionPolicy
from tests.components.fakes import FakeLayerPolicies, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

LAYER = "web-python313-x86_64"
ARN = f"arn:aws:lambda:eu-west-1:111122223333:layer:{LAYER}"


def sha256_of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


class FakeRegion:
    """The clients of Lambda, SSM and S3 in one."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.versions: dict[int, dict[str, Any]] = {}
        self.policies: dict[int, FakeLayerPolicies] = {}
        self.parameters: dict[str, dict[str, Any]] = {}
        self.number = 0
        self.calls: list[str] = []
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}

    def fail(self, call: str, error: BaseException, *, times: int = 1, worked: bool = False) -> None:
        """Let a call fail: before it does its work, or after it if it ``worked``."""
        left = [error] * times

        def happen() -> None:
            if left:
                raise left.pop()

        (self.after if worked else self.before)[call] = happen

    def happen(self, call: str) -> None:
        self.calls.append(call)
        self.before.get(call, lambda: None)()

    def happened(self, call: str) -> None:
        self.after.get(call, lambda: None)()

    # S3

    def head_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803 - AWS's names
        if (Bucket, Key) not in self.objects:
            raise refusal("HeadObject", "404", 404)

    def copy_object(self, *, Bucket: str, Key: str, CopySource: dict[str, str]) -> None:  # noqa: N803
        self.happen("copy")
        self.objects[Bucket, Key] = self.objects[CopySource["Bucket"], CopySource["Key"]]

    # Lambda

    def list_layer_versions(self, *, LayerName: str) -> Any:  # noqa: N803
        self.happen("list")
        assert LayerName == LAYER
        newest_first = sorted(self.versions.items(), reverse=True)
        return {"LayerVersions": [{**version, "Version": number} for number, version in newest_first]}

    def get_layer_version(self, *, LayerName: str, VersionNumber: int) -> Any:  # noqa: N803
        assert LayerName == LAYER
        if VersionNumber not in self.versions:
            raise refusal("GetLayerVersion", "ResourceNotFoundException", 404)
        return self.versions[VersionNumber]

    def publish_layer_version(
        self,
        *,
        LayerName: str,  # noqa: N803
        Description: str,  # noqa: N803
        Content: dict[str, str],  # noqa: N803
        CompatibleRuntimes: list[str],  # noqa: N803
        CompatibleArchitectures: list[str],  # noqa: N803
    ) -> Any:
        self.happen("publish")
        assert (LayerName, CompatibleRuntimes, CompatibleArchitectures) == (LAYER, ["python3.13"], ["x86_64"])
        self.number += 1
        arn = f"{ARN}:{self.number}"
        content = self.objects[Content["S3Bucket"], Content["S3Key"]]
        version = {"LayerVersionArn": arn, "Description": Description, "Content": {"CodeSha256": sha256_of(content)}}
        self.versions[self.number] = version
        self.policies[self.number] = FakeLayerPolicies(arn)
        self.happened("publish")
        return version

    def delete_layer_version(self, *, LayerName: str, VersionNumber: int) -> None:  # noqa: N803
        self.happen("delete")
        assert LayerName == LAYER
        self.versions.pop(VersionNumber, None)
        if VersionNumber in self.policies:
            self.policies[VersionNumber].exists = False

    # SSM

    def get_parameter(self, *, Name: str) -> Any:  # noqa: N803
        if Name not in self.parameters:
            raise refusal("GetParameter", "ParameterNotFound", 400)
        return {"Parameter": {"Value": self.parameters[Name]["Value"]}}

    def list_tags_for_resource(self, *, ResourceType: str, ResourceId: str) -> Any:  # noqa: N803
        assert ResourceType == "Parameter"
        return {"TagList": self.parameters[ResourceId]["Tags"]}

    def put_parameter(self, *, Name: str, Value: str, Overwrite: bool = False, **more: Any) -> None:  # noqa: N803
        self.happen("announce")
        if Name in self.parameters and not Overwrite:
            raise refusal("PutParameter", "ParameterAlreadyExists", 400)
        if Overwrite and "Tags" in more:
            raise refusal("PutParameter", "ValidationException", 400)
        kept = self.parameters.get(Name, {"Tags": more.get("Tags", [])})
        self.parameters[Name] = {**kept, "Value": Value}
        self.happened("announce")

    def delete_parameter(self, *, Name: str) -> None:  # noqa: N803
        if Name not in self.parameters:
            raise refusal("DeleteParameter", "ParameterNotFound", 400)
        del self.parameters[Name]


class ProviderHere(LayerReplicaProvider):
    """The provider in one region in memory."""

    def __init__(self, region: FakeRegion) -> None:
        self.region = region

    def versions(self, props: Any, _config: Any = None) -> PublishedVersions:
        return PublishedVersions(self.region, props["layer_name"])

    def policy(self, _props: Any, arn: str) -> VersionPolicy:
        return VersionPolicy(self.region.policies[int(arn.rpartition(":")[2])], arn)

    def parameter(self, props: Any, _config: Any = None) -> AnnouncedVersion:
        return AnnouncedVersion(self.region, props["parameter"])

    def archive(self, props: Any) -> RegionalArchive:
        return RegionalArchive(
            client=self.region, home_bucket=props["home_bucket"], bucket=props["bucket"], key=props["archive_key"]
        )


def statements_of(region: FakeRegion, number: int) -> list[str]:
    policies = region.policies[number]
    return sorted(json.loads(json.dumps(policies.statements)))
