"""Whom AWS takes us for, and whose policies decide. Pure."""

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
    """As ``sts:GetCallerIdentity`` tells it."""

    partition: str
    account: str
    role_name: str | None = None
    """Of an assumed role, whose ARN in STS lacks the path that its ARN in IAM has."""

    is_root: bool = False

    @classmethod
    def parse(cls, arn: str) -> Caller | None:
        """Return the caller of this ARN; ``None`` for one whose policies cannot be asked for (federated users)."""
        if found := _ASSUMED.fullmatch(arn):
            return cls(arn=arn, partition=found[1], account=found[2], role_name=found[3])
        if found := _ROOT.fullmatch(arn):
            return cls(arn=arn, partition=found[1], account=found[2], is_root=True)
        if found := _IDENTITY.fullmatch(arn):
            return cls(arn=arn, partition=found[1], account=found[2])
        return None

    @property
    def policy_source_arn(self) -> str:
        """The ARN that policies hang on, with no path for a role: AWS asks for the path where the role has one."""
        if self.role_name is None:
            return self.arn
        return f"arn:{self.partition}:iam::{self.account}:role/{self.role_name}"
