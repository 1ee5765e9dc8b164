"""How an index is logged in to: by reference in what travels and is kept, by value in the builder alone.

Pure. The references are looked up by ``runtime_logins.py``.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field
from typing import ClassVar

_CODEARTIFACT_HOST = "{domain}-{owner}.d.codeartifact.{region}.amazonaws.com"
_TOKEN_USERNAME = "__token__"  # noqa: S105 - a user name, by PyPI's and most servers' convention


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """User name and password. Lives in the memory of the builder; is never shown, logged or stored."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretLogin:
    """The login is in AWS Secrets Manager."""

    url: ClassVar[None] = None
    """The address of the index is given beside the login."""

    arn: str
    """ARN of the secret. Its text is ``user:password``, a token, or a JSON object: see :func:`parse_secret`."""

    def __str__(self) -> str:
        return f"the secret {self.arn}"

    def to_mapping(self) -> dict[str, object]:
        """Return the reference as JSON values."""
        return {"secret_arn": self.arn}


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentLogin:
    """The login is in environment variables of the builder."""

    url: ClassVar[None] = None
    """The address of the index is given beside the login."""

    password_variable: str
    username_variable: str | None = None
    """Without it the password is a token."""

    def __str__(self) -> str:
        names = [name for name in (self.username_variable, self.password_variable) if name]
        return f"the environment variable{'s' if len(names) > 1 else ''} {' and '.join(names)}"

    def to_mapping(self) -> dict[str, object]:
        """Return the reference as JSON values."""
        user = {"username_variable": self.username_variable} if self.username_variable else {}
        return {**user, "password_variable": self.password_variable}


@dataclass(frozen=True, kw_only=True, slots=True)
class NetrcLogin:
    """The login is in the netrc file of the builder (``NETRC``, or ``.netrc`` in the home folder)."""

    url: ClassVar[None] = None
    """The address of the index is given beside the login."""

    def __str__(self) -> str:
        return "the netrc file"

    def to_mapping(self) -> dict[str, object]:
        """Return the reference as JSON values."""
        return {"netrc": True}


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeArtifact:
    """A repository of AWS CodeArtifact; its token is asked for with the role of the builder."""

    domain: str
    owner: str
    """Account number of the owner of the domain."""

    repository: str
    region: str

    def __str__(self) -> str:
        return f"the CodeArtifact domain {self.domain!r} of account {self.owner} in {self.region}"

    @property
    def url(self) -> str:
        """The simple repository API of the repository (AWS: "Configure and use pip with CodeArtifact")."""
        host = _CODEARTIFACT_HOST.format(domain=self.domain, owner=self.owner, region=self.region)
        return f"https://{host}/pypi/{self.repository}/simple/"

    def to_mapping(self) -> dict[str, object]:
        """Return the reference as JSON values."""
        return {"codeartifact": asdict(self)}


LoginReference = SecretLogin | EnvironmentLogin | NetrcLogin | CodeArtifact


def token_login(token: str) -> Login:
    """Return the login that a bare token stands for."""
    return Login(username=_TOKEN_USERNAME, password=token)


def parse_secret(text: str) -> Login:
    """Return the login that the text of a secret holds.

    ``user:password`` (divided at the first colon), a token without a colon, or a JSON object with ``token``, or with
    ``username`` and ``password`` as Secrets Manager's own forms for databases have them.

    :raises ValueError: saying what is wrong with its form, and nothing of what it holds.
    """
    text = text.strip()
    if not text:
        raise ValueError("it is empty")
    if text.startswith("{"):
        return _parse_object(text)
    username, colon, password = text.partition(":")
    if not colon:
        return token_login(text)
    if not username or not password:
        raise ValueError("it must be 'user:password', a token, or a JSON object")
    return Login(username=username, password=password)


def _parse_object(text: str) -> Login:
    values = None
    with contextlib.suppress(ValueError):
        values = json.loads(text)
    if not isinstance(values, dict):
        # Raised out here, because an error of the reader holds the whole text, and would be in the chain of this one.
        raise ValueError("it begins as a JSON object, and is none")  # noqa: TRY004 - of the form, not of a type
    username, password, token = (values.get(key) for key in ("username", "password", "token"))
    if isinstance(token, str) and token:
        return token_login(token) if not isinstance(username, str) else Login(username=username, password=token)
    if isinstance(username, str) and username and isinstance(password, str) and password:
        return Login(username=username, password=password)
    raise ValueError("its JSON object must have the texts 'username' and 'password', or 'token'")
