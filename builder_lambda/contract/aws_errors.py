"""The error codes with which AWS services deny an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DENIED = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"),
        *("KMSAccessDeniedException", "KMS.AccessDeniedException"),  # Lambda's code, and that of S3
        *("403", "Forbidden"),  # S3 answers HEAD with a bare status
    }
)


def code_of(error: ClientError) -> str:
    """Return the code of an error, or an empty string if it has none."""
    return error.response.get("Error", {}).get("Code", "")


def is_denied(error: ClientError) -> bool:
    """Return whether the caller lacks a permission."""
    return code_of(error) in _DENIED
