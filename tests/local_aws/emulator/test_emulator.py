"""What the embedded AWS promises, held by a running one: to be passed by every new version of ministack."""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from local_aws.errors import EmulatorNotStarted
from local_aws.processes.emulator_process import Emulator, EmulatorParts
from local_aws.processes.pid_file import ProcessRecord

pytestmark = pytest.mark.e2e


def refused(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_every_runtime_of_the_machine_runs_in_its_own_interpreter(account: Any, emulator: Emulator) -> None:
    source = "import sys\ndef handler(event, context): return 'python%d.%d' % sys.version_info[:2]"
    answers = {}
    for runtime in emulator.runtimes:
        name = f"version-{runtime.replace('.', '')}"
        account.function(name, source, Runtime=runtime)
        answers[runtime] = account.invoke(name)

    assert answers == {runtime: (None, runtime) for runtime in emulator.runtimes}


def test_a_function_sees_its_code_its_layers_and_an_empty_tmp_of_its_own(account: Any) -> None:
    layer = account.layer("seen", {"python/beside.py": "x = 1", "data/file": "y"})
    source = """
import os, sys
def handler(event, context):
    import beside
    before = os.listdir("/tmp")
    open("/tmp/mine", "w").close()
    try:
        open("/var/task/other", "w")
    except OSError as error:
        refused = error.strerror
    return [sorted(os.listdir("/opt")), before, os.listdir("/var/task"), refused, beside.__file__, os.getcwd()]
"""
    account.function("sees", source, Layers=[layer])

    assert account.invoke("sees") == (
        None,
        [["data", "python"], [], ["code.py"], "Read-only file system", "/opt/python/beside.py", "/var/task"],
    )


def test_a_function_finds_nothing_of_the_emulator_or_of_the_caller(account: Any, emulator: Emulator) -> None:
    source = """
import importlib.util, os
def handler(event, context):
    found = [name for name in ("hypercorn", "ministack", "pulumi", "local_aws") if importlib.util.find_spec(name)]
    return [found, sorted(name for name in os.environ if name.startswith(("STATE_", "GATEWAY", "PULUMI_", "AUTH")))]
"""
    account.function("alone", source)

    assert account.invoke("alone") == (None, [[], []])


def test_a_later_layer_goes_over_an_earlier_one_and_code_over_both(account: Any) -> None:
    first = account.layer("first", {"python/one.py": "x = 'first'", "python/two.py": "x = 'first'"})
    second = account.layer("second", {"python/two.py": "x = 'second'", "python/code.py": "raise SystemExit"})
    account.function("order", "import one, two\ndef handler(e, c): return [one.x, two.x]", Layers=[first, second])

    assert account.invoke("order") == (None, ["first", "second"])


def test_a_function_that_takes_too_long_is_stopped_with_all_that_it_started(account: Any) -> None:
    source = "import subprocess\ndef handler(event, context): subprocess.run(['sleep', '87.65'])"
    account.function("slow", source, Timeout=1)

    kind, payload = account.invoke("slow")

    assert kind == "Unhandled"
    assert payload["errorType"] == "Sandbox.Timedout"
    assert payload["errorMessage"].endswith(" Error: Task timed out after 1.00 seconds")
    assert not [process for process in psutil.process_iter(["cmdline"]) if "87.65" in (process.info["cmdline"] or ())]


def test_a_function_that_takes_too_much_memory_is_killed_and_the_next_call_is_served(account: Any) -> None:
    source = """
import time
def handler(event, context):
    if event:
        taken = b"x" * 400 * 1024 * 1024
        time.sleep(20)
    return "served"
"""
    account.function("greedy", source, MemorySize=256)

    kind, payload = account.invoke("greedy", event=1)

    assert kind == "Unhandled"
    assert payload["errorType"] == "Runtime.ExitError"
    request_id = payload["errorMessage"].split()[1]
    assert payload["errorMessage"] == f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
    assert account.invoke("greedy") == (None, "served")


def test_a_runtime_that_exits_is_told_with_its_status(account: Any) -> None:
    account.function("exits", "import os\ndef handler(event, context): os._exit(7)")

    kind, payload = account.invoke("exits")

    assert (kind, payload["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert payload["errorMessage"].endswith(" Error: Runtime exited with error: exit status 7")


def test_an_exception_keeps_its_name_and_the_environment_stays_warm(account: Any) -> None:
    source = """
calls = []
def handler(event, context):
    calls.append(event)
    if event: raise KeyError("gone")
    return len(calls)
"""
    account.function("raises", source)

    kind, payload = account.invoke("raises", event=1)

    assert (kind, payload["errorType"], payload["errorMessage"]) == ("Unhandled", "KeyError", "'gone'")
    assert account.invoke("raises") == (None, 2)


def test_a_module_that_cannot_be_imported_is_named_as_lambda_names_it(account: Any) -> None:
    account.function("broken", "import nothing_of_this_name\ndef handler(event, context): pass")

    kind, payload = account.invoke("broken")

    assert (kind, payload["errorType"]) == ("Unhandled", "Runtime.ImportModuleError")
    assert payload["errorMessage"] == "Unable to import module 'code': No module named 'nothing_of_this_name'"


def test_a_function_runs_under_its_role_and_no_more(account: Any) -> None:
    source = """
import boto3
def handler(event, context):
    parameters = boto3.client("ssm")
    parameters.put_parameter(Name="/allowed", Value="1", Type="String", Overwrite=True)
    return boto3.client("sts").get_caller_identity()["Arn"]
"""
    allow = {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}
    account.function("permitted", source, Role=account.role("may-put", allow))
    account.function("refused", source, Role=account.role("may-nothing"))

    assert account.invoke("permitted") == (None, "arn:aws:sts::000000000000:assumed-role/may-put/permitted")
    kind, payload = account.invoke("refused")
    assert kind == "Unhandled"
    assert "(AccessDeniedException)" in payload["errorMessage"]


def test_a_layer_is_for_its_own_account_until_it_is_shared(
    account: Any, emulator: Emulator, account_on: Callable[..., Any]
) -> None:
    arn = account.layer("shared", {"python/shared_module.py": "x = 5"})
    other = account_on(emulator, "111122223333")
    source = "import shared_module\ndef handler(event, context): return shared_module.x"

    with pytest.raises(ClientError) as error:
        other.function("consumer", source, Layers=[arn])
    assert refused(error)[0] == "AccessDeniedException"

    account.client("lambda").add_layer_version_permission(
        LayerName="shared",
        VersionNumber=1,
        StatementId="other",
        Action="lambda:GetLayerVersion",
        Principal=other.number,
    )
    other.function("consumer", source, Layers=[arn])
    assert other.invoke("consumer") == (None, 5)


def test_layer_actions_are_authorised_by_their_own_names(
    account: Any, emulator: Emulator, account_on: Callable[..., Any]
) -> None:
    account.layer("guarded", {"python/guarded.py": ""})
    source = """
import boto3
def handler(event, context):
    functions = boto3.client("lambda")
    return functions.add_layer_version_permission(
        LayerName="guarded",
        VersionNumber=1,
        StatementId=event,
        Action="lambda:GetLayerVersion",
        Principal="111122223333",
    )["RevisionId"] != ""
"""
    layers = "arn:aws:lambda:eu-west-1:000000000000:layer:guarded"
    publish = {"Effect": "Allow", "Action": "lambda:PublishLayerVersion", "Resource": layers}
    share = {"Effect": "Allow", "Action": "lambda:AddLayerVersionPermission", "Resource": f"{layers}:1"}
    account.function("publisher", source, Role=account.role("publishes", publish))
    account.function("sharer", source, Role=account.role("shares", share))

    assert account.invoke("sharer", event="one") == (None, True)
    kind, payload = account.invoke("publisher", event="two")
    assert kind == "Unhandled"
    assert "(AccessDeniedException)" in payload["errorMessage"]


def test_a_layer_can_be_named_by_its_arn(account: Any) -> None:
    arn = account.layer("named", {"python/named.py": ""})

    answer = account.client("lambda").add_layer_version_permission(
        LayerName=arn.rpartition(":")[0],
        VersionNumber=1,
        StatementId="all",
        Action="lambda:GetLayerVersion",
        Principal="*",
    )

    assert json.loads(answer["Statement"])["Resource"] == arn


def test_publishing_from_a_missing_key_is_refused(account: Any) -> None:
    location = {"LocationConstraint": "eu-west-1"}
    account.client("s3").create_bucket(Bucket="archives-without", CreateBucketConfiguration=location)

    with pytest.raises(ClientError) as error:
        account.client("lambda").publish_layer_version(
            LayerName="missing", Content={"S3Bucket": "archives-without", "S3Key": "not/there.zip"}
        )

    assert refused(error) == (
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    )


def test_a_request_that_breaks_the_service_model_is_refused(account: Any) -> None:
    with pytest.raises(ClientError) as error:
        account.client("lambda").publish_layer_version(
            LayerName="strict", Content={"ZipFile": b"x"}, CompatibleArchitectures=["sparc"]
        )

    code, message = refused(error)
    assert code == "ValidationException"
    assert message.startswith(
        "1 validation error detected: Value 'sparc' at 'compatibleArchitectures.1.member' "
        "failed to satisfy constraint: Member must satisfy enum value set: "
    )


def test_a_bucket_policy_that_asks_for_tls_lets_local_clients_in_and_plain_http_out(account: Any) -> None:
    buckets = account.client("s3")
    buckets.create_bucket(Bucket="tls-only-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::tls-only-bucket", "arn:aws:s3:::tls-only-bucket/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    buckets.put_bucket_policy(Bucket="tls-only-bucket", Policy=policy)
    source = """
import boto3
def handler(event, context):
    buckets = boto3.client("s3")
    if event:
        add = lambda request, **_: request.headers.update({"X-Forwarded-Proto": "http"})
        buckets.meta.events.register("before-send.s3", add)
    return buckets.list_objects_v2(Bucket="tls-only-bucket")["KeyCount"]
"""
    allow = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    account.function("lists", source, Role=account.role("may-list", allow))

    assert account.invoke("lists") == (None, 0)
    assert account.invoke("lists", event="plain")[1]["errorType"] == "AccessDenied"


def test_state_survives_a_stop_and_a_kill(parts: EmulatorParts, tmp_path: Path, account_on: Callable[..., Any]) -> None:
    emulator = Emulator(folder=tmp_path / "aws", parts=parts)
    try:
        assert emulator.start()
        assert not emulator.start()
        account = account_on(emulator)
        endpoint, generation = emulator.endpoint, emulator.generation()
        arn = account.layer("kept", {"python/kept.py": "x = 1", "python/large": bytes(300_000)})
        account.function("uses", "import kept\ndef handler(e, c): return kept.x", Layers=[arn])
        account.client("s3").create_bucket(
            Bucket="kept-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        account.client("s3").put_object(Bucket="kept-bucket", Key="kept", Body=b"content")

        assert emulator.stop()
        assert emulator.start()
        account.client("ssm").put_parameter(Name="/written/last", Value="before the kill", Type="String")
        record = ProcessRecord.read(tmp_path / "aws" / "process.json")
        assert record is not None
        psutil.Process(record.pid).kill()
        assert emulator.start()

        assert (emulator.endpoint, emulator.generation()) == (endpoint, generation)
        assert account.invoke("uses") == (None, 1)
        assert account.client("s3").get_object(Bucket="kept-bucket", Key="kept")["Body"].read() == b"content"
        parameter = account.client("ssm").get_parameter(Name="/written/last")["Parameter"]
        assert parameter["Value"] == "before the kill"
    finally:
        emulator.remove()
    assert not (tmp_path / "aws").exists()


def test_functions_that_outlive_a_killed_emulator_are_ended_at_the_next_start(
    parts: EmulatorParts, tmp_path: Path, account_on: Callable[..., Any]
) -> None:
    emulator = Emulator(folder=tmp_path / "aws", parts=parts)

    def running() -> list[psutil.Process]:
        mark = f"LOCAL_AWS_FUNCTIONS={tmp_path}/aws/functions"
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            is_function = "awslambdaric" in (process.info["cmdline"] or ())
            if is_function and mark in Path(f"/proc/{process.pid}/environ").read_text().split("\0"):
                found.append(process)
        return found

    try:
        emulator.start()
        account = account_on(emulator)
        account.function("long", "import time\ndef handler(event, context): time.sleep(60)", Timeout=60)
        account.client("lambda").invoke(FunctionName="long", InvocationType="Event")
        deadline = time.monotonic() + 30
        while not running() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert running()
        record = ProcessRecord.read(tmp_path / "aws" / "process.json")
        assert record is not None
        psutil.Process(record.pid).send_signal(signal.SIGKILL)
        emulator.start()
        assert not running()
    finally:
        emulator.remove()


def test_two_starts_at_once_give_one_emulator(parts: EmulatorParts, tmp_path: Path) -> None:
    emulator = Emulator(folder=tmp_path / "aws", parts=parts)
    started: list[bool] = []
    try:
        threads = [threading.Thread(target=lambda: started.append(emulator.start())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(started) == [False, True]
    finally:
        emulator.remove()


def test_an_emulator_that_cannot_start_says_what_its_log_says(tmp_path: Path) -> None:
    parts = EmulatorParts(python=Path(sys.executable), interpreters={}, visible=())
    emulator = Emulator(folder=tmp_path / "aws", parts=parts)

    with pytest.raises(EmulatorNotStarted) as error:
        emulator.start()

    assert error.value.reason == "it ended"
    assert "No module named 'ministack'" in str(error.value)
    assert not emulator.is_running()
