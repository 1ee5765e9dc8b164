"""``aws:codebuild/project:Project``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import aws_code, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set
    from typing import Any

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Json, Props

_PROPAGATION_SECONDS = 300.0
"""How long a new role may stay unusable: five minutes, as in terraform-provider-aws."""

_PLAIN = {"description": "description", "serviceRole": "serviceRole", "buildTimeout": "timeoutInMinutes"}
"""Our name -> CodeBuild's name."""

_BLOCKS = ("artifacts", "environment", "source")
"""The blocks whose properties have the same names in CodeBuild."""


class CodeBuildProject(ResourceHandler):
    """A project. The embedded AWS stores it. Its builds succeed at once and run nothing."""

    traits = Traits(
        module="codebuild.project",
        name="Project",
        supported={"logsConfig", "name", "region", "tags", *_PLAIN, *_BLOCKS},
        replaces_on={"name", "region"},
        computed={"description"},
        defaults={"buildTimeout": 60},
        auto_name=AutoName(property="name", maximum_length=255),
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what CodeBuild refuses (CodeBuild API reference, CreateProject)."""
        yield from rules.has_length(inputs, "name", 2, 255)
        yield from rules.matches(
            inputs, "name", r"[A-Za-z0-9][A-Za-z0-9\-_]*", "is no project name: letters, digits, - and _ only"
        )
        yield from rules.is_between(inputs, "buildTimeout", 5, 2160)
        yield from rules.is_arn(inputs, "serviceRole")
        for block, member, shape in (
            ("environment", "type", "EnvironmentType"),
            ("environment", "computeType", "ComputeType"),
            ("environment", "imagePullCredentialsType", "ImagePullCredentialsType"),
            ("source", "type", "SourceType"),
            ("artifacts", "type", "ArtifactsType"),
        ):
            found = rules.is_one_of(wire.block(inputs, block), member, rules.enumeration("codebuild", shape))
            yield from rules.within(block, found)

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the project."""
        name = wire.text(inputs, "name")
        client = aws.codebuild(naming.region_of(aws, inputs))
        with doing(f"creating CodeBuild Project ({name})"):
            reply = aws.retried(
                lambda: client.create_project(name=name, **_arguments(aws, inputs)),
                lambda error: "CodeBuild is not authorized to perform: sts:AssumeRole" in str(error),
                _PROPAGATION_SECONDS,
            )
        return str(reply["project"]["arn"])

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the project."""
        region = naming.region_of(aws, known)
        with doing(f"reading CodeBuild Project ({identifier})"):
            found = aws.codebuild(region).batch_get_projects(names=[identifier])["projects"]
        if not found:
            return None
        project: Mapping[str, Any] = found[0]
        return {
            "arn": project["arn"],
            "name": project["name"],
            "region": region,
            **{ours: project.get(theirs) for ours, theirs in _PLAIN.items()},
            **{block: project.get(block) for block in _BLOCKS},
            # The embedded AWS does not store it.
            **({"logsConfig": known["logsConfig"]} if "logsConfig" in known else {}),
            **tagging.tag_outputs(aws, {tag["key"]: tag["value"] for tag in project.get("tags", [])}, known),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:  # noqa: ARG002 - all at once
        """Change the project. CodeBuild replaces all of it."""
        name = wire.text(inputs, "name")
        with doing(f"updating CodeBuild Project ({identifier})"):
            aws.codebuild(naming.region_of(aws, inputs)).update_project(name=name, **_arguments(aws, inputs))

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove the project."""
        client = aws.codebuild(naming.region_of(aws, known))
        with doing(f"deleting CodeBuild Project ({identifier})"):
            try:
                client.delete_project(name=identifier.rpartition("/")[2])
            except client.exceptions.ClientError as error:
                if aws_code(error) != "ResourceNotFoundException":
                    raise


def _arguments(aws: Aws, inputs: Props) -> dict[str, Json]:
    arguments: dict[str, Json] = {theirs: inputs[ours] for ours, theirs in _PLAIN.items() if inputs.get(ours)}
    arguments |= {block: wire.block(inputs, block) for block in _BLOCKS}
    if logs := wire.block(wire.block(inputs, "logsConfig"), "cloudwatchLogs"):
        arguments["logsConfig"] = {"cloudWatchLogs": {"status": "ENABLED", **logs}}
    arguments["tags"] = [{"key": key, "value": value} for key, value in tagging.wanted_tags(aws, inputs).items()]
    return arguments
