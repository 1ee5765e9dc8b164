"""The environment variables of the programs that we start. Pure.

A program gets the variables of this table and no others. Credentials of AWS (``AWS_*``) are in no row, because uv
expands ``${NAME}`` in requirements and in the metadata of packages with its own variables. Credential helpers of a
container engine find a profile of AWS in ``HOME``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Program = Literal["build", "bytecode", "engine", "tool", "uv", "uv-of-builds", "version-manager"]
"""``build``: a build backend or compiler. ``bytecode``: an interpreter that compiles. ``engine``: Docker or Podman.
``tool``: a program that is asked for its version. ``uv``: uv where it chooses versions. ``uv-of-builds``: uv where it
installs build requirements, without logins. ``version-manager``: an interpreter that may be a shim."""

_TO_START = ("DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables without which some programs do not start. Lambda's interpreters are linked to a shared library."""

_OF_USER = ("HOME", "LANG", "LANGUAGE", "LC_*", "LOGNAME", "PATH", "TEMP", "TMP", "TMPDIR", "TZ", "USER", "XDG_*")
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "all_proxy", "https_proxy", "http_proxy", "no_proxy")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "SSL_CLIENT_CERT")

_OF_UV = (
    *("NETRC", "DBUS_SESSION_BUS_ADDRESS"),  # the netrc file, and the keyring of the desktop
    *(
        "UV_INDEX",
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "UV_NO_INDEX",
        "UV_INDEX_*",
    ),
    *("UV_CONFIG_FILE", "UV_NO_CONFIG", "UV_KEYRING_PROVIDER", "UV_CREDENTIALS_DIR"),
    *("UV_HTTP_TIMEOUT", "UV_HTTP_CONNECT_TIMEOUT", "UV_REQUEST_TIMEOUT", "UV_HTTP_RETRIES", "UV_OFFLINE"),
    *("UV_CONCURRENT_DOWNLOADS", "UV_INSECURE_HOST", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"),
    *("UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_RESOLUTION", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE"),
)
"""Variables that name indexes, reach them, or choose versions. pip's are read by ``indexes/settings.py``."""

_WORDS_OF_LOGINS = ("CREDENTIAL", "KEYRING", "NETRC", "PASSW", "SECRET", "TOKEN", "USERNAME")
_ADDRESS_WITH_LOGIN = re.compile(r"://[^\s/]*@|://[^\s?]*\?")

_OF_ENGINES = (
    *("DOCKER_API_VERSION", "DOCKER_AUTH_CONFIG", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_HOST"),
    *("DOCKER_TLS", "DOCKER_TLS_VERIFY", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "REGISTRY_AUTH_FILE"),
    *("CONTAINER_CONNECTION", "CONTAINER_HOST", "CONTAINER_SSHKEY", "CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE"),
    *("CONTAINERS_REGISTRIES_CONF", "CONTAINERS_STORAGE_CONF", "STORAGE_DRIVER", "STORAGE_OPTS"),
)
"""Variables that name the engine's server and settings, and the logins of image registries."""

_OF_VERSION_MANAGERS = (
    *("ASDF_CONFIG_FILE", "ASDF_DATA_DIR", "ASDF_DIR", "ASDF_PYTHON_VERSION"),
    *("MISE_CONFIG_DIR", "MISE_DATA_DIR", "MISE_PYTHON_VERSION", "PYENV_DIR", "PYENV_ROOT", "PYENV_VERSION"),
)

_ALLOWED: Mapping[Program, tuple[str, ...]] = {
    "build": _TO_START,
    "bytecode": _TO_START,
    "engine": (*_TO_START, *_OF_USER, *_PROXIES, *_CERTIFICATES, *_OF_ENGINES),
    "tool": (*_TO_START, *_OF_USER),
    "uv": (*_TO_START, *_OF_USER, *_PROXIES, *_CERTIFICATES, *_OF_UV),
    "uv-of-builds": (*_TO_START, *_PROXIES),
    "version-manager": (*_TO_START, *_OF_USER, *_OF_VERSION_MANAGERS),
}
"""The variables of each program. ``*`` at the end stands for any rest of a name."""


def environment_for(program: Program, environ: Mapping[str, str]) -> dict[str, str]:
    """Return those variables of ``environ`` that ``program`` may have."""
    allowed = _ALLOWED[program]
    names = frozenset(name for name in allowed if not name.endswith("*"))
    prefixes = tuple(name[:-1] for name in allowed if name.endswith("*"))
    return {name: value for name, value in environ.items() if name in names or name.startswith(prefixes)}


def may_hold_login(name: str, value: str) -> bool:
    """Return whether a variable looks as if it held a login: by its name, or an address with a user or a query."""
    return any(word in name.upper() for word in _WORDS_OF_LOGINS) or _ADDRESS_WITH_LOGIN.search(value) is not None
