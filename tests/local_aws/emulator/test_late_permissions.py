"""A policy that holds late."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws.processes.emulator_process import Emulator, EmulatorParts

SECONDS = 3
SOURCE = "import boto3\ndef handler(event, context): return boto3.client('s3').list_buckets()['Owner'] is not None\n"
ALLOW = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def slow(parts: EmulatorParts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    running = Emulator(folder=tmp_path_factory.mktemp("slow"), parts=parts, permission_seconds=SECONDS)
    running.start()
    yield running
    running.stop()


def test_a_new_policy_holds_after_its_delay(slow: Emulator, account_on: Callable[[Emulator], Any]) -> None:
    account = account_on(slow)
    account.function("lists", SOURCE, Role=account.role("may-list"))
    assert "AccessDenied" in account.invoke("lists")[1]["errorMessage"]

    account.role_policy("may-list", ALLOW)
    written = time.monotonic()
    assert "AccessDenied" in account.invoke("lists")[1]["errorMessage"]
    while account.invoke("lists")[0] is not None:
        assert time.monotonic() < written + 20
        time.sleep(0.2)
    assert time.monotonic() >= written + SECONDS


def test_the_simulator_sees_a_policy_at_once(slow: Emulator, account_on: Callable[[Emulator], Any]) -> None:
    account = account_on(slow)
    arn = account.role("simulated", ALLOW)
    answer = account.client("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:ListAllMyBuckets"])
    assert answer["EvaluationResults"][0]["EvalDecision"] == "allowed"
