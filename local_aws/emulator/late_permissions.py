"""Let policies of roles hold some seconds after they are written, as on AWS.

Source: IAM User Guide, "Changes that I make are not always immediately visible". Until then, the role has the rights
that it had before. The policy simulator sees each policy at once.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local_aws.emulator.ministack_modules import iam, iam_evaluator, responses

Role = tuple[str, str]
"""Account and name."""


@dataclass(frozen=True)
class Before:
    """The policies that a role had before a change, and until when they hold."""

    policies: list[Any]
    until: float


def install(seconds: float) -> None:
    """Delay each later change of an inline policy by ``seconds``. Zero changes nothing."""
    if not seconds:
        return
    before: dict[Role, Before] = {}
    for action in ("PutRolePolicy", "DeleteRolePolicy"):
        iam._IAM_HANDLERS[action] = _remembering(iam._IAM_HANDLERS[action], before, seconds)
    usual = iam_evaluator.resolve_principal

    def resolve_principal(*args: Any, **kwargs: Any) -> Any:
        found = usual(*args, **kwargs)
        if getattr(found, "type", None) != "AssumedRole":
            return found
        earlier = before.get((found.account, iam_evaluator._role_name_from_assumed_arn(found.arn)))
        is_early = earlier is not None and time.monotonic() < earlier.until
        return replace(found, policies=earlier.policies) if earlier and is_early else found

    iam_evaluator.resolve_principal = resolve_principal


def _remembering(
    handler: Callable[[Mapping[str, Any]], Any], before: dict[Role, Before], seconds: float
) -> Callable[[Mapping[str, Any]], Any]:
    """Return a handler that keeps what the role may do now. Changes within the delay begin it anew."""

    def handle(request: Mapping[str, Any]) -> Any:
        role = responses.get_account_id(), iam._p(request, "RoleName")
        kept, now = before.get(role), time.monotonic()
        held = kept.policies if kept and now < kept.until else iam_evaluator._gather_role_policies(role[1], role[0])
        answer = handler(request)
        before[role] = Before(held, now + seconds)
        return answer

    return handle
