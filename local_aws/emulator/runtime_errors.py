"""Lambda's messages for an invocation that ended without an answer."""

import signal

MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
"""The limit of a synchronous response (Lambda quotas page, and the message of the error)."""


def error_payload(error_type: str, message: str, *, request_id: str) -> dict[str, str]:
    """Return the payload of an invocation that the service ended."""
    return {"errorType": error_type, "errorMessage": f"RequestId: {request_id} Error: {message}"}


def exit_reason(exit_status: int | None) -> str:
    """Return the message for a runtime that ended.

    :param exit_status: as in `subprocess`: the negative number of a signal that ended it.
    """
    if exit_status is None or exit_status == 0:
        return "Runtime exited without providing a reason"
    if exit_status < 0:
        described = signal.strsignal(-exit_status) or f"{-exit_status}"
        return f"Runtime exited with error: signal: {described.lower()}"
    return f"Runtime exited with error: exit status {exit_status}"


def timed_out(seconds: int) -> str:
    """Return the message for a function that exceeded its timeout."""
    return f"Task timed out after {seconds}.00 seconds"


def response_too_large() -> dict[str, str]:
    """Return the payload that replaces a response over the limit."""
    return {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).",
    }
