"""Lambda's own checks of a request."""

import json

import pytest

from local_aws.emulator.request_checks import Refusal, refusal

LAYERS = "/2018-10-31/layers/data/versions"
FUNCTIONS = "/2015-03-31/functions"


def test_a_good_request_passes() -> None:
    body = json.dumps({"Content": {"S3Bucket": "bucket", "S3Key": "key"}, "CompatibleRuntimes": ["python3.13"]})

    assert refusal("POST", LAYERS, body.encode()) is None


def test_all_problems_of_a_request_are_told_together() -> None:
    body = json.dumps({"Description": "x" * 257, "CompatibleRuntimes": ["python3.13"] * 16})

    refused = refusal("POST", LAYERS, body.encode())

    assert refused is not None
    assert refused.code == "ValidationException"
    assert refused.message.startswith("2 validation errors detected: ")
    assert "'description' failed to satisfy constraint: Member must have length less than or equal to 256" in (
        refused.message
    )
    assert "'compatibleRuntimes' failed to satisfy constraint: Member must have length less than or equal to 15" in (
        refused.message
    )


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"Timeout": 901}, "Value '901' at 'timeout' failed to satisfy constraint: Member must have value"),
        ({"MemorySize": 64}, "Value '64' at 'memorySize' failed to satisfy constraint: Member must have value"),
        ({"EphemeralStorage": {"Size": 1}}, "Value '1' at 'ephemeralStorage.size' failed to satisfy constraint"),
    ],
)
def test_numbers_out_of_range_are_refused(settings: dict[str, object], problem: str) -> None:
    refused = refusal("PUT", f"{FUNCTIONS}/name/configuration", json.dumps(settings).encode())

    assert refused is not None
    assert problem in refused.message


def test_variables_that_lambda_sets_itself_are_refused() -> None:
    body = {"Environment": {"Variables": {"AWS_REGION": "x", "MINE": "y"}}}

    assert refusal("PUT", f"{FUNCTIONS}/name/configuration", json.dumps(body).encode()) == Refusal(
        code="InvalidParameterValueException",
        message="Lambda was unable to configure your environment variables because the environment variables you "
        "have provided contains reserved keys that are currently not supported for modification. "
        "Reserved keys used in this request: AWS_REGION",
    )


def test_variables_of_more_than_four_kilobytes_are_refused() -> None:
    body = {"Environment": {"Variables": {"MINE": "y" * 4096}}}

    refused = refusal("PUT", f"{FUNCTIONS}/name/configuration", json.dumps(body).encode())

    assert refused is not None
    assert refused.message.endswith("exceeded the 4KB limit.")


def test_a_payload_that_is_no_json_is_refused() -> None:
    refused = refusal("POST", f"{FUNCTIONS}/name/invocations", b"{")

    assert refused is not None
    assert refused.code == "InvalidRequestContentException"


def test_a_payload_of_more_than_six_megabytes_is_refused() -> None:
    refused = refusal("POST", f"{FUNCTIONS}/name/invocations", b"1" * (6 * 1024 * 1024 + 1))

    assert refused == Refusal(
        code="RequestTooLargeException",
        message="6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
        status=413,
    )
