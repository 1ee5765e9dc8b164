"""Add the settings of this machine to a stack's config. Pure: callers read and write the files."""

from collections.abc import Mapping
from typing import Any

from local_aws.pulumi_engine.environment import SECRET_KEY

DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"
RUNTIMES_KEY = "python-layers:runtimes"

SERVICES = (
    "cloudwatch",
    "codebuild",
    "dynamodb",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "organizations",
    "s3",
    "s3control",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
"""The services of the embedded AWS, under the names of the AWS provider's `endpoints`."""

_CREDENTIALS_ELSEWHERE = ("aws:profile", "aws:sharedConfigFiles", "aws:sharedCredentialsFiles", "aws:token")

Config = dict[str, Any]  # YAML that follows Pulumi's rules


def local_config(
    committed: Mapping[str, Any],
    *,
    endpoint: str,
    runtimes: tuple[str, ...] = (),
    extra: Mapping[str, Any] | None = None,
    salt: str | None = None,
) -> Config:
    """Return the content of a stack's config file for the emulator at `endpoint`.

    :param committed: the parsed config file of the stack; empty if it has none.
    :param runtimes: the runtimes of this machine. They apply if the file sets none; empty to set none.
    :param extra: overrides the config of the file.
    :param salt: the salt of the last written config. It is kept unless the file has secrets of its own.
    """
    config: Config = {**(committed.get("config") or {}), **(extra or {})}
    for key in _CREDENTIALS_ELSEWHERE:
        config.pop(key, None)
    config.setdefault("aws:accessKey", DEFAULT_ACCOUNT)
    config.setdefault("aws:secretKey", SECRET_KEY)
    config.setdefault("aws:region", DEFAULT_REGION)
    if runtimes:
        config.setdefault(RUNTIMES_KEY, list(runtimes))
    config |= {
        "aws:endpoints": [dict.fromkeys(SERVICES, endpoint)],
        "aws:s3UsePathStyle": "true",
        "aws:skipCredentialsValidation": "true",
        "aws:skipMetadataApiCheck": "true",
    }
    others = {key: value for key, value in committed.items() if key != "config"}
    if not has_secrets(committed):
        # The file's encryption settings are of no use without secrets, and may need a key service or a passphrase.
        for key in ("encryptionsalt", "encryptedkey", "secretsprovider"):
            others.pop(key, None)
        if salt:
            others["encryptionsalt"] = salt
    return {**others, "config": config}


def account_of(config: Mapping[str, Any]) -> str:
    """Return the account that the stack is deployed to: the access key of `config`."""
    return str(config["config"]["aws:accessKey"])


def has_secrets(document: object) -> bool:
    """Return whether a config has an encrypted value."""
    if isinstance(document, Mapping):
        return "secure" in document or any(has_secrets(value) for value in document.values())
    return isinstance(document, list) and any(has_secrets(value) for value in document)
