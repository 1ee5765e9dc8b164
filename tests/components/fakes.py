"""In-memory twins of what the dynamic resources talk to."""

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from builder_lambda import BuildRequest, BuildResult, LayerError, PackageSize, ResolveRequest, ResolveResult


def refusal(operation: str, code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # the members that are read
        operation,
    )


class FakeBuilder:
    """Resolves each requirement ``name==version`` to itself; remembers what it was asked."""

    def __init__(self, error: LayerError | None = None) -> None:
        self.error = error
        self.resolved: list[ResolveRequest] = []
        self.built: list[BuildRequest] = []

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        self.resolved.append(request)
        if self.error:
            raise self.error
        packages = dict(line.split("==") for line in request.requirements)
        return ResolveResult(lock_sha256=json.dumps(packages, sort_keys=True), packages=packages)

    def build(self, request: BuildRequest) -> BuildResult:
        self.built.append(request)
        if self.error:
            raise self.error
        packages: Mapping[str, str] = json.loads(request.lock_sha256 or "{}")
        return BuildResult(
            content_hash=f"content of {request.lock_sha256}",
            code_sha256="c29tZSBieXRlcw==",
            archive_key=f"archives/{request.name}/{len(self.built)}.zip",
            lock_sha256=request.lock_sha256,
            size_bytes=1000,
            unpacked_bytes=3000,
            packages={
                name: PackageSize(version=version, size_bytes=1000, unpacked_bytes=3000)
                for name, version in packages.items()
            },
            seconds={"total": 1.5},
            peak_memory_bytes=1,
        )


class FakeLayerPolicies:
    """The policy calls of Lambda for one layer version, with AWS's revision check and statement shapes."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.exists = True
        self.statements: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self._revisions = (f"revision-{number}" for number in itertools.count(1))
        self._revision = next(self._revisions)

    def get_layer_version(self, **_version: Any) -> dict[str, Any]:
        if not self.exists:
            raise refusal("GetLayerVersion", "ResourceNotFoundException", 404)
        return {"LayerVersionArn": self.arn}

    def get_layer_version_policy(self, **_version: Any) -> dict[str, Any]:
        if not self.statements:
            raise refusal("GetLayerVersionPolicy", "ResourceNotFoundException", 404)
        policy = {"Version": "2012-10-17", "Statement": list(self.statements.values())}
        return {"Policy": json.dumps(policy), "RevisionId": self._revision}

    def add_layer_version_permission(
        self,
        *,
        StatementId: str,  # noqa: N803 - AWS's names
        Action: str,  # noqa: N803
        Principal: str,  # noqa: N803
        OrganizationId: str | None = None,  # noqa: N803
        RevisionId: str | None = None,  # noqa: N803
        **_version: Any,
    ) -> dict[str, Any]:
        self._expect(RevisionId, "AddLayerVersionPermission")
        if StatementId in self.statements:
            raise refusal("AddLayerVersionPermission", "ResourceConflictException", 409)
        principal: Any = Principal if Principal == "*" else {"AWS": f"arn:aws:iam::{Principal}:root"}
        statement = {
            "Sid": StatementId,
            "Effect": "Allow",
            "Principal": principal,
            "Action": Action,
            "Resource": self.arn,
        }
        if OrganizationId:
            statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": OrganizationId}}
        self.statements[StatementId] = statement
        self.calls.append(f"+{StatementId}")
        self._revision = next(self._revisions)
        return {"RevisionId": self._revision}

    def remove_layer_version_permission(
        self,
        *,
        StatementId: str,  # noqa: N803
        RevisionId: str | None = None,  # noqa: N803
        **_version: Any,
    ) -> None:
        self._expect(RevisionId, "RemoveLayerVersionPermission")
        del self.statements[StatementId]
        self.calls.append(f"-{StatementId}")
        self._revision = next(self._revisions)

    def _expect(self, revision: str | None, operation: str) -> None:
        if revision is not None and revision != self._revision:
            raise refusal(operation, "PreconditionFailedException", 412)


class FakeInvocations:
    """A Lambda client whose answers are prepared: each a reply, or an error to raise."""

    def __init__(self, *answers: Mapping[str, Any] | BaseException | Callable[[], Any]) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> Any:
        self.calls.append(call)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer
