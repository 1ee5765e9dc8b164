"""The facade is imported by every Pulumi program and the handler by every cold start: both stay light."""

import subprocess
import sys

import pytest

HEAVY = {"boto3", "botocore", "uv", "click", "rich", "urllib3", "pip_requirements_parser", "tomli_w"}


@pytest.mark.parametrize(
    "module", ["builder_lambda", "builder_lambda.errors.archives", "builder_lambda.hosts.function_archive"]
)
def test_importing_does_not_bring_what_is_not_used_yet(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(run.stdout.split())


def test_importing_the_handler_brings_no_client_and_no_resolver() -> None:
    program = "import sys, builder_lambda.hosts.handler; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"boto3", "uv", "urllib3", "pip_requirements_parser"} & set(run.stdout.split())


def test_the_facade_brings_what_reads_requirements_when_it_is_asked_for() -> None:
    program = (
        "import sys, builder_lambda; assert 'packaging' not in sys.modules\n"
        "from builder_lambda import Requirements, parse_requirements, read_requirements\n"
        "print(parse_requirements(['A']) == parse_requirements(['a']) != Requirements(), read_requirements.__name__)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "True read_requirements\n"


def test_the_facade_has_no_other_names() -> None:
    import builder_lambda

    with pytest.raises(AttributeError, match="module 'builder_lambda' has no attribute 'no_such_name'"):
        _ = builder_lambda.no_such_name  # type: ignore[attr-defined]  # that is the point
    assert all(hasattr(builder_lambda, name) for name in builder_lambda.__all__)
