"""LayerAccess: the whole policy of one layer version, written after the published bytes are verified.

Several ``aws.lambda_.LayerVersionPermission`` on one version corrupt each other on refresh: the upstream provider reads
the first statement for each (hashicorp/terraform-provider-aws issue 21917). This resource reads the whole policy, and
writes it with its revision id. The path of this module is part of every stack's state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    UpdateResult,
)

from builder_lambda.errors.archives import ArchiveAltered
from layer_deployment.names import PACKAGE

from ..engine.unknowns import has_unknown
from .stack_provider import StackProvider
from .statements import Statements
from .version_policy import VersionPolicy

Props = dict[str, Any]


class LayerAccessProvider(StackProvider):
    """Create, read, update, delete of a :class:`LayerAccess`."""

    def policy(self, layer_version_arn: str) -> VersionPolicy:
        """Return the policy of a layer version."""
        region = layer_version_arn.split(":")[3]
        return VersionPolicy(self._aws.client("lambda", region=region), layer_version_arn)

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Refuse to share a version whose bytes differ from those of the builder."""
        built, published = news["built_code_sha256"], news["published_code_sha256"]
        if has_unknown((built, published)) or built == published:
            return CheckResult(news, [])
        arn = news["layer_version_arn"]
        error = ArchiveAltered(layer_version_arn=arn, published=published, built=built)
        return CheckResult(news, [CheckFailure("published_code_sha256", str(error))])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Replace the resource for another version, update it for other statements."""
        is_other_version = _olds["layer_version_arn"] != _news["layer_version_arn"]
        changes = is_other_version or any(_olds.get(key) != _news.get(key) for key in ("statements", "keep"))
        return DiffResult(changes=changes, replaces=["layer_version_arn"] if is_other_version else [])

    def create(self, props: Props) -> CreateResult:
        """Write the statements."""
        self.policy(props["layer_version_arn"]).write(props["statements"])
        return CreateResult(props["layer_version_arn"], props)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Add missing statements, remove those that are not wanted."""
        self.policy(_news["layer_version_arn"]).write(_news["statements"])
        return UpdateResult(_news)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Return the actual statements of the version, so a refresh shows changes."""
        found = self.policy(props["layer_version_arn"]).read()
        if found is None:
            return ReadResult(None, {})
        actual = {**props, "statements": dict(found.statements)}
        return ReadResult(id_, actual, inputs=actual)

    def delete(self, _id: str, _props: Props) -> None:
        """Remove the statements, or print the version that keeps them."""
        if _props["keep"]:
            print(f"kept with its grants: {_props['layer_version_arn']}", flush=True)  # noqa: T201 - shown by the engine
        else:
            self.policy(_props["layer_version_arn"]).write({})


@dataclass(frozen=True, kw_only=True)
class LayerAccessArgs:
    """A version, who may use it, and the hashes that must be equal."""

    layer_version_arn: pulumi.Input[str]
    """ARN of the version."""

    statements: Statements
    """All statements of the policy."""

    built_code_sha256: pulumi.Input[str]
    """Hash of the archive that the builder made."""

    published_code_sha256: pulumi.Input[str]
    """Hash of the archive that AWS published."""

    keep: bool
    """Whether version and grants stay when the resource is deleted."""


class LayerAccess(Resource, module=PACKAGE, name="LayerAccess"):
    """The policy of one layer version."""

    layer_version_arn: pulumi.Output[str]
    """ARN of the version. Known after it is verified and shared."""

    statements: pulumi.Output[Mapping[str, Mapping[str, str]]]
    """Statements of the policy, by id."""

    def __init__(self, name: str, args: LayerAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the access."""
        inputs: Props = {
            "layer_version_arn": args.layer_version_arn,
            "statements": {sid: dict(statement) for sid, statement in args.statements.items()},
            "built_code_sha256": args.built_code_sha256,
            "published_code_sha256": args.published_code_sha256,
            "keep": args.keep,
        }
        super().__init__(LayerAccessProvider(), name, inputs, opts)
