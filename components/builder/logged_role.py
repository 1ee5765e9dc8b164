"""LoggedRole: the role that functions or projects of one kind share, with a log group for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.targets import Target

Permissions = Callable[[Sequence[pulumi.Output[str]]], pulumi.Input[str]]
"""Returns the policy of a role for ARNs of its log groups."""


class LoggedRole:
    """A role, its policies, and the log groups that it may write. Children of the component that has them."""

    logs: Mapping[Target, aws.cloudwatch.LogGroup]

    arn: pulumi.Output[str]
    """ARN of the role."""

    permissions: aws.iam.RolePolicy
    """The first policy, which a function or a project needs from its start."""

    def __init__(
        self,
        stem: str,
        targets: Iterable[Target],
        *,
        trust: str,
        permissions: Permissions,
        more_permissions: Mapping[str, pulumi.Input[str]],
        region: str,
        log_retention_days: int,
        parent: pulumi.Resource,
    ) -> None:
        """Register them.

        :param stem: start of their resource names.
        :param trust: the trust policy of the role.
        :param more_permissions: further policies, by the end of their resource names.
        """
        child = pulumi.ResourceOptions(parent=parent)
        self.logs = {
            target: aws.cloudwatch.LogGroup(
                f"{stem}-{target.slug}-log", region=region, retention_in_days=log_retention_days, opts=child
            )
            for target in targets
        }
        role = aws.iam.Role(f"{stem}-role", assume_role_policy=trust, opts=child)
        documents = {"permissions": permissions([log.arn for log in self.logs.values()]), **more_permissions}
        policies = {
            end: aws.iam.RolePolicy(f"{stem}-role-{end}", role=role.name, policy=document, opts=child)
            for end, document in documents.items()
        }
        self.arn, self.permissions = role.arn, policies["permissions"]
        self._policies = [policy.id for policy in policies.values()]

    def with_rights(self, name: pulumi.Output[str]) -> pulumi.Output[str]:
        """Return the name of what has the role, known after all its policies.

        In a preview, what gets another policy is not known yet.
        """
        return pulumi.Output.all(name, *self._policies).apply(lambda known: str(known[0]))
