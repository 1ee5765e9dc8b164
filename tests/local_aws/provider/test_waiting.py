"""Asking again while AWS makes up its mind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from local_aws.provider import session
from local_aws.provider.errors import Cancelled
from local_aws.provider.resources.function import _passes
from local_aws.provider.session import Aws, Clients, error_is
from local_aws.provider.settings import ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE = "The role defined for the function cannot be assumed by Lambda."


def refused(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateFunction")


def failing(errors: list[Exception]) -> Callable[[], str]:
    def call() -> str:
        if errors:
            raise errors.pop(0)
        return "done"

    return call


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setattr(session, "_PAUSE_SECONDS", 0)
    settings = ProviderSettings(region="us-east-1")
    return Aws(settings=settings, clients=Clients(settings), cancelled=threading.Event())


def test_an_error_that_passes_by_itself_is_asked_again(aws: Aws) -> None:
    errors: list[Exception] = [refused("InvalidParameterValueException", ROLE), refused("ResourceConflictException")]

    assert aws.retried(failing(errors), _passes, 60) == "done"
    assert errors == []


@pytest.mark.parametrize(
    "error",
    [
        refused("InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes"),
        refused("ResourceConflictException", "Function already exist: f"),
        refused("AccessDeniedException", ROLE),
        ValueError(ROLE),
    ],
)
def test_any_other_is_not(aws: Aws, error: Exception) -> None:
    with pytest.raises(type(error)):
        aws.retried(failing([error]), _passes, 60)


def test_asking_again_ends_with_the_time_that_it_has(aws: Aws) -> None:
    with pytest.raises(ClientError):
        aws.retried(failing([refused("OperationAborted")] * 3), error_is("OperationAborted"), 0)


def test_asking_again_ends_when_the_engine_cancels(aws: Aws) -> None:
    aws.cancelled.set()

    with pytest.raises(Cancelled) as stopped:
        aws.retried(failing([refused("OperationAborted")]), error_is("OperationAborted"), 60)

    assert str(stopped.value) == (
        "the operation was cancelled while waiting for AWS; run pulumi refresh before the next update"
    )
