"""A stack's config with the facts of this machine laid over it. Pure: files are read and written elsewhere."""

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
"""What the embedded AWS answers for, by the names that the AWS provider's `endpoints` knows."""

_CREDENTIALS_ELSEWHERE = ("aws:profile", "aws:sharedConfigFiles", "aws:sharedCredentialsFiles", "aws:token")

Config = dict[str, Any]  # YAML, with Pulumi's own rules for it


def local_config(
    committed: Mapping[str, Any],
    *,
    endpoint: str,
    runtimes: tuple[str, ...] = (),
    extra: Mapping[str, Any] | None = None,
    salt: str | None = None,
) -> Config:
    """Return what a stack's config file must hold for the emulator at `endpoint`.

    :param committed: the stack's own file, parsed; empty if it has none.
    :param runtimes: what the machine can run, given to python-layers where the file names none; empty for none.
    :param extra: config that goes over the file's.
    :param salt: of the secrets that were last written under this config, kept unless the file has secrets itself.
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
        # How secrets would be encrypted is of no use here, and may be out of reach: a key service, a passphrase.
        for key in ("encryptionsalt", "encryptedkey", "secretsprovider"):
            others.pop(key, None)
        if salt:
            others["encryptionsalt"] = salt
    return {**others, "config": config}


def account_of(config: Mapping[str, Any]) -> str:
    """Return the account that the stack of `config` is deployed to, by its access key."""
    return str(config["config"]["aws:accessKey"])


def has_secrets(document: object) -> bool:
    """Tell whether a config holds an encrypted value anywhere."""
    if isinstance(document, Mapping):
        return "secure" in document or any(has_secrets(value) for value in document.values())
    return isinstance(document, list) and any(has_secrets(value) for value in document)
