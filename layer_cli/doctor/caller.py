"""The identity of the credentials, and the role or user whose policies apply. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASSUMED = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/.+")
_IDENTITY = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):(user|role)/(.+)")
_ROOT = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):root")


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """The identity behind some credentials."""

    arn: str
    """As ``sts:GetCallerIdentity`` returns it."""

    partition: str
    account: str
    role_name: str | None = None
    """Of an assumed role. Its ARN in STS lacks the path of its ARN in IAM."""

    is_root: bool = False

    @classmethod
    def parse(cls, arn: str) -> Caller | None:
        """Return the caller of an ARN, or ``None`` if its policies cannot be simulated, as for federated users."""
        if found := _ASSUMED.fullmatch(arn):
            return cls(arn=arn, partition=found[1], account=found[2], role_name=found[3])
        if found := _ROOT.fullmatch(arn):
            return cls(arn=arn, partition=found[1], account=found[2], is_root=True)
        if found := _IDENTITY.fullmatch(arn):
            return cls(arn=arn, partition=found[1], account=found[2])
        return None

    @property
    def policy_source_arn(self) -> str:
        """The ARN of the user or role that has the policies. The path of a role is missing, though AWS requires it."""
        if self.role_name is None:
            return self.arn
        return f"arn:{self.partition}:iam::{self.account}:role/{self.role_name}"
