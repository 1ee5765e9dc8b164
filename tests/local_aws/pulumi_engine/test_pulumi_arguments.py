"""Which project, stack and config file a Pulumi command line means."""

from pathlib import Path

import pytest

from local_aws.pulumi_engine.pulumi_arguments import PulumiArguments


def parsed(line: str) -> PulumiArguments:
    return PulumiArguments.parse(tuple(line.split()))


def test_stack_folder_and_config_file_are_taken_out() -> None:
    arguments = parsed("-C examples/consumer up --stack=dev --config-file other.yaml --yes")

    assert arguments == PulumiArguments(
        words=("up", "--yes"),
        command=("up",),
        folder=Path("examples/consumer"),
        stack="dev",
        config_file=Path("other.yaml"),
    )


def test_a_flag_takes_its_value_along() -> None:
    assert parsed("--color never stack output --json").command == ("stack", "output")


def test_nothing_behind_two_dashes_is_read() -> None:
    assert parsed("up -- --stack dev") == PulumiArguments(
        words=("up", "--", "--stack", "dev"), command=("up",), folder=None, stack=None, config_file=None
    )


@pytest.mark.parametrize(
    ("line", "takes_config_file", "needs_stack", "deploys"),
    [
        ("up", True, True, True),
        ("preview --diff", True, True, True),
        ("destroy --yes", True, True, True),
        ("refresh", True, True, True),
        ("config", True, True, False),
        ("config get name", True, True, False),
        ("config set name value", False, True, False),
        ("config --json rm name", False, True, False),
        ("stack", False, True, False),
        ("stack output layers", False, True, False),
        ("stack export", False, True, False),
        ("cancel", False, True, False),
        ("stack ls", False, False, False),
        ("stack init dev", False, False, False),
        ("stack rm dev", False, False, False),
        ("version", False, False, False),
        ("up --help", True, False, True),
        ("", False, False, False),
    ],
)
def test_commands_are_told_apart(line: str, takes_config_file: bool, needs_stack: bool, deploys: bool) -> None:
    arguments = parsed(line)

    assert (arguments.takes_config_file, arguments.needs_stack, arguments.deploys) == (
        takes_config_file,
        needs_stack,
        deploys,
    )


def test_the_stack_is_the_named_one_then_the_environments_then_local() -> None:
    assert parsed("up -s dev").stack_name({"PULUMI_STACK": "prod"}) == "dev"
    assert parsed("up").stack_name({"PULUMI_STACK": "prod"}) == "prod"
    assert parsed("up").stack_name({}) == "local"


def test_options_are_added_right_behind_the_command() -> None:
    assert parsed("--color never up -- x").with_options(config_file="f.yaml", stack=None) == (
        *("--color", "never", "up", "--config-file", "f.yaml", "--", "x"),
    )
