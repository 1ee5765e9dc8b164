"""``doctor``: checks what a deployment needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from builder_lambda.contract.targets import RUNTIMES
from layer_cli.doctor.aws import AwsQuestion, find_aws
from layer_cli.doctor.containers import find_container_engine
from layer_cli.doctor.examination import Check, examine
from layer_cli.doctor.finding import is_ready
from layer_cli.doctor.interpreters import find_compiler
from layer_cli.doctor.package_index import find_index
from layer_cli.doctor.tools import find_pulumi, find_python, find_uv
from layer_cli.output.json import json_option, print_json
from layer_deployment.names import HOSTS
from layer_deployment.scope import DeployScope, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layer_deployment.names import Host

_NOT_READY = 1


@click.command()
@click.option(
    "--host",
    "hosts",
    type=click.Choice(HOSTS),
    multiple=True,
    default=("lambda",),
    show_default=True,
    help="Where layers are built; may be repeated.",
)
@click.option(
    "--runtime",
    "runtimes",
    type=click.Choice(RUNTIMES),
    multiple=True,
    default=RUNTIMES,
    metavar="RUNTIME",
    help="Runtimes of the layers; may be repeated. Default: all supported runtimes.",
)
@click.option("--region", metavar="REGION", help="AWS region, instead of the environment's.")
@click.option("--profile", metavar="NAME", help="AWS profile, instead of the environment's.")
@click.option("--stack", default="dev", show_default=True, metavar="NAME", help="Pulumi stack to deploy.")
@click.option(
    "--builder", default="builder", show_default=True, metavar="NAME", help="Name of the LayerBuilder in the program."
)
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="A layer in the program; may be repeated.")
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME",
    help="A PythonFunction in the program; may be repeated.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Time limit for all checks.",
)
@json_option
@click.pass_context
def doctor(
    context: click.Context,
    *,
    hosts: Sequence[Host],
    runtimes: Sequence[str],
    region: str | None,
    profile: str | None,
    stack: str,
    builder: str,
    layers: Sequence[str],
    functions: Sequence[str],
    limit: float,
    as_json: bool,
) -> None:
    """Check tools, interpreters, package index, credentials and permissions, and show how to get missing ones.

    The exit code is 1 if something is missing, else 0. Warnings do not count.
    """
    scope = DeployScope(account="", stack=stack, builder=builder, layers=layers or ("*",), functions=functions)
    question = AwsQuestion(
        scope=scope,
        parts=parts_of(hosts, has_functions=bool(functions)),
        region=region,
        profile=profile,
    )
    findings = examine(_checks(hosts, runtimes, question), limit_seconds=limit)
    if as_json:
        print_json({"is_ready": is_ready(findings), "findings": [finding.to_mapping() for finding in findings]})
    else:
        from layer_cli.tables.doctor import print_findings

        print_findings(findings)
    if not is_ready(findings):
        context.exit(_NOT_READY)


def _checks(hosts: Sequence[Host], runtimes: Sequence[str], question: AwsQuestion) -> list[Check]:
    return [
        Check(name="Python", find=find_python),
        Check(name="uv", find=find_uv),
        Check(name="Pulumi CLI", find=find_pulumi),
        *(
            Check(
                name=f"bytecode for {runtime}",
                find=lambda runtime=runtime: find_compiler(runtime, is_needed="local" in hosts),  # type: ignore[misc]  # a default binds the runtime of each iteration
            )
            for runtime in dict.fromkeys(runtimes)
        ),
        Check(name="Docker or Podman", find=lambda: find_container_engine(is_needed="container" in hosts)),
        Check(name="package index", find=find_index),
        Check(name="AWS", find=lambda: find_aws(question)),
    ]
