"""``aws:iam/rolePolicyAttachment:RolePolicyAttachment``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import InvalidImportId, doing
from local_aws.provider.resources import rules
from local_aws.provider.resources.handler import ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props


class RolePolicyAttachment(ResourceHandler):
    """A managed policy of a role."""

    traits = Traits(
        module="iam.role_policy_attachment",
        name="RolePolicyAttachment",
        supported={"policyArn", "role"},
        replaces_on={"policyArn", "role"},
        is_regional=False,
        deletes_before_replace=True,  # else the deletion would detach the new policy
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield a policy that is not an ARN."""
        yield from rules.is_arn(inputs, "policyArn")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Attach the policy. The id is ``<role>/<policy ARN>``."""
        role, policy = wire.text(inputs, "role"), wire.text(inputs, "policyArn")
        with doing(f"attaching IAM Policy ({policy}) to IAM Role ({role})"):
            aws.iam().attach_role_policy(RoleName=role, PolicyArn=policy)
        return f"{role}/{policy}"

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:  # noqa: ARG002 - the id has all of it
        """Return the attachment."""
        role, policy = _parts(identifier)
        client = aws.iam()
        with doing(f"reading IAM Role ({role}) Policy Attachment ({policy})"):
            try:
                pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=role)
                attached = {item["PolicyArn"] for page in pages for item in page["AttachedPolicies"]}
            except client.exceptions.NoSuchEntityException:
                return None
        return {"policyArn": policy, "role": role} if policy in attached else None

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Do nothing: every change replaces the attachment."""

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:  # noqa: ARG002 - the id is enough
        """Detach the policy."""
        role, policy = _parts(identifier)
        client = aws.iam()
        with doing(f"detaching IAM Policy ({policy}) from IAM Role ({role})"):
            try:
                client.detach_role_policy(RoleName=role, PolicyArn=policy)
            except client.exceptions.NoSuchEntityException:
                return


def _parts(identifier: str) -> tuple[str, str]:
    role, _, policy = identifier.partition("/")
    if not role or not policy.startswith("arn:"):
        raise InvalidImportId(identifier, "<role>/<policy ARN>")
    return role, policy
