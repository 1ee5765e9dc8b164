"""What becomes of operations that fail: nothing is forgotten, and the words are for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, aws_code, created, doing
from local_aws.provider.resources.handler import ResourceHandler, Traits
from tests.local_aws.provider.engine import Failed, served

if TYPE_CHECKING:
    from collections.abc import Set

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

TOKEN = "aws:cloudwatch/logGroup:LogGroup"


def denied(operation: str = "PutRetentionPolicy") -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, operation)


class Half(ResourceHandler):
    """A log group that is made, but whose retention is refused until ``is_allowed``."""

    traits = Traits(
        module="cloudwatch.log_group",
        name="LogGroup",
        supported={"name", "region", "retentionInDays"},
        replaces_on={"name", "region"},
        defaults={"retentionInDays": 0},
    )

    def __init__(self) -> None:
        self.is_allowed = False
        self.can_read = True
        self.groups: dict[str, Props] = {}

    def create(self, aws: Aws, inputs: Props) -> str:
        name = wire.text(inputs, "name")
        if name == "refused":
            with doing(f"creating CloudWatch Logs Log Group ({name})"):
                raise denied("CreateLogGroup")
        self.groups[name] = {"name": name, "retentionInDays": 0}
        with created(name):
            self._put(name, inputs)
        return name

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        if not self.can_read:
            with doing(f"reading CloudWatch Logs Log Group ({identifier})"):
                raise denied("DescribeLogGroups")
        group = self.groups.get(identifier)
        return group and {**group, "arn": f"arn:{identifier}", "region": known.get("region")}

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        if "retentionInDays" in changed:
            self._put(identifier, inputs)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        self.groups.pop(identifier, None)

    def _put(self, name: str, inputs: Props) -> None:
        with doing(f"setting CloudWatch Logs Log Group ({name}) retention policy"):
            if not self.is_allowed:
                raise denied()
            self.groups[name] = {**self.groups[name], "retentionInDays": inputs["retentionInDays"]}


PROGRAM: Props = {"name": "half", "retentionInDays": 7}


def test_a_creation_that_makes_nothing_leaves_nothing() -> None:
    with served({TOKEN: Half()}) as engine:
        engine.configure({"region": "us-east-1"})
        with pytest.raises(Failed) as failure:
            engine.create(TOKEN, "thing", {"name": "refused"})

    assert str(failure.value) == ("creating CloudWatch Logs Log Group (refused): AccessDeniedException: not you")
    assert failure.value.kept is None


def test_a_thing_that_was_made_by_half_is_kept_as_it_is_and_finished_by_the_next_update() -> None:
    half = Half()
    with served({TOKEN: half}) as engine:
        engine.configure({"region": "us-east-1"})
        with pytest.raises(Failed) as failure:
            engine.create(TOKEN, "thing", PROGRAM)

        kept = failure.value.kept
        assert kept is not None
        assert kept.id == "half"
        assert wire.decode(kept.properties) == {
            "arn": "arn:half",
            "id": "half",
            "name": "half",
            "region": "us-east-1",
            "retentionInDays": 0,
        }
        assert wire.decode(kept.inputs)["retentionInDays"] == 0
        assert list(kept.reasons) == [
            "setting CloudWatch Logs Log Group (half) retention policy: AccessDeniedException: not you"
        ]

        half.is_allowed = True
        made = engine.import_(TOKEN, "thing", "half")
        made.inputs = wire.decode(kept.inputs)
        assert engine.diff(made, PROGRAM).detailed == {"retentionInDays": "ADD"} | {"retentionInDays": "UPDATE"}
        engine.update(made, PROGRAM)
    assert half.groups["half"]["retentionInDays"] == 7


def test_a_thing_that_was_made_but_cannot_be_read_is_kept_too() -> None:
    half = Half()
    half.is_allowed, half.can_read = True, False
    with served({TOKEN: half}) as engine:
        engine.configure({"region": "us-east-1"})
        with pytest.raises(Failed) as failure:
            engine.create(TOKEN, "thing", PROGRAM)

    kept = failure.value.kept
    assert kept is not None
    assert kept.id == "half"
    assert wire.decode(kept.inputs)["retentionInDays"] == 7


def test_an_update_that_fails_tells_what_there_is() -> None:
    half = Half()
    half.is_allowed = True
    with served({TOKEN: half}) as engine:
        engine.configure({"region": "us-east-1"})
        made = engine.create(TOKEN, "thing", PROGRAM)
        half.is_allowed = False
        with pytest.raises(Failed) as failure:
            engine.update(made, {**PROGRAM, "retentionInDays": 14})

    kept = failure.value.kept
    assert kept is not None
    assert wire.decode(kept.properties)["retentionInDays"] == 7
    assert wire.decode(kept.inputs)["retentionInDays"] == 7


def test_a_failure_of_aws_is_worded_as_the_real_plugin_does() -> None:
    with pytest.raises(AwsCallFailed) as failure, doing("creating Lambda Function (f)"):
        raise denied("CreateFunction")

    assert str(failure.value) == "creating Lambda Function (f): AccessDeniedException: not you"
    assert failure.value.code == "aws-call-failed"
    assert failure.value.aws_code == "AccessDeniedException"


def test_an_error_that_is_not_awss_has_no_code_of_aws() -> None:
    assert aws_code(ValueError("x")) == ""
