"""Looks up the logins of indexes where the builder runs: in AWS, in variables, or in netrc.

The package ``indexes`` alone holds credentials by value before they are used. Its errors never quote them.
"""

from __future__ import annotations

import netrc
import threading
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from builder_lambda.contract.index_login import (
    CodeArtifact,
    EnvironmentLogin,
    Login,
    NetrcLogin,
    SecretLogin,
    token_login,
)
from builder_lambda.contract.urls import is_local, origin_of
from builder_lambda.errors.aws_sdk import AwsSdkMissing
from builder_lambda.errors.indexes import IndexCredentialsMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.contract.package_index import PackageIndex
    from builder_lambda.indexes.aws_logins import AwsLogins


class RuntimeLogins:
    """Looks up each login on its first use. Most builds need none."""

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
        self._client = client

    def login(self, index: PackageIndex) -> Login | None:
        """Return the login of an index, or ``None`` if it has none.

        :raises IndexCredentialsMissing: if there is no login at its place.
        :raises BuilderNotPermitted: if the builder may not read it.
        :raises AwsSdkMissing: if it is in AWS, and boto3 is not installed.
        """
        match index.login:
            case None:
                return None
            case SecretLogin() as reference:
                return self._aws(index.name).of_secret(index.name, reference)
            case CodeArtifact() as reference:
                return self._aws(index.name).of_codeartifact(index.name, reference)
            case EnvironmentLogin() as reference:
                return self._of_environment(index.name, reference)
            case NetrcLogin() as reference:
                found = netrc_login(self._netrc_file, index.address)
                host = urlsplit(index.address).hostname
                return found or _missing(index.name, reference, f"there is none, or none with an entry for {host}")

    def _aws(self, name: str) -> AwsLogins:
        try:
            from builder_lambda.indexes.aws_logins import AwsLogins  # boto3 is optional
        except ModuleNotFoundError as error:
            raise AwsSdkMissing(needed_for=f"the login of the package index {name!r}") from error
        return AwsLogins(self._client)

    def _of_environment(self, name: str, reference: EnvironmentLogin) -> Login:
        wanted = [reference.username_variable, reference.password_variable]
        unset = [variable for variable in wanted if variable and not self._environ.get(variable)]
        if unset:
            _missing(name, reference, f"{' and '.join(unset)} {'is' if len(unset) == 1 else 'are'} not set")
        password = self._environ[reference.password_variable]
        if reference.username_variable is None:
            return token_login(password)
        return Login(username=self._environ[reference.username_variable], password=password)


class OnceLogin:
    """Looks up a login on the first call. Later calls, from any thread, return the same one."""

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
    """Return the login that a netrc file has for the host of ``url``, or ``None``, also for an unreadable file.

    Its ``default`` entry is not used: it would go to any host that a lock or a page names. A login goes over https, or
    to this machine.
    """
    if not file or not (origin_of(url)[0] == "https" or is_local(url)):
        return None
    try:
        hosts = {name: entry for name, entry in netrc.netrc(file).hosts.items() if name != "default"}
        found = hosts.get(origin_of(url)[1])
    except (netrc.NetrcParseError, OSError):
        return None
    return Login(username=found[0], password=found[2]) if found else None


def _missing(index: str, reference: object, reason: str) -> NoReturn:
    raise IndexCredentialsMissing(index=index, detail=f"{reference}: {reason}")
