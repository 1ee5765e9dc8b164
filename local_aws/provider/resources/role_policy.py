"""``aws:iam/rolePolicy:RolePolicy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import InvalidImportId, doing
from local_aws.provider.resources import naming, rules
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits
from local_aws.provider.resources.role import document_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props


class RolePolicy(ResourceHandler):
    """An inline policy of a role."""

    traits = Traits(
        module="iam.role_policy",
        name="RolePolicy",
        supported={"name", "namePrefix", "policy", "role"},
        replaces_on={"name", "namePrefix", "role"},
        auto_name=AutoName(property="name", maximum_length=128, prefix_property="namePrefix"),
        policies={"policy"},
        is_regional=False,
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield a name that IAM refuses."""
        yield from rules.has_length(inputs, "name", 1, 128)
        yield from rules.matches(inputs, "name", r"[\w+=,.@-]*", "may hold letters, digits and +=,.@_- only")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the policy into the role. The id is ``<role>:<policy>``."""
        role, name = wire.text(inputs, "role"), naming.given_or_prefixed(inputs, "name", "namePrefix")
        with doing(f"putting IAM Role ({role}) Policy ({name})"):
            aws.iam().put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=wire.text(inputs, "policy"))
        return f"{role}:{name}"

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:  # noqa: ARG002 - IAM returns all of it
        """Return the policy."""
        role, name = _parts(identifier)
        client = aws.iam()
        with doing(f"reading IAM Role Policy ({identifier})"):
            try:
                found = client.get_role_policy(RoleName=role, PolicyName=name)
            except client.exceptions.NoSuchEntityException:
                return None
        return {"name": name, "policy": document_text(found["PolicyDocument"]), "role": role}

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:  # noqa: ARG002 - it is one text
        """Put the policy again."""
        role, name = _parts(identifier)
        with doing(f"putting IAM Role ({role}) Policy ({name})"):
            aws.iam().put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=wire.text(inputs, "policy"))

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:  # noqa: ARG002 - the id is enough
        """Delete the policy from the role."""
        role, name = _parts(identifier)
        client = aws.iam()
        with doing(f"deleting IAM Role Policy ({identifier})"):
            try:
                client.delete_role_policy(RoleName=role, PolicyName=name)
            except client.exceptions.NoSuchEntityException:
                return


def _parts(identifier: str) -> tuple[str, str]:
    role, _, name = identifier.partition(":")
    if not role or not name:
        raise InvalidImportId(identifier, "<role>:<policy>")
    return role, name
