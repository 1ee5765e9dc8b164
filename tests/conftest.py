"""Fixtures for all tests."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

COMPUTED: dict[str, Callable[[MockResourceArgs], dict[str, Any]]] = {
    "aws:s3/bucket:Bucket": lambda made: {"bucket": made.name, "arn": f"arn:aws:s3:::{made.name}"},
    "aws:iam/role:Role": lambda made: {"name": made.name, "arn": f"arn:aws:iam::111122223333:role/{made.name}"},
    "aws:cloudwatch/logGroup:LogGroup": lambda made: {
        "name": made.name,
        "arn": f"arn:aws:logs:{made.inputs['region']}:111122223333:log-group:{made.name}",
    },
    "aws:codebuild/project:Project": lambda made: {"name": made.name},
    "aws:lambda/function:Function": lambda made: {
        "arn": f"arn:aws:lambda:{made.inputs['region']}:111122223333:function:{made.name}",
        "name": made.name,
        "version": "7",
        "qualifiedArn": f"arn:aws:lambda:{made.inputs['region']}:111122223333:function:{made.name}:7",
    },
    "pulumi-python:dynamic/layers:LayerReplica": lambda made: {
        "layer_version_arn": f"arn:aws:lambda:{made.inputs['region']}:111122223333:layer:{made.inputs['layer_name']}:1",
    },
    "pulumi-python:dynamic/layers:LayerBuild": lambda made: {
        "packages": {"requests": "2.32.3"},
        "lock_sha256": "10c4",
        "content_hash": "c0ffee",
        "code_sha256": "c29tZSBieXRlcw==",
        "archive_key": f"python-layers/archives/{made.inputs['layer_name']}/c0ffee.zip",
        "size_bytes": 1000.0,
        "unpacked_bytes": 3000.0,
        "package_sizes": {},
        "report": {},
        "seconds": {"total": 1.5},
    },
}


class RecordingEngine(Mocks):
    """Stands in for the Pulumi engine: computes outputs as AWS would, and records every resource."""

    def __init__(self) -> None:
        self.registered: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered.append(args)
        computed = COMPUTED[args.typ](args) if args.typ in COMPUTED else {}
        return f"{args.name}-id", {**args.inputs, **computed}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"the program called the function {args.token}")

    def deploy(self, program: Callable[[], object]) -> dict[str, MockResourceArgs]:
        """Run the program to its end, and return its resources by name."""

        def run() -> None:
            program()

        pulumi.runtime.set_mocks(self, project="python-layers", stack="test")
        pulumi.runtime.test(run)()  # type: ignore[no-untyped-call] # waits for all resources, not only for an output of an assertion
        return {resource.name: resource for resource in self.registered}


@pytest.fixture
def engine() -> RecordingEngine:
    return RecordingEngine()
