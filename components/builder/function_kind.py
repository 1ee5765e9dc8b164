"""FunctionKind: what differs between the functions of a builder.

========================  ====================================  ==========================================
kind                      does                                  may
========================  ====================================  ==========================================
:func:`layer_functions`   choose versions, build layers         use the archive bucket, read private indexes
:func:`source_functions`  build packages from source            write its log, and nothing else
========================  ====================================  ==========================================

A source function runs the code of packages. It gets one sdist and returns one wheel by presigned URLs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from builder_lambda.contract.index_login import EnvironmentLogin
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.login_rules import INDEX_LOGINS, LoginRules
from builder_lambda.contract.program_environment import may_hold_login
from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.hosts.entries import HANDLER, SOURCE_HANDLER

from . import policies
from .function_args import BuilderFunctionsArgs
from .logged_role import Permissions

Variables = Mapping[str, pulumi.Input[str]]

_SOURCE_MEMORY_MB = 1769
"""The least memory of a source build: zig takes some hundred megabytes, its wheel another hundred. One whole virtual
CPU comes with it."""


@dataclass(frozen=True, kw_only=True)
class FunctionKind:
    """One kind of function."""

    handler: str
    purpose: str
    """Start of the description, which ends with the runtime."""

    memory_mb: int
    storage_mb: int

    permissions: Permissions

    more_permissions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Further policies of the role, by the end of their resource names."""

    variables: Callable[[str], Variables]
    """Return the environment of the function of a runtime."""


def layer_functions(args: BuilderFunctionsArgs, *, source_arns: Mapping[str, pulumi.Output[str]]) -> FunctionKind:
    """Return the kind that builds layers.

    :param source_arns: source functions by runtime; without them, nothing is built from source.
    """
    more: dict[str, pulumi.Input[str]] = {}
    if document := policies.use_indexes(args.index):
        more["indexes"] = document
    if source_arns:
        more["sources"] = pulumi.Output.all(*source_arns.values()).apply(
            lambda arns: policies.invoke_functions(function_arns=arns)
        )

    def permissions(logs: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
        return pulumi.Output.all(args.home.arn, *logs).apply(
            lambda arns: policies.build_layers(bucket_arn=arns[0], prefix=PREFIX, log_group_arns=arns[1:])
        )

    def variables(runtime: str) -> Variables:
        return {
            **args.environment,
            "ARCHIVE_BUCKET": args.home.bucket,
            "ARCHIVE_PREFIX": PREFIX,
            **index_logins(args.index),
            **({"SOURCE_BUILDER": source_arns[runtime]} if source_arns else {}),
        }

    return FunctionKind(
        handler=HANDLER,
        purpose="Builds Lambda layers for",
        memory_mb=args.memory_mb,
        storage_mb=2048,
        permissions=permissions,
        more_permissions=more,
        variables=variables,
    )


def source_functions(args: BuilderFunctionsArgs) -> FunctionKind:
    """Return the kind that builds packages from source."""

    def permissions(logs: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
        return pulumi.Output.all(*logs).apply(lambda arns: policies.run_function(log_group_arns=arns))

    return FunctionKind(
        handler=SOURCE_HANDLER,
        purpose="Builds packages from source for",
        memory_mb=max(args.memory_mb, _SOURCE_MEMORY_MB),
        storage_mb=4096,
        permissions=permissions,
        variables=lambda _runtime: open_variables(args.environment, args.index),
    )


def index_logins(index: IndexOptions) -> Mapping[str, str]:
    """Return the variable with the logins that requests may name: those of the program, each for its index."""
    text = LoginRules.of(index).text
    return {INDEX_LOGINS: text} if text else {}


def open_variables(environment: Mapping[str, str], index: IndexOptions) -> Mapping[str, str]:
    """Return the variables for code of packages: those without a login, and the index of build requirements.

    That is the default index, if it needs no login.
    """
    logins = [each.login for each in index if isinstance(each.login, EnvironmentLogin)]
    named = {name for login in logins for name in (login.username_variable, login.password_variable)}
    default = index.default
    address = {"UV_DEFAULT_INDEX": default.address} if default is not None and default.login is None else {}
    return {
        **address,
        **{name: value for name, value in environment.items() if name not in named and not may_hold_login(name, value)},
    }
