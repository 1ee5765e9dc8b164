"""Asks AWS for the logins of indexes: Secrets Manager and CodeArtifact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from builder_lambda.contract.aws_errors import is_denied
from builder_lambda.contract.index_login import Login, parse_secret
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.indexes import IndexCredentialsMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.contract.index_login import CodeArtifact, SecretLogin

_TOKEN_SECONDS = 3600
"""More than the 900 s that a function can run; CodeArtifact allows no less than 900."""


class AwsLogins:
    """Reads logins from AWS."""

    def __init__(self, client: Callable[[str, str], Any] | None = None) -> None:
        """Ask with the clients that ``client`` makes for a service and a region; boto3's by default."""
        self._client = client or _boto3_client

    def of_secret(self, index: str, reference: SecretLogin) -> Login:
        """Return the login in a secret.

        :raises IndexCredentialsMissing: if it has none, or in another form.
        :raises BuilderNotPermitted: if the builder may not read it.
        """
        region = reference.arn.split(":")[3]
        client = self._client("secretsmanager", region)
        reply = _reply(
            index,
            reference,
            "secretsmanager:GetSecretValue",
            lambda: client.get_secret_value(SecretId=reference.arn),
        )
        text = reply.get("SecretString")
        if not isinstance(text, str):
            _missing(index, reference, "it is binary, and must be text")
        try:
            return parse_secret(text)
        except ValueError as error:
            _missing(index, reference, str(error))

    def of_codeartifact(self, index: str, reference: CodeArtifact) -> Login:
        """Return a login with a new token.

        :raises IndexCredentialsMissing: if CodeArtifact gives none.
        :raises BuilderNotPermitted: if the builder may not ask for one.
        """
        client = self._client("codeartifact", reference.region)
        reply = _reply(
            index,
            reference,
            "codeartifact:GetAuthorizationToken",
            lambda: client.get_authorization_token(
                domain=reference.domain, domainOwner=reference.owner, durationSeconds=_TOKEN_SECONDS
            ),
        )
        # AWS: "Configure and use pip with CodeArtifact". The user name is always "aws".
        return Login(username="aws", password=str(reply["authorizationToken"]))


def _reply(
    index: str, reference: SecretLogin | CodeArtifact, action: str, ask: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    try:
        return ask()
    except ClientError as error:
        if is_denied(error):
            raise BuilderNotPermitted(action=action, detail=f"{reference}\n{error}") from error
        _missing(index, reference, str(error))
    except BotoCoreError as error:
        _missing(index, reference, str(error))


def _boto3_client(service: str, region: str) -> Any:
    return cast("Any", boto3.client)(service, region_name=region)


def _missing(index: str, reference: object, reason: str) -> NoReturn:
    raise IndexCredentialsMissing(index=index, detail=f"{reference}: {reason}")
