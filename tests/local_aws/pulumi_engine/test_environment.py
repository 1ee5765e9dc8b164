"""The environment of a local stack."""

from local_aws.environments.folders import Folders
from local_aws.pulumi_engine.environment import local_environment


def test_nothing_of_a_real_account_reaches_a_local_stack(folders: Folders) -> None:
    developer = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ACCESS_KEY_ID": "real",
        "PULUMI_ACCESS_TOKEN": "real",
        "PULUMI_BACKEND_URL": "s3://real",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PYTHONPATH": "/elsewhere",
        "VIRTUAL_ENV": "/elsewhere",
        "PULUMI_STACK": "dev",
        "LANG": "C",
        "PATH": "/bin",
    }

    environment = local_environment(folders, endpoint="http://127.0.0.1:1", account="111122223333", environ=developer)

    assert environment == {
        "LANG": "C",
        "PULUMI_STACK": "dev",
        "PATH": f"{folders.root}/local_aws/bin:/bin",
        "PULUMI_HOME": f"{folders.local}/pulumi/home",
        "PULUMI_BACKEND_URL": f"file://{folders.local}/pulumi/backend",
        "PULUMI_CONFIG_PASSPHRASE": "local",
        "PULUMI_PYTHON_CMD": f"{folders.root}/.venv/bin/python",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "LOCAL_AWS_LANGUAGE_HOST": f"{folders.root}/local_aws/language_host/pulumi-language-python",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_a_passphrase_of_the_caller_is_kept_for_secrets_of_a_committed_config(folders: Folders) -> None:
    environment = local_environment(
        folders, endpoint="", account="", environ={"PULUMI_CONFIG_PASSPHRASE_FILE": "/secret", "PATH": "/bin"}
    )

    assert environment["PULUMI_CONFIG_PASSPHRASE_FILE"] == "/secret"
    assert "PULUMI_CONFIG_PASSPHRASE" not in environment
