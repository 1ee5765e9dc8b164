"""Two CodeBuild projects together, as far as one process goes: the one for source builds runs where it is started."""

import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError

from builder_lambda import Target
from builder_lambda.errors.builder_function import BuilderCrashed, BuilderNotPermitted
from builder_lambda.errors.hosts import CodeBuildFailed
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.hosts import codebuild_source_entry
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken
from builder_lambda.sdists.codebuild_builder import CodeBuildWheelBuilder
from tests.builder_lambda.fakes import MemoryArchives
from tests.builder_lambda.sdist_factory import MadeSdist, make_sdist

TARGET = Target.parse(f"python{sys.version_info[0]}.{sys.version_info[1]}", "x86_64")


class Project:
    """CodeBuild with the project for source builds."""

    def __init__(self, store: MemoryArchives, *, refused: tuple[str, ...] = (), status: str = "SUCCEEDED") -> None:
        self.store = store
        self.refused = list(refused)
        self.status = status
        self.looks = 0

    def start_build(self, *, projectName: str, environmentVariablesOverride: Any) -> Any:  # noqa: N803 - boto3's names
        assert projectName == "sources"
        if self.refused:
            raise ClientError({"Error": {"Code": self.refused.pop(0), "Message": "no"}}, "StartBuild")
        if self.status == "SUCCEEDED":
            environ = {each["name"]: each["value"] for each in environmentVariablesOverride}
            codebuild_source_entry.main(environ, self.store)
        return {"build": {"id": "sources:1", "buildStatus": "IN_PROGRESS"}}

    def batch_get_builds(self, *, ids: list[str]) -> Any:
        self.looks += 1
        status = self.status if self.looks > 1 else "IN_PROGRESS"
        return {"builds": [{"id": ids[0], "buildStatus": status, "logs": {"deepLink": "https://log.example"}}]}


def built(
    sdist: MadeSdist, project: Project, waited: list[float] | None = None, *, content: bytes | None = None
) -> BuiltWheel:
    sleep = [] if waited is None else waited
    builder = CodeBuildWheelBuilder(project="sources", client=lambda: project, store=project.store, sleep=sleep.append)
    return builder.build(sdist.for_target(TARGET), content or sdist.content)


def test_a_wheel_comes_back_through_the_files_of_its_build() -> None:
    store = MemoryArchives()
    wheel = built(make_sdist(), Project(store))
    assert wheel.filename == "demo-1.0-py3-none-any.whl"
    assert wheel.content[:2] == b"PK"
    (folder,) = {key.rpartition("/")[0] for key in store.others}
    assert folder.startswith("source-builds/")
    assert len(folder) == len("source-builds/") + 32, "an id that nobody can guess"


def test_a_failed_build_comes_back_with_its_log() -> None:
    with pytest.raises(SourceBuildBroken) as raised:
        built(make_sdist(build="raise ValueError('no')"), Project(MemoryArchives()))
    assert "ValueError: no" in raised.value.log


def test_an_sdist_that_was_changed_on_the_way_is_not_built() -> None:
    sdist = make_sdist()
    with pytest.raises(WheelHashMismatch):
        built(sdist, Project(MemoryArchives()), content=sdist.content + b"x")


def test_a_busy_account_is_waited_for() -> None:
    waited: list[float] = []
    project = Project(MemoryArchives(), refused=("AccountLimitExceededException", "ThrottlingException"))
    built(make_sdist(), project, waited)
    assert len(waited) == 4


def test_a_project_that_may_not_be_started_is_reported() -> None:
    with pytest.raises(BuilderNotPermitted, match="codebuild:StartBuild"):
        built(make_sdist(), Project(MemoryArchives(), refused=("AccessDeniedException",)))


def test_a_build_that_ends_otherwise_is_reported_with_its_link() -> None:
    with pytest.raises(CodeBuildFailed) as raised:
        built(make_sdist(), Project(MemoryArchives(), status="FAILED"))
    assert (raised.value.status, raised.value.link) == ("FAILED", "https://log.example")


def test_a_build_without_an_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codebuild_source_entry, "main", lambda *_: None)
    with pytest.raises(BuilderCrashed, match="it answered None"):
        built(make_sdist(), Project(MemoryArchives()))
