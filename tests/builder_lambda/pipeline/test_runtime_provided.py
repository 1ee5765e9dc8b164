"""What the runtime brings is left to it, unless something that stays was resolved with it."""

from builder_lambda.contract.targets import Target
from builder_lambda.pipeline.runtime_provided import RuntimeProvided, leave_to_runtime, required_names

SDK = {
    "boto3": {"botocore", "jmespath", "s3transfer"},
    "botocore": {"jmespath", "python-dateutil", "urllib3"},
    "jmespath": set[str](),
    "python-dateutil": {"six"},
    "s3transfer": {"botocore"},
    "six": set[str](),
    "urllib3": set[str](),
}


def test_the_whole_sdk_is_left_to_the_runtime() -> None:
    assert leave_to_runtime({**SDK, "httpx": {"idna"}, "idna": ()}) == RuntimeProvided(
        left_out=tuple(sorted(SDK)), kept_for=()
    )


def test_what_a_distribution_that_stays_requires_stays_with_what_that_requires() -> None:
    assert leave_to_runtime({**SDK, "pandas": {"python-dateutil"}, "requests": {"urllib3"}}) == RuntimeProvided(
        left_out=("boto3", "botocore", "jmespath", "s3transfer"),
        kept_for=(("python-dateutil", "pandas"), ("six", "python-dateutil"), ("urllib3", "requests")),
    )


def test_all_of_the_sdk_stays_for_a_distribution_that_requires_it() -> None:
    assert leave_to_runtime({**SDK, "awswrangler": {"boto3"}}).left_out == ()


def test_nothing_is_left_out_of_a_layer_without_the_sdk() -> None:
    assert leave_to_runtime({"requests": {"urllib3"}}) == RuntimeProvided(left_out=(), kept_for=())


def test_requirements_are_those_of_the_target_and_of_the_extras_asked_for() -> None:
    metadata = (
        b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
        b"Requires-Dist: Python_DateUtil>=2.8\n"
        b"Requires-Dist: tomli; python_version < '3.11'\n"
        b"Requires-Dist: boto3>=1.30; extra == 's3'\n"
        b"Requires-Dist: pywin32; sys_platform == 'win32'\n"
        b"\nSix is not required.\n"
    )
    environment = Target.parse("python3.13", "arm64").environment

    assert required_names(metadata, environment) == {"python-dateutil"}
    assert required_names(metadata, environment, ["s3"]) == {"python-dateutil", "boto3"}
