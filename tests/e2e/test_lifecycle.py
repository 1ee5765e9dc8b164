"""The life of a stack, first to last, with real packages; each test leaves the layer as it was deployed first."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.dynamic.statements import parse_policy
from local_aws.demo.canary import run_canary
from local_aws.pulumi_engine.environment import SECRET_KEY
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

REGIONS = ("us-east-1", "eu-west-1")
OLD, NEW = "idna==3.9", "idna==3.10"
SHARE = {"accounts": ["999988887777"], "organization": "o-a1b2c3d4e5"}


def layer(*requirements: str) -> dict[str, Any]:
    return {"layers": {"web": {"requirements": list(requirements)}}, "share_with": SHARE}


BASE = layer(OLD, "certifi==2024.8.30")


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Stack:
    stack.up(**BASE)
    return stack


def target(stack: Stack) -> dict[str, Any]:
    (only,) = stack.layers()["web"].values()
    return only


def builder_calls(stack: Stack) -> int:
    logs = stack.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    return sum(
        event["message"].startswith("START")
        for group in groups
        for event in logs.filter_log_events(logGroupName=group)["events"]
    )


def test_the_layer_exists_in_every_region_with_the_bytes_of_the_builder(deployed: Stack) -> None:
    built = target(deployed)
    assert built["packages"] == {"certifi": "2024.8.30", "idna": "3.9"}
    assert set(built["layer_version_arns"]) == set(REGIONS)
    for region, arn in built["layer_version_arns"].items():
        version = deployed.client("lambda", region).get_layer_version_by_arn(Arn=arn)
        assert version["Content"]["CodeSha256"] == built["code_sha256"]
        assert version["Description"] == f"content {built['content_hash']} of python-layers/{deployed.name}"


@pytest.mark.parametrize("region", REGIONS)
def test_a_function_with_only_the_layer_imports_every_distribution(deployed: Stack, runtime: str, region: str) -> None:
    arn = target(deployed)["layer_version_arns"][region]
    canary = run_canary(deployed.pulumi.emulator, arn, runtime=runtime, architecture="x86_64", account=deployed.account)
    assert canary.status == "passed", str(canary)
    assert {check.name for check in canary.checks} == {"certifi", "idna"}


def test_an_account_that_the_layer_is_shared_with_can_use_it(deployed: Stack, runtime: str) -> None:
    arn = target(deployed)["layer_version_arns"]["eu-west-1"]
    shared = run_canary(deployed.pulumi.emulator, arn, runtime=runtime, architecture="x86_64", account="999988887777")
    assert shared.status == "passed", str(shared)
    with pytest.raises(Exception, match="AccessDenied"):
        run_canary(deployed.pulumi.emulator, arn, runtime=runtime, architecture="x86_64", account="123412341234")


def test_a_parameter_names_the_version(deployed: Stack) -> None:
    for region, arn in target(deployed)["layer_version_arns"].items():
        (name,) = [p["Name"] for p in deployed.client("ssm", region).describe_parameters()["Parameters"]]
        assert name.startswith(f"/python-layers/python-layers/{deployed.name}/web-python")
        assert deployed.client("ssm", region).get_parameter(Name=name)["Parameter"]["Value"] == arn


def test_a_second_up_changes_nothing_and_asks_nobody(deployed: Stack) -> None:
    before = builder_calls(deployed)
    assert before > 0
    assert deployed.up(**BASE).steps == ()
    assert builder_calls(deployed) == before


def test_order_comments_and_place_of_the_checkout_change_nothing(deployed: Stack, other_folder: Path) -> None:
    file = other_folder / "web.txt"
    file.write_text(f"# what the web needs\ncertifi == 2024.8.30   # certificates\n\n{OLD.upper()}\n")
    elsewhere = replace(deployed, program=other_folder)
    before = builder_calls(deployed)
    outcome = elsewhere.up(layers={"web": {"requirements": "web.txt"}}, share_with=SHARE)
    assert outcome.steps == ()
    assert builder_calls(deployed) == before


def test_a_preview_shows_which_packages_move(deployed: Stack) -> None:
    shown = deployed.preview("--diff", **layer(NEW, "certifi==2024.8.30", "six==1.16.0"))
    assert re.search(r'~ idna\s*: "3.9" => "3.10"', shown)
    assert re.search(r'\+ six\s*: "1.16.0"', shown)
    assert not re.search(r"[~+-] certifi", shown)


def test_a_changed_pin_changes_the_build_and_what_hangs_on_it(deployed: Stack) -> None:
    before = target(deployed)
    slug = next(iter(before["layer_version_arns"].values())).split(":")[6]
    outcome = deployed.up(**layer(NEW, "certifi==2024.8.30"))
    assert set(outcome.changed) == {f"update {slug}-build", *(f"update {slug}-{region}" for region in REGIONS)}
    after = target(deployed)
    assert after["packages"]["idna"] == "3.10"
    for region in REGIONS:
        versions = deployed.client("lambda", region).list_layer_versions(LayerName=slug)["LayerVersions"]
        assert [version["LayerVersionArn"] for version in versions] == [after["layer_version_arns"][region]]

    deployed.up(**BASE)
    again = target(deployed)
    assert (again["content_hash"], again["code_sha256"]) == (before["content_hash"], before["code_sha256"])


def test_versions_are_kept_with_their_grants_where_that_is_wanted(deployed: Stack, runtime: str) -> None:
    deployed.up(**{**BASE, "share_with": {**SHARE, "everyone": True}}, keep_old_versions=True)
    kept = target(deployed)["layer_version_arns"]
    strange = run_canary(
        deployed.pulumi.emulator, kept["eu-west-1"], runtime=runtime, architecture="x86_64", account="123412341234"
    )
    assert strange.status == "passed", str(strange)
    outcome = deployed.up(**layer(NEW), keep_old_versions=True)
    newer = target(deployed)["layer_version_arns"]
    for region, arn in kept.items():
        assert f"kept with its grants: {arn}" in outcome.messages
        version = {"LayerName": arn.split(":")[6], "VersionNumber": int(arn.split(":")[7])}
        policy = deployed.client("lambda", region).get_layer_version_policy(**version)["Policy"]
        assert set(parse_policy(policy)) == {"account-999988887777", "organization-o-a1b2c3d4e5", "everyone"}

    deployed.up(**layer(NEW))  # what happens to a version is what the last `up` said of it
    deployed.up(**BASE)
    assert target(deployed)["layer_version_arns"] == kept, "an older content gets its version back"
    for region, arn in kept.items():
        listed = deployed.client("lambda", region).list_layer_versions(LayerName=arn.split(":")[6])["LayerVersions"]
        assert [version["LayerVersionArn"] for version in listed] == [arn]
        assert newer[region] != arn


def test_a_region_is_added_without_a_build_and_removed_without_a_trace(deployed: Stack) -> None:
    before, calls = target(deployed), builder_calls(deployed)
    outcome = deployed.up(**BASE, regions=[*REGIONS, "ap-southeast-2"])
    assert {step for step, _urn in outcome.steps} == {"create"}
    after = target(deployed)
    assert builder_calls(deployed) == calls
    assert after["code_sha256"] == before["code_sha256"]
    assert {region: after["layer_version_arns"][region] for region in REGIONS} == before["layer_version_arns"]
    assert "ap-southeast-2" in after["layer_version_arns"]

    outcome = deployed.up(**BASE)
    assert {step for step, _urn in outcome.steps} == {"delete"}
    assert target(deployed) == before
    assert deployed.client("lambda", "ap-southeast-2").list_layers()["Layers"] == []


def test_a_grant_that_was_removed_shows_in_a_refresh_and_comes_back(deployed: Stack) -> None:
    arn = target(deployed)["layer_version_arns"]["eu-west-1"]
    name, number = arn.rsplit(":", 1)
    functions = deployed.client("lambda", "eu-west-1")
    version = {"LayerName": name, "VersionNumber": int(number)}
    functions.remove_layer_version_permission(**version, StatementId="account-999988887777")

    replica = f"{name.rsplit(':', 1)[1]}-eu-west-1"
    shown = deployed.say("refresh", "--preview-only", "--diff", "--color", "never", **BASE)
    assert "- account-999988887777" in shown
    deployed.refresh()
    assert set(deployed.up(**BASE).changed) == {f"update {replica}"}
    policy = functions.get_layer_version_policy(**version)["Policy"]
    assert "account-999988887777" in parse_policy(policy)


def test_an_archive_that_was_deleted_is_built_again_to_the_same_bytes(deployed: Stack) -> None:
    before = target(deployed)
    storage = deployed.client("s3")
    (bucket,) = [b["Name"] for b in storage.list_buckets()["Buckets"] if "us-east-1" in b["Name"]]
    for item in storage.list_objects_v2(Bucket=bucket, Prefix="python-layers/archives/")["Contents"]:
        storage.delete_object(Bucket=bucket, Key=item["Key"])
    deployed.refresh()
    outcome = deployed.up(**BASE)
    assert [step for step, _urn in outcome.steps] == ["update"]
    assert target(deployed) == before
    archives = storage.list_objects_v2(Bucket=bucket, Prefix="python-layers/archives/")["Contents"]
    assert [item["Key"].rsplit("/", 1)[1] for item in archives if item["Key"].endswith(".zip")] == [
        f"{before['content_hash']}.zip"
    ]


def test_another_account_has_a_stack_of_its_own_beside_it(deployed: Stack) -> None:
    other = replace(deployed, name="second", account="222233334444")
    other.up(**layer(OLD), regions=["eu-west-1"])
    (arn,) = target(other)["layer_version_arns"].values()
    assert arn.split(":")[4] == "222233334444"
    assert deployed.up(**BASE).steps == ()
    other.destroy()
    assert deployed.client("lambda", "eu-west-1").list_layers()["Layers"]


def test_the_command_line_makes_the_same_bytes_as_the_builder_function(deployed: Stack, tmp_path: Path) -> None:
    runtime, architecture = next(iter(deployed.layers()["web"])).split("-")
    command = [sys.executable, "-m", "layer_cli", "build", OLD, "certifi==2024.8.30"]
    command += ["--runtime", runtime, "--architecture", architecture, "-o", "layer.zip", "--json"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHON_LAYERS_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = json.loads(done.stdout)
    assert built["bytecode"]["included"] is True
    assert {key: built[key] for key in ("content_hash", "code_sha256")} == {
        key: target(deployed)[key] for key in ("content_hash", "code_sha256")
    }


def test_what_the_state_holds_of_a_build_is_small_and_nothing_secret(deployed: Stack) -> None:
    deployment = json.loads(deployed.say("stack", "export"))["deployment"]
    (build,) = [r for r in deployment["resources"] if r["type"].endswith(":LayerBuild")]
    state = json.dumps([build["inputs"], build["outputs"]])
    assert len(state) < 6000
    assert "idna" in build["inputs"]["packages"]
    assert SECRET_KEY not in state.split('"')


def test_destroy_leaves_nothing_behind_but_the_versions_that_it_names(deployed: Stack) -> None:
    deployed.up(**BASE, keep_old_versions=True)
    kept = target(deployed)["layer_version_arns"]
    messages = deployed.destroy().messages
    assert all(f"kept with its grants: {arn}" in messages for arn in kept.values())
    assert deployed.leftovers(*REGIONS) == [kept[region].rpartition(":")[0] for region in REGIONS]
    for region, arn in kept.items():
        name, _, number = arn.rpartition(":")
        deployed.client("lambda", region).delete_layer_version(LayerName=name, VersionNumber=int(number))
