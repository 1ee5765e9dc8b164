"""DeployRole: the roles that CI assumes by OpenID Connect, without a stored key.

It belongs in a stack of its own, which a person deploys once: the deploy role may not change itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem
from layer_deployment.names import DEPLOY_ROLE, Host
from layer_deployment.scope import DeployScope, parts_of

from ..engine.run_error import as_run_error
from . import deploy_policies as policies
from .deploy_policies import CircleCiProject, GitHubRepository

_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, kw_only=True)
class DeployRoleArgs:
    """Who deploys what. All values are plain."""

    account: str
    """Id of the account, 12 digits."""

    stack: str
    """Name of the deployed Pulumi stack."""

    ci: GitHubRepository | CircleCiProject
    """Repository or project whose jobs may assume the roles."""

    builder: str = "builder"
    """Name of the ``LayerBuilder`` in the deployed program."""

    layers: Sequence[str] = ("*",)
    """Names of its layers, or prefixes such as ``team-*``. By default, all names that end in a target."""

    functions: Sequence[str] = ()
    """Names of its ``PythonFunction``s. Their roles start with them."""

    hosts: Sequence[Host] = ("lambda",)
    """Hosts that build its layers."""

    regions: Sequence[str] = ()
    """Regions of the layers. Lambda, CodeBuild, logs and parameters of other regions are then denied."""

    state_bucket: str | None = None
    """Bucket of Pulumi's state, if it is in this account."""

    partition: str = "aws"
    """``aws``, ``aws-cn`` or ``aws-us-gov``."""

    permissions_boundary: str | None = None
    """ARN of the permissions boundary of both roles."""


class DeployRole(pulumi.ComponentResource):
    """A role for ``pulumi up`` on the branches that deploy, and a read-only role for pull requests."""

    deploy_role_arn: pulumi.Output[str]
    """ARN of the role that deploys."""

    preview_role_arn: pulumi.Output[str]
    """ARN of the role that previews. It can read the state, and all values in it."""

    def __init__(self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the identity provider, unless the account has it, and the two roles.

        :raises pulumi.RunError: with all arguments that cannot be used.
        """
        super().__init__(DEPLOY_ROLE, name, {}, opts)
        self._args = args
        scope = DeployScope(
            account=args.account,
            stack=args.stack,
            partition=args.partition,
            builder=args.builder,
            layers=args.layers,
            functions=args.functions,
        )
        parts = parts_of(args.hosts, has_functions=bool(args.functions))
        state = policies.keep_state(bucket=args.state_bucket, partition=args.partition) if args.state_bucket else None
        seen = policies.read_state(bucket=args.state_bucket, partition=args.partition) if args.state_bucket else None
        deploy = policies.deploy(scope, parts=parts, regions=args.regions)
        with as_run_error():
            _check(args, deploy, state)
        may_deploy, may_preview, provider = self._trusts(name)
        self.deploy_role_arn = self._role(
            f"{name}-deploy",
            provider.apply(may_deploy),
            {"deploy": deploy, "state": state},
        )
        self.preview_role_arn = self._role(
            f"{name}-preview",
            provider.apply(may_preview),
            {"preview": policies.preview(scope, parts=parts, regions=args.regions), "state": seen},
        )
        self.register_outputs({"deploy_role_arn": self.deploy_role_arn, "preview_role_arn": self.preview_role_arn})

    def _trusts(self, name: str) -> tuple[Callable[[str], str], Callable[[str], str], pulumi.Output[str]]:
        """Return functions from the provider's ARN to both trust policies, and that ARN."""
        ci = self._args.ci
        if isinstance(ci, GitHubRepository):
            provider = self._identity_provider(name, ci.provider_arn, policies.GITHUB_ISSUER, policies.GITHUB_AUDIENCE)
            return (
                lambda arn: policies.github_may_deploy(ci, provider_arn=arn),
                lambda arn: policies.github_may_preview(ci, provider_arn=arn),
                provider,
            )
        provider = self._identity_provider(name, ci.provider_arn, ci.issuer, ci.organization_id)
        return (
            lambda arn: policies.circleci_may_deploy(ci, provider_arn=arn),
            lambda arn: policies.circleci_may_preview(ci, provider_arn=arn),
            provider,
        )

    def _identity_provider(self, name: str, given: str | None, issuer: str, audience: str) -> pulumi.Output[str]:
        if given is not None:
            return pulumi.Output.from_input(given)
        return aws.iam.OpenIdConnectProvider(
            f"{name}-provider",
            url=f"https://{issuer}",
            client_id_lists=[audience],
            opts=pulumi.ResourceOptions(parent=self),
        ).arn

    def _role(self, name: str, trust: pulumi.Output[str], documents: dict[str, str | None]) -> pulumi.Output[str]:
        role = aws.iam.Role(
            name,
            assume_role_policy=trust,
            permissions_boundary=self._args.permissions_boundary,
            description=f"Pulumi stack {self._args.stack} of python-layers, from CI",
            opts=pulumi.ResourceOptions(parent=self),
        )
        permissions = [
            aws.iam.RolePolicy(
                f"{name}-{what}", role=role.name, policy=document, opts=pulumi.ResourceOptions(parent=self)
            )
            for what, document in documents.items()
            if document
        ]
        # the ARN is known only after all permissions of the role are in place
        return pulumi.Output.all(role.arn, *[each.id for each in permissions]).apply(lambda values: str(values[0]))


def _check(args: DeployRoleArgs, *documents: str | None) -> None:
    """Check the arguments.

    :param documents: policies of the role that deploys.
    :raises InvalidOptions: with all arguments that cannot be used.
    """
    if problems := (*_malformed(args), *_too_long(documents)):
        raise InvalidOptions(problems=problems)


def _malformed(args: DeployRoleArgs) -> Iterator[Problem]:
    """Yield the values that would change the meaning of a policy, because they become parts of patterns."""
    wanted = [
        ("account", args.account, r"\d{12}", "12 digits, as text"),
        ("stack", args.stack, r"[\w.-]+", "the name of a stack"),
        ("builder", args.builder, r"[\w.-]+", "the name of the LayerBuilder"),
        *(("layers", name, r"[\w-]+\*?|\*", "a name of layers, or a prefix with *") for name in args.layers),
        *(("functions", name, r"[\w.-]+", "the name of a function") for name in args.functions),
    ]
    if isinstance(args.ci, GitHubRepository):
        repository = r"[\w.-]+(@\d+)?/[\w.-]+(@\d+)?"
        wanted.append(("ci.repository", args.ci.repository, repository, "owner/name, or owner@id/name@id"))
    else:
        wanted += [
            ("ci.organization_id", args.ci.organization_id, _UUID, "a UUID"),
            ("ci.project_id", args.ci.project_id, _UUID, "a UUID"),
            ("ci.repository", args.ci.repository, r"[\w.-]+(/[\w.-]+)+", "a repository such as github.com/owner/name"),
            *(("ci.branches", name, r"[^*?]+", "a branch without * and ?") for name in args.ci.branches),
        ]
    for option, value, pattern, meaning in wanted:
        if not re.fullmatch(pattern, value):
            yield Problem(place=option, reason=f"{value!r} must be {meaning}")


def _too_long(documents: Sequence[str | None]) -> Iterator[Problem]:
    size = sum(len(document or "") for document in documents)
    if size > policies.MAX_INLINE_CHARACTERS:
        reason = (
            f"the policies would have {size:,} characters, and a role may have {policies.MAX_INLINE_CHARACTERS:,}: "
            "name layers by a common beginning, such as team-*"
        )
        yield Problem(place="layers", reason=reason)
