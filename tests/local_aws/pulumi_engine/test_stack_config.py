"""A stack's config with the facts of this machine laid over it."""

from local_aws.pulumi_engine.stack_config import SERVICES, local_config

ENDPOINT = "http://127.0.0.1:1"
FACTS = {
    "aws:accessKey": "000000000000",
    "aws:secretKey": "local",
    "aws:region": "us-east-1",
    "aws:endpoints": [dict.fromkeys(SERVICES, ENDPOINT)],
    "aws:s3UsePathStyle": "true",
    "aws:skipCredentialsValidation": "true",
    "aws:skipMetadataApiCheck": "true",
}


def test_a_project_without_config_gets_what_the_emulator_needs() -> None:
    assert local_config({}, endpoint=ENDPOINT) == {"config": FACTS}


def test_what_the_file_says_stays_but_for_where_aws_is() -> None:
    committed = {
        "config": {
            "app:name": "x",
            "aws:region": "eu-west-1",
            "aws:accessKey": "111122223333",
            "aws:profile": "production",
            "aws:endpoints": [{"s3": "https://elsewhere"}],
        }
    }

    assert local_config(committed, endpoint=ENDPOINT) == {
        "config": {**FACTS, "app:name": "x", "aws:region": "eu-west-1", "aws:accessKey": "111122223333"}
    }


def test_runtimes_are_those_of_the_machine_unless_the_file_names_some() -> None:
    named = {"config": {"python-layers:runtimes": ["python3.11"]}}

    found = local_config({}, endpoint=ENDPOINT, runtimes=("python3.13",))["config"]
    kept = local_config(named, endpoint=ENDPOINT, runtimes=("python3.13",))["config"]

    assert found["python-layers:runtimes"] == ["python3.13"]
    assert kept["python-layers:runtimes"] == ["python3.11"]


def test_extra_config_goes_over_the_file() -> None:
    committed = {"config": {"app:name": "x"}}

    assert local_config(committed, endpoint=ENDPOINT, extra={"app:name": "y"})["config"]["app:name"] == "y"


def test_a_file_without_secrets_loses_how_secrets_are_encrypted_elsewhere() -> None:
    committed = {"secretsprovider": "awskms://real", "encryptedkey": "k", "config": {}}

    assert local_config(committed, endpoint=ENDPOINT, salt="v1:ours") == {
        "encryptionsalt": "v1:ours",
        "config": FACTS,
    }


def test_a_file_with_secrets_keeps_its_salt() -> None:
    committed = {"encryptionsalt": "v1:theirs", "config": {"app:list": [{"secure": "v1:x"}]}}

    config = local_config(committed, endpoint=ENDPOINT, salt="v1:ours")

    assert config["encryptionsalt"] == "v1:theirs"


def test_the_committed_mapping_is_not_changed() -> None:
    committed = {"encryptionsalt": "v1:x", "config": {"aws:profile": "p"}}

    local_config(committed, endpoint=ENDPOINT)

    assert committed == {"encryptionsalt": "v1:x", "config": {"aws:profile": "p"}}
