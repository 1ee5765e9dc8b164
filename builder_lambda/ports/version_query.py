"""What a resolver is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.ports.version_policy import KEEP_VERSIONS

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionQuery:
    """Asks which versions meet requirements for a target."""

    requirements: Requirements
    target: Target

    previous: Pylock | None = None
    """A lock whose versions are preferred, as far as the policy keeps them."""

    policy: VersionPolicy = KEEP_VERSIONS

    @property
    def preferred(self) -> Pylock | None:
        """The part of the previous lock whose versions are preferred, or ``None``."""
        return self.policy.kept_of(self.previous)
