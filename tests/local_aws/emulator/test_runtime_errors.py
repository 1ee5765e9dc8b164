"""How Lambda words the end of a runtime."""

import pytest

from local_aws.emulator.runtime_errors import error_payload, exit_reason, response_too_large, timed_out


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (-9, "Runtime exited with error: signal: killed"),
        (-11, "Runtime exited with error: signal: segmentation fault"),
        (3, "Runtime exited with error: exit status 3"),
        (0, "Runtime exited without providing a reason"),
        (None, "Runtime exited without providing a reason"),
    ],
)
def test_the_reason_tells_the_status(status: int | None, reason: str) -> None:
    assert exit_reason(status) == reason


def test_the_payload_names_the_request() -> None:
    assert error_payload("Sandbox.Timedout", timed_out(3), request_id="r") == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: r Error: Task timed out after 3.00 seconds",
    }


def test_a_response_that_is_too_large_is_told_with_the_limit() -> None:
    assert response_too_large() == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
