"""The errors of the stand-in and of its AWS calls, each with a stable code."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One problem with a resource's inputs: the property and the reason."""

    path: str
    reason: str


class ProviderError(Exception):
    """An error that stops an operation. Its text is for the user of ``pulumi``."""

    code: ClassVar[str] = "provider-error"


class UnsupportedType(ProviderError):
    """The program uses a resource type or a function that the stand-in does not have."""

    code = "unsupported-type"

    def __init__(self, token: str, supported: Iterable[str]) -> None:
        self.token = token
        self.supported = tuple(sorted(supported))
        super().__init__(
            f"{token!r} is not supported by this stand-in for pulumi-resource-aws, which only serves the embedded "
            f"AWS. It supports {', '.join(self.supported)}. For anything else, deploy to a real account, which "
            "uses the real plugin."
        )


class InvalidConfiguration(ProviderError):
    """The provider's configuration is invalid."""

    code = "invalid-provider-configuration"


class NotEmulated(ProviderError):
    """No endpoint of the embedded AWS is configured for a service, so a call would leave this machine."""

    code = "no-emulator-endpoint"

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(
            f"no endpoint for the service {service!r}: this stand-in for pulumi-resource-aws only calls the "
            "embedded AWS. Set its URL in aws:endpoints of the stack's config, or in AWS_ENDPOINT_URL."
        )


class NotImportable(ProviderError):
    """The real plugin cannot import resources of the type."""

    code = "not-importable"

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(f"resources of type {token} cannot be imported")


class InvalidImportId(ProviderError):
    """An id for ``pulumi import`` does not have the form of the type."""

    code = "invalid-import-id"

    def __init__(self, identifier: str, form: str) -> None:
        self.identifier = identifier
        self.form = form
        super().__init__(f"cannot import {identifier!r}: the id must have the form {form}")


class AwsCallFailed(ProviderError):
    """A call to AWS failed, or an operation that it started failed."""

    code = "aws-call-failed"

    def __init__(self, doing: str, cause: str, aws_code: str = "") -> None:
        self.doing = doing
        self.aws_code = aws_code
        super().__init__(f"{doing}: {cause}")


class Cancelled(ProviderError):
    """The engine asked to stop while the stand-in was waiting for AWS."""

    code = "cancelled"

    def __init__(self) -> None:
        super().__init__("the operation was cancelled while waiting for AWS; run pulumi refresh before the next update")


class PartiallyCreated(ProviderError):
    """The resource exists, but a later step failed. The engine keeps it and repairs it in the next deployment."""

    code = "partially-created"

    def __init__(self, identifier: str, cause: ProviderError) -> None:
        self.identifier = identifier
        super().__init__(str(cause))


def aws_code(error: Exception) -> str:
    """Return AWS's code of an error, such as ``AccessDeniedException``, or an empty string for any other error."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Give failed AWS calls the message of the real plugin: ``creating Lambda Function (name): Code: message``.

    :raises AwsCallFailed: in place of botocore's errors.
    """
    try:
        yield
    except ClientError as error:
        code = aws_code(error)
        message = error.response.get("Error", {}).get("Message", "")
        raise AwsCallFailed(what, f"{code}: {message}", code) from error
    except WaiterError as error:
        raise AwsCallFailed(what, _waiter_reason(error)) from error
    except BotoCoreError as error:
        raise AwsCallFailed(what, str(error)) from error


def _waiter_reason(error: WaiterError) -> str:
    """Return AWS's reason why a function did not reach the expected state."""
    last: Mapping[str, Any] = error.last_response  # typed as an object by botocore's stubs
    configuration = last.get("Configuration", last)
    for state in ("State", "LastUpdateStatus"):
        if configuration.get(state) == "Failed":
            reason = f"{configuration.get(state + 'ReasonCode', '')}: {configuration.get(state + 'Reason', '')}"
            return f"unexpected state 'Failed': {reason}"
    return str(error)


@contextmanager
def created(identifier: str) -> Iterator[None]:
    """Wrap the steps after the creation of a resource. The engine must keep the resource if one of them fails.

    :raises PartiallyCreated: in place of any other ``ProviderError``.
    """
    try:
        yield
    except ProviderError as error:
        raise PartiallyCreated(identifier, error) from error
