"""The embedded AWS and Pulumi for the end-to-end tests, apart from those of ``make up``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local_aws.environments.folders import Folders
from local_aws.processes.emulator_parts import clone_emulator
from local_aws.pulumi_engine.pulumi_cli import find_or_make_pulumi
from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import Stack, copy_of_program

PERMISSION_SECONDS = 2
"""New policies hold late, as on AWS."""


@pytest.fixture(scope="session")
def pulumi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPulumi]:
    """Return Pulumi on an embedded AWS of the tests' own."""
    folders = replace(Folders.of_clone(), local=tmp_path_factory.mktemp("local"))
    cli = find_or_make_pulumi(folders, report=print)
    emulator = replace(clone_emulator(folders, report=print), permission_seconds=PERMISSION_SECONDS)
    emulator.start()
    yield LocalPulumi(folders=folders, cli=cli, emulator=emulator)
    emulator.stop()


@pytest.fixture(scope="session")
def runtime(pulumi: LocalPulumi) -> str:
    """Return the newest runtime that this machine can run."""
    return pulumi.emulator.runtimes[-1]


@pytest.fixture(scope="module")
def stack(
    pulumi: LocalPulumi, runtime: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Stack:
    """Return a stack of the program, not deployed yet, in an account of its own."""
    module = request.module.__name__.rsplit(".", 1)[1]
    accounts: dict[str, str] = request.session.config.stash.setdefault(_ACCOUNTS, {})
    account = accounts.setdefault(module, f"{len(accounts) + 1:012d}")
    return Stack(
        pulumi=pulumi,
        program=copy_of_program(tmp_path_factory.mktemp(module) / "program"),
        name=module.replace("_", "-"),
        account=account,
        config={
            "python-layers:runtimes": [runtime],
            "python-layers:regions": ["us-east-1", "eu-west-1"],
            "python-layers:builder": {"memory_mb": 1024, "timeout_seconds": 120},
            "python-layers:keep_old_versions": False,
        },
    )


_ACCOUNTS: pytest.StashKey[dict[str, str]] = pytest.StashKey()


@pytest.fixture(scope="session")
def other_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return another checkout of the program."""
    return copy_of_program(tmp_path_factory.mktemp("elsewhere") / "checkout")
