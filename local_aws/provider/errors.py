"""What the stand-in refuses and what went wrong at AWS, as errors with a stable code."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing wrong with a resource's inputs: which property, and why."""

    path: str
    reason: str


class ProviderError(Exception):
    """Anything that stops an operation; its text is for the person who runs ``pulumi``."""

    code: ClassVar[str] = "provider-error"


class UnsupportedType(ProviderError):
    """The program uses a resource type or a function that the stand-in does not have."""

    code = "unsupported-type"

    def __init__(self, token: str, supported: Iterable[str]) -> None:
        self.token = token
        self.supported = tuple(sorted(supported))
        super().__init__(
            f"{token!r} is not among the types of this stand-in for pulumi-resource-aws, which only serves the "
            f"embedded AWS. It has {', '.join(self.supported)}. Deploy to a real account for anything else: there "
            "the real plugin is used."
        )


class InvalidConfiguration(ProviderError):
    """The provider's own configuration cannot be used."""

    code = "invalid-provider-configuration"


class NotEmulated(ProviderError):
    """A call would leave this machine: no endpoint of the embedded AWS is configured for the service."""

    code = "no-emulator-endpoint"

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(
            f"no endpoint for the service {service!r}: this stand-in for pulumi-resource-aws only talks to the "
            "embedded AWS. Name its URL in the stack's config, aws:endpoints, or in AWS_ENDPOINT_URL."
        )


class NotImportable(ProviderError):
    """The real plugin has no import of the type."""

    code = "not-importable"

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(f"resources of type {token} cannot be imported")


class InvalidImportId(ProviderError):
    """An id given to ``pulumi import`` has not the form that the type wants."""

    code = "invalid-import-id"

    def __init__(self, identifier: str, form: str) -> None:
        self.identifier = identifier
        self.form = form
        super().__init__(f"cannot import {identifier!r}: the id must have the form {form}")


class AwsCallFailed(ProviderError):
    """A call to AWS failed, or what it started came to a bad end."""

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
    """The thing exists, but a later step failed; the engine keeps it and repairs it in the next deployment."""

    code = "partially-created"

    def __init__(self, identifier: str, cause: ProviderError) -> None:
        self.identifier = identifier
        super().__init__(str(cause))


def aws_code(error: Exception) -> str:
    """Return AWS's own code of an error, such as ``AccessDeniedException``; empty for one that is not AWS's."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Word failures of AWS calls as the real plugin does: ``creating Lambda Function (name): Code: message``.

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
    """Return why AWS says that a function did not become what was waited for."""
    last: Mapping[str, Any] = error.last_response  # typed as an object by botocore's stubs
    configuration = last.get("Configuration", last)
    for state in ("State", "LastUpdateStatus"):
        if configuration.get(state) == "Failed":
            reason = f"{configuration.get(state + 'ReasonCode', '')}: {configuration.get(state + 'Reason', '')}"
            return f"unexpected state 'Failed': {reason}"
    return str(error)


@contextmanager
def created(identifier: str) -> Iterator[None]:
    """Mark the steps after a thing has been made: a failure there must not make the engine forget the thing.

    :raises PartiallyCreated: in place of any other error of ours.
    """
    try:
        yield
    except ProviderError as error:
        raise PartiallyCreated(identifier, error) from error
