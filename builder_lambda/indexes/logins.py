"""Look up the logins of indexes where the builder runs: Secrets Manager, CodeArtifact, variables, netrc.

The one place that holds credentials by value before they are used. What it says of a failure never quotes them.
"""

from __future__ import annotations

import netrc
import threading
from typing import TYPE_CHECKING, Any, NoReturn, cast
from urllib.parse import urlsplit

from builder_lambda.contract.index_login import (
    CodeArtifact,
    EnvironmentLogin,
    Login,
    NetrcLogin,
    SecretLogin,
    parse_secret,
    token_login,
)
from builder_lambda.errors.aws_sdk import AwsSdkMissing
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.indexes import IndexCredentialsMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.contract.package_index import PackageIndex

_TOKEN_SECONDS = 3600
"""More than the 900 s that a function can run; CodeArtifact allows no less than 900."""

_METHODS = {"GetSecretValue": "get_secret_value", "GetAuthorizationToken": "get_authorization_token"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class RuntimeLogins:
    """Looks up each login when it is first asked for, and not before: most builds need none."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        netrc_file: str | None = None,
        client: Callable[[str, str], Any] | None = None,
    ) -> None:
        """Look up in these variables, this file and AWS.

        :param client: makes a client of an AWS service in a region; boto3's by default.
        """
        self._environ = environ
        self._netrc_file = netrc_file
        self._client = client or _boto3_client

    def login(self, index: PackageIndex) -> Login | None:
        """Return the login of an index, or ``None`` if it has none.

        :raises IndexCredentialsMissing: if there is no login at its place.
        :raises BuilderNotPermitted: if the builder may not read it.
        """
        match index.login:
            case None:
                return None
            case SecretLogin() as reference:
                return self._of_secret(index.name, reference)
            case CodeArtifact() as reference:
                return self._of_codeartifact(index.name, reference)
            case EnvironmentLogin() as reference:
                return self._of_environment(index.name, reference)
            case NetrcLogin() as reference:
                found = netrc_login(self._netrc_file, index.address)
                host = urlsplit(index.address).hostname
                return found or _missing(index.name, reference, f"there is none, or none with an entry for {host}")

    def _of_secret(self, name: str, reference: SecretLogin) -> Login:
        region = reference.arn.split(":")[3]
        reply = self._ask(name, reference, "secretsmanager:GetSecretValue", region, SecretId=reference.arn)
        text = reply.get("SecretString")
        if not isinstance(text, str):
            _missing(name, reference, "it is binary, and must be text")
        try:
            return parse_secret(text)
        except ValueError as error:
            _missing(name, reference, str(error))

    def _of_codeartifact(self, name: str, reference: CodeArtifact) -> Login:
        reply = self._ask(
            name,
            reference,
            "codeartifact:GetAuthorizationToken",
            reference.region,
            domain=reference.domain,
            domainOwner=reference.owner,
            durationSeconds=_TOKEN_SECONDS,
        )
        # AWS: "Configure and use pip with CodeArtifact"; the user name is always this.
        return Login(username="aws", password=str(reply["authorizationToken"]))

    def _of_environment(self, name: str, reference: EnvironmentLogin) -> Login:
        wanted = [reference.username_variable, reference.password_variable]
        unset = [variable for variable in wanted if variable and not self._environ.get(variable)]
        if unset:
            _missing(name, reference, f"{' and '.join(unset)} {'is' if len(unset) == 1 else 'are'} not set")
        password = self._environ[reference.password_variable]
        if reference.username_variable is None:
            return token_login(password)
        return Login(username=self._environ[reference.username_variable], password=password)

    def _ask(
        self, name: str, reference: SecretLogin | CodeArtifact, action: str, region: str, **asked: object
    ) -> Mapping[str, Any]:
        try:
            from botocore.exceptions import BotoCoreError, ClientError
        except ModuleNotFoundError as error:
            raise AwsSdkMissing(needed_for=f"the login of the package index {name!r}") from error

        service, _, operation = action.partition(":")
        try:
            client = self._client(service, region)
            return cast("Mapping[str, Any]", getattr(client, _METHODS[operation])(**asked))
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _DENIED:
                raise BuilderNotPermitted(action=action, detail=f"{reference}\n{error}") from error
            _missing(name, reference, str(error))
        except BotoCoreError as error:
            _missing(name, reference, str(error))


class OnceLogin:
    """Looks up a login when it is first asked for, once, whichever thread asks."""

    def __init__(self, look_up: Callable[[], Login | None]) -> None:
        self._look_up = look_up
        self._lock = threading.Lock()
        self._found: tuple[Login | None] | None = None

    def __call__(self) -> Login | None:
        """Return the login."""
        with self._lock:
            if self._found is None:
                self._found = (self._look_up(),)
            return self._found[0]


def netrc_login(file: str | None, url: str) -> Login | None:
    """Return what a netrc file has for the host of ``url``; a file that cannot be read has nothing."""
    if not file:
        return None
    try:
        found = netrc.netrc(file).authenticators(urlsplit(url).hostname or "")
    except (netrc.NetrcParseError, OSError):
        return None
    return Login(username=found[0], password=found[2]) if found else None


def _missing(index: str, reference: object, reason: str) -> NoReturn:
    raise IndexCredentialsMissing(index=index, detail=f"{reference}: {reason}")


def _boto3_client(service: str, region: str) -> object:
    import boto3

    return cast("Any", boto3.client)(service, region_name=region)
