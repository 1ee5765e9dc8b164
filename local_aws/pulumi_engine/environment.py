"""The environment variables of Pulumi, the program and its plugins on the embedded AWS."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from local_aws.environments.folders import Folders

SECRET_KEY = "local"  # noqa: S105  the embedded AWS accepts any secret key of an account's root
PASSPHRASE = "local"  # noqa: S105  local stacks have no real secrets

_SOMEONE_ELSES = re.compile(r"AWS_\w+|PULUMI_\w+|PYTHON(HOME|PATH|STARTUP|SAFEPATH|EXECUTABLE)|VIRTUAL_ENV(_PROMPT)?")
"""Variables of the developer's AWS account, Pulumi organization and Python. No local stack may see them."""
_KEPT = frozenset({"PULUMI_STACK", "PULUMI_PARALLEL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"})


def local_environment(
    folders: Folders,
    *,
    endpoint: str,
    account: str,
    search_path: Iterable[Path] = (),
    environ: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the variables of a Pulumi that deploys to the emulator at `endpoint` and can reach nothing else.

    :param account: the account of the credentials in the variables.
    :param search_path: the first folders of PATH.
    """
    environ = os.environ if environ is None else environ
    kept = {name: text for name, text in environ.items() if name in _KEPT or not _SOMEONE_ELSES.fullmatch(name)}
    path = [*map(str, search_path), str(folders.stand_ins), environ.get("PATH", os.defpath)]
    passphrase = (
        {}
        if {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & kept.keys()
        else {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    )
    return {**kept, "PATH": os.pathsep.join(path), **passphrase, **_pulumi(folders), **_aws(endpoint, account)}


def _pulumi(folders: Folders) -> dict[str, str]:
    return {
        "PULUMI_HOME": str(folders.pulumi / "home"),
        "PULUMI_BACKEND_URL": f"file://{folders.pulumi / 'backend'}",
        # The interpreter of programs without a virtual environment in their Pulumi.yaml.
        "PULUMI_PYTHON_CMD": str(folders.python),
        # Only a Pulumi that was built from modules uses it. Any other has its own language host beside it.
        "LOCAL_AWS_LANGUAGE_HOST": str(folders.language_host),
        # Pulumi must not contact any host.
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    }


def _aws(endpoint: str, account: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
