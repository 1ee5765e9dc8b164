"""How Lambda words the end of a runtime that did not answer."""

import signal

MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
"""A synchronous response, by the Lambda quotas page and the message of the error itself."""


def error_payload(error_type: str, message: str, *, request_id: str) -> dict[str, str]:
    """Return the payload of an invocation that the service itself ended."""
    return {"errorType": error_type, "errorMessage": f"RequestId: {request_id} Error: {message}"}


def exit_reason(exit_status: int | None) -> str:
    """Why a runtime is gone.

    :param exit_status: as `subprocess` gives it: the negative number of the signal that ended it.
    """
    if exit_status is None or exit_status == 0:
        return "Runtime exited without providing a reason"
    if exit_status < 0:
        described = signal.strsignal(-exit_status) or f"{-exit_status}"
        return f"Runtime exited with error: signal: {described.lower()}"
    return f"Runtime exited with error: exit status {exit_status}"


def timed_out(seconds: int) -> str:
    """Return what a function that took too long is told."""
    return f"Task timed out after {seconds}.00 seconds"


def response_too_large() -> dict[str, str]:
    """Return the payload in place of an answer that is too large."""
    return {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).",
    }
