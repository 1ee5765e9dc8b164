"""The provider's configuration. The engine may send values that are not strings as JSON texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from local_aws.provider import schema, wire
from local_aws.provider.errors import InvalidConfiguration, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local_aws.provider.schema import Property
    from local_aws.provider.wire import Json, Props

RetryMode = Literal["standard", "adaptive"]

_UNSUPPORTED = {"assumeRoleWithWebIdentity", "ignoreTags", "sharedConfigFiles", "sharedCredentialsFiles"}
"""Settings that change the behaviour of the real plugin, and that the stand-in does not implement."""

_ENGINE_KEYS = {"version", "pluginDownloadURL"}
"""Inputs that the engine adds."""

_ALIASES = {
    "s3": ("s3", "s3api"),
    "lambda": ("lambda", "awslambda"),
    "logs": ("logs", "cloudwatchlogs", "cloudwatchlog"),
}
"""The names of a service in ``aws:endpoints``, by botocore's name. The first is the SDK's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AssumedRole:
    """A role that the provider assumes before any other call."""

    role_arn: str
    session_name: str = "pulumi"
    external_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderSettings:
    """The credentials, the region and the endpoints of the provider."""

    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    profile: str = ""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """URL by service, under the names of ``aws:endpoints``."""

    uses_path_style: bool = False
    assumed_roles: tuple[AssumedRole, ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict)
    maximum_retries: int = 2
    retry_mode: RetryMode = "standard"
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()

    @classmethod
    def from_props(cls, props: Props) -> ProviderSettings:
        """Return the settings in a provider's inputs.

        :raises InvalidConfiguration: if they are invalid, with every problem.
        """
        given = normalised(props)
        problems = [*check(given)]
        if problems:
            raise InvalidConfiguration("; ".join(f"{problem.path}: {problem.reason}" for problem in sorted(problems)))
        return cls(
            region=wire.text(given, "region"),
            access_key=wire.text(given, "accessKey"),
            secret_key=wire.text(given, "secretKey"),
            token=wire.text(given, "token"),
            profile=wire.text(given, "profile"),
            endpoints={
                name: url
                for endpoint in wire.blocks(given, "endpoints")
                for name, url in endpoint.items()
                if isinstance(url, str) and url
            },
            uses_path_style=wire.flag(given, "s3UsePathStyle"),
            assumed_roles=tuple(
                AssumedRole(
                    role_arn=wire.text(role, "roleArn"),
                    session_name=wire.text(role, "sessionName") or "pulumi",
                    external_id=wire.text(role, "externalId"),
                )
                for role in wire.blocks(given, "assumeRoles")
            ),
            default_tags=wire.text_map(wire.block(given, "defaultTags"), "tags"),
            maximum_retries=wire.number(given, "maxRetries", default=2),
            retry_mode="adaptive" if given.get("retryMode") == "adaptive" else "standard",
            allowed_accounts=tuple(wire.texts(given, "allowedAccountIds")),
            forbidden_accounts=tuple(wire.texts(given, "forbiddenAccountIds")),
        )

    def endpoint(self, service: str) -> str | None:
        """Return the URL configured for ``service`` (botocore's name), or ``None``."""
        names = _ALIASES.get(service, (service,))
        return next((self.endpoints[name] for name in names if name in self.endpoints), None)


def normalised(props: Props) -> Props:
    """Return a provider's inputs with JSON texts parsed, and without the inputs that the engine adds."""
    properties = schema.config_properties()
    return {
        name: _read(properties[name], value) if name in properties else value
        for name, value in props.items()
        if name not in _ENGINE_KEYS and not name.startswith("__")
    }


def check(props: Props) -> Iterator[Problem]:
    """Yield the problems in a provider's inputs."""
    given = normalised(props)
    yield from schema.check(schema.config_properties(), given)
    for name in sorted(_UNSUPPORTED & given.keys()):
        yield Problem(name, "is not supported by this stand-in for pulumi-resource-aws")


def _read(expected: Property, value: Json) -> Json:
    if expected.type.kind == "string" or not isinstance(value, str) or value == wire.UNKNOWN:
        return value
    try:
        read: Json = json.loads(value)
    except ValueError:
        return value
    return read
