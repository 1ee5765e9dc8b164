"""Builds wheels in a CodeBuild project of its own, which runs code of packages.

Its role may read and write the files of source builds, and nothing else of the bucket. The files of one build are below
an id that nobody can guess, and the role may not list. So one build cannot reach another.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from builder_lambda.contract.aws_errors import code_of, is_denied
from builder_lambda.contract.store_keys import source_build_key
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.hosts import CodeBuildFailed
from builder_lambda.sdists.answers import built_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.ports.ports import ArchiveStore
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution

REQUEST, SDIST, WHEEL, ANSWER = "request.json", "sdist", "wheel", "answer.json"
"""The files of a source build."""

BUILD = "SOURCE_BUILD"
"""The variable of a build with its id."""

_POLL_SECONDS = 5.0
_BUSY = ("AccountLimitExceededException", "ThrottlingException")


class CodeBuildWheelBuilder:
    """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""

    def __init__(
        self,
        *,
        project: str,
        client: Callable[[], Any],
        store: ArchiveStore,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start builds of ``project``.

        :param client: makes a boto3 client of CodeBuild.
        :param store: the archive bucket.
        """
        self._project = project
        self._client = client
        self._store = store
        self._sleep = sleep

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """See :class:`~builder_lambda.ports.ports.WheelBuilder`. Waits as long as CodeBuild takes.

        :raises BuilderNotPermitted: if the project may not be started.
        :raises CodeBuildFailed: if the build ends without an answer.
        """
        build = uuid.uuid4().hex
        self._store.write_bytes(source_build_key(build, SDIST), bytes(content))
        self._store.write_text(source_build_key(build, REQUEST), json.dumps(source.to_mapping()))
        self._run(build)
        reply = json.loads(self._store.read_text(source_build_key(build, ANSWER)) or "null")
        return built_wheel(reply, lambda: self._store.read_bytes(source_build_key(build, WHEEL)), builder=self._project)

    def _run(self, build: str) -> None:
        client = self._client()
        variable = {"name": BUILD, "value": build, "type": "PLAINTEXT"}
        started = None
        while started is None:
            try:
                started = client.start_build(projectName=self._project, environmentVariablesOverride=[variable])
            except ClientError as error:
                if is_denied(error):
                    raise BuilderNotPermitted(action="codebuild:StartBuild", detail=str(error)) from error
                if code_of(error) not in _BUSY:
                    raise
                self._sleep(_POLL_SECONDS)
        found: Mapping[str, Any] = started["build"]
        while found["buildStatus"] == "IN_PROGRESS":
            self._sleep(_POLL_SECONDS)
            found = client.batch_get_builds(ids=[found["id"]])["builds"][0]
        if found["buildStatus"] != "SUCCEEDED":
            link = str(found.get("logs", {}).get("deepLink", ""))
            raise CodeBuildFailed(build=found["id"], status=found["buildStatus"], detail="it built a wheel", link=link)
