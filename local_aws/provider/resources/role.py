"""``aws:iam/role:Role``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import created, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from mypy_boto3_iam import IAMClient

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_PROPAGATION_SECONDS = 120.0


class Role(ResourceHandler):
    """A role. Its policies are separate resources."""

    traits = Traits(
        module="iam.role",
        name="Role",
        supported={
            "assumeRolePolicy",
            "description",
            "forceDetachPolicies",
            "maxSessionDuration",
            "name",
            "namePrefix",
            "path",
            "permissionsBoundary",
            "tags",
        },
        replaces_on={"name", "namePrefix", "path"},
        computed={"inlinePolicies", "managedPolicyArns"},
        defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
        auto_name=AutoName(property="name", maximum_length=64, prefix_property="namePrefix"),
        policies={"assumeRolePolicy"},
        is_regional=False,
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what IAM refuses (IAM API reference, CreateRole)."""
        yield from rules.has_length(inputs, "name", 1, 64)
        yield from rules.matches(inputs, "name", r"[\w+=,.@-]*", "may hold letters, digits and +=,.@_- only")
        yield from rules.has_length(inputs, "namePrefix", 0, 38)
        yield from rules.has_length(inputs, "description", 0, 1000)
        yield from rules.matches(inputs, "path", r"/|/[\x21-\x7e]+/", "is no path: it must begin and end with /")
        yield from rules.is_between(inputs, "maxSessionDuration", 3600, 43200)
        yield from rules.is_arn(inputs, "permissionsBoundary")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the role."""
        name = naming.given_or_prefixed(inputs, "name", "namePrefix")
        optional: dict[str, Any] = {
            theirs: inputs[ours]
            for ours, theirs in (("description", "Description"), ("permissionsBoundary", "PermissionsBoundary"))
            if inputs.get(ours)
        }
        tags = tagging.wanted_tags(aws, inputs)
        if tags:
            optional["Tags"] = tagging.as_list(tags)
        client = aws.iam()
        with doing(f"creating IAM Role ({name})"):
            aws.retried(
                lambda: client.create_role(
                    RoleName=name,
                    AssumeRolePolicyDocument=wire.text(inputs, "assumeRolePolicy"),
                    Path=wire.text(inputs, "path"),
                    MaxSessionDuration=wire.number(inputs, "maxSessionDuration"),
                    **optional,
                ),
                # a new principal may not be known everywhere yet
                lambda error: "Invalid principal in policy" in str(error),
                _PROPAGATION_SECONDS,
            )
        with created(name), doing(f"waiting for IAM Role ({name}) create"):
            client.get_waiter("role_exists").wait(RoleName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        return name

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the role."""
        client = aws.iam()
        with doing(f"reading IAM Role ({identifier})"):
            try:
                role = client.get_role(RoleName=identifier)["Role"]
            except client.exceptions.NoSuchEntityException:
                return None
        return {
            "arn": role["Arn"],
            "assumeRolePolicy": document_text(role.get("AssumeRolePolicyDocument")),
            "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "description": role.get("Description", ""),
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "name": role["RoleName"],
            "path": role["Path"],
            "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            "uniqueId": role["RoleId"],
            **tagging.tag_outputs(aws, {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}, known),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Change what differs, with one call for each property."""
        client = aws.iam()
        with doing(f"updating IAM Role ({identifier})"):
            if "assumeRolePolicy" in changed:
                client.update_assume_role_policy(
                    RoleName=identifier, PolicyDocument=wire.text(inputs, "assumeRolePolicy")
                )
            if changed & {"description", "maxSessionDuration"}:
                client.update_role(
                    RoleName=identifier,
                    Description=wire.text(inputs, "description"),
                    MaxSessionDuration=wire.number(inputs, "maxSessionDuration"),
                )
            if "permissionsBoundary" in changed:
                self._put_boundary(client, identifier, wire.text(inputs, "permissionsBoundary"))
            if "tags" in changed:
                wanted = tagging.wanted_tags(aws, inputs)
                found = {tag["Key"]: tag["Value"] for tag in client.list_role_tags(RoleName=identifier)["Tags"]}
                stale = tagging.stale_tags(found, wanted)
                if stale:
                    client.untag_role(RoleName=identifier, TagKeys=stale)
                if wanted:
                    tags: list[Any] = tagging.as_list(wanted)
                    client.tag_role(RoleName=identifier, Tags=tags)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Delete the role. With ``forceDetachPolicies``, remove its policies first."""
        client = aws.iam()
        with doing(f"deleting IAM Role ({identifier})"):
            try:
                for profile in client.list_instance_profiles_for_role(RoleName=identifier)["InstanceProfiles"]:
                    client.remove_role_from_instance_profile(
                        RoleName=identifier, InstanceProfileName=profile["InstanceProfileName"]
                    )
                if wire.flag(known, "forceDetachPolicies"):
                    self._detach_policies(client, identifier)
                client.delete_role(RoleName=identifier)
            except client.exceptions.NoSuchEntityException:
                return

    def _put_boundary(self, client: IAMClient, name: str, boundary: str) -> None:
        if boundary:
            client.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
        else:
            client.delete_role_permissions_boundary(RoleName=name)

    def _detach_policies(self, client: IAMClient, name: str) -> None:
        for attached in client.get_paginator("list_attached_role_policies").paginate(RoleName=name):
            for policy in attached["AttachedPolicies"]:
                client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for inline in client.get_paginator("list_role_policies").paginate(RoleName=name):
            for policy_name in inline["PolicyNames"]:
                client.delete_role_policy(RoleName=name, PolicyName=policy_name)


def document_text(document: object) -> str:
    """Return a policy as JSON text. botocore may have parsed it."""
    return document if isinstance(document, str) else json.dumps(document)
