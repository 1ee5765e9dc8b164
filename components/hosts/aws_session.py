"""AwsSettings: the stack's ``aws:`` configuration as a boto3 session.

The dynamic resources must use the identity of pulumi-aws: the same keys or profile, assumed roles, and endpoints. The
settings are named like the arguments of ``aws.Provider`` (pulumi-aws, "Configuration reference"). Values that the stack
does not set come from the environment, a profile or the instance role, as in boto3 and pulumi-aws.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

_NAMES_OF_ENDPOINTS = {"lambda_": "lambda"}
_STEM = "python-layers"
_MAKING_A_CLIENT = threading.Lock()


def lambda_regions() -> Mapping[str, str]:
    """Return the regions that have Lambda, each with its partition, from botocore's endpoint data."""
    session = botocore.session.Session()
    return {
        region: partition
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("lambda", partition)
    }


@dataclass(frozen=True, kw_only=True)
class AssumedRole:
    """One link of a chain of roles."""

    role_arn: str
    session_name: str = _STEM
    external_id: str | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "AssumedRole":
        """Read a member of ``aws:assumeRoles``.

        Its ``duration`` is ignored: AWS's default of an hour is longer than every build, and the longest for a chain.
        """
        return cls(
            role_arn=mapping["roleArn"],
            session_name=mapping.get("sessionName") or _STEM,
            external_id=mapping.get("externalId"),
        )


@dataclass(frozen=True, kw_only=True)
class AwsSettings:
    """Credentials, roles and endpoints."""

    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    profile: str | None = None
    roles: tuple[AssumedRole, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    s3_use_path_style: bool = False
    use_fips_endpoint: bool | None = None
    use_dualstack_endpoint: bool | None = None

    @classmethod
    def from_config(cls, get: Callable[[str], str | None]) -> "AwsSettings":
        """Read the stack's configuration.

        :param get: returns the value of a key such as ``aws:profile``; objects are JSON texts.
        """

        def objects(key: str) -> list[Mapping[str, Any]]:
            value = json.loads(get(f"aws:{key}") or "[]")
            return value if isinstance(value, list) else [value]

        return cls(
            access_key=get("aws:accessKey"),
            secret_key=get("aws:secretKey"),
            token=get("aws:token"),
            profile=get("aws:profile"),
            roles=tuple(AssumedRole.from_mapping(role) for role in objects("assumeRoles") if role.get("roleArn")),
            endpoints={
                _NAMES_OF_ENDPOINTS.get(service, service): url
                for group in objects("endpoints")
                for service, url in group.items()
                if url
            },
            s3_use_path_style=_is_true(get("aws:s3UsePathStyle")) or False,
            use_fips_endpoint=_is_true(get("aws:useFipsEndpoint")),
            use_dualstack_endpoint=_is_true(get("aws:useDualstackEndpoint")),
        )

    def client(self, service: str, *, region: str, config: Config | None = None) -> Any:
        """Return a boto3 client of one service in one region."""
        return self._client(self._session, service, region, config)

    @cached_property
    def _session(self) -> boto3.session.Session:
        session = boto3.session.Session(
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.token,
            profile_name=self.profile,
        )
        for role in self.roles:
            # Roles are global: STS of any region of the partition can be used.
            region = session.region_name or "us-east-1"
            external = {"ExternalId": role.external_id} if role.external_id else {}
            credentials = self._client(session, "sts", region, None).assume_role(
                RoleArn=role.role_arn,
                RoleSessionName=role.session_name,
                **external,
            )["Credentials"]
            session = boto3.session.Session(
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
            )
        return session

    def _client(self, session: Any, service: str, region: str, config: Config | None) -> Any:
        ours = Config(
            retries={"mode": "adaptive", "total_max_attempts": 10},  # the control plane takes 15 requests a second
            s3={"addressing_style": "path"} if self.s3_use_path_style else None,
            use_fips_endpoint=self.use_fips_endpoint,
            use_dualstack_endpoint=self.use_dualstack_endpoint,
        )
        # A boto3 session is not thread-safe while it creates a client. Clients are thread-safe.
        with _MAKING_A_CLIENT:
            return session.client(
                service,
                region_name=region,
                endpoint_url=self.endpoints.get(service),
                config=ours.merge(config) if config else ours,
            )


def _is_true(text: str | None) -> bool | None:
    return None if text is None else text.lower() == "true"
