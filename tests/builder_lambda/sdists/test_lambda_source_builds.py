"""The two functions together, as far as one process goes: presigned URLs are answered by a server of the test's own."""

import io
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from builder_lambda import Target
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.builder_function import BuilderCrashed, BuilderNotPermitted, BuilderTimedOut
from builder_lambda.errors.sdists import SourceBuildNeedsInterpreter
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.hosts import source_handler
from builder_lambda.hosts.source_handler import handler, is_object_of_s3
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken, SourceDistribution
from builder_lambda.sdists.lambda_builder import LambdaWheelBuilder
from builder_lambda.stores.s3 import S3Archives
from tests.builder_lambda.fakes import FakeS3
from tests.builder_lambda.sdist_factory import MadeSdist, make_sdist

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TARGET = Target.parse(f"python{sys.version_info[0]}.{sys.version_info[1]}", "x86_64")
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:sources"


class _Objects(BaseHTTPRequestHandler):
    """Reads and writes the objects of a :class:`FakeS3` by URL."""

    server: "ServedS3"

    def do_GET(self) -> None:
        found = self.server.s3.objects.get(self._key())
        self._answer(200 if found else 403, found["content"] if found else b"<Error>AccessDenied</Error>")

    def do_PUT(self) -> None:
        bucket, key = self._key()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.s3.put_object(Bucket=bucket, Key=key, Body=body)
        self._answer(200, b"")

    def _key(self) -> tuple[str, str]:
        bucket, _, key = self.path.lstrip("/").partition("/")
        return bucket, key

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: the output of the test is for the test."""


class ServedS3(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Objects)
        self.s3 = FakeS3()
        self.signed: list[str] = []

    def client(self) -> "S3Client":
        def presigned(operation: str, *, Params: Mapping[str, str], ExpiresIn: int) -> str:  # noqa: N803 - boto3's names
            assert 900 < ExpiresIn < 3600
            self.signed.append(f"{operation} {Params['Key']}")
            return f"http://127.0.0.1:{self.server_port}/{Params['Bucket']}/{Params['Key']}"

        self.s3.generate_presigned_url = presigned  # type: ignore[attr-defined]  # for this test only
        return cast("S3Client", self.s3)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedS3]:
    with ServedS3() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Invoked:
    """A Lambda client whose function is the handler, or that answers as it is told."""

    def __init__(self, answer: dict[str, Any] | Exception | None = None) -> None:
        self.answer = answer
        self.events: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == ARN
        self.events.append(json.loads(Payload))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        return {"Payload": io.BytesIO(json.dumps(handler(self.events[-1], None)).encode())}


@pytest.fixture(autouse=True)
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Let the function work below a folder of the test, and return what it logs."""
    monkeypatch.setattr(source_handler, "_HOME", tmp_path)
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    stream = io.StringIO()
    monkeypatch.setattr(source_handler.logger.handlers[0], "stream", stream)
    return stream


def built(served: ServedS3, sdist: MadeSdist, invoked: Invoked, target: Target = TARGET) -> BuiltWheel:
    store = S3Archives(client=served.client(), bucket="archives", prefix="python-layers/")
    builder = LambdaWheelBuilder(function_arn=ARN, client=lambda: invoked, store=store)
    return builder.build(sdist.for_target(target), sdist.content)


def test_a_wheel_comes_back_by_presigned_urls_of_two_objects(served: ServedS3, function: io.StringIO) -> None:
    sdist, invoked = make_sdist(), Invoked()
    wheel = built(served, sdist, invoked)
    assert wheel.filename == "demo-1.0-py3-none-any.whl"
    assert wheel.content[:2] == b"PK"
    assert served.signed == [
        f"get_object python-layers/sdists/{sdist.sha256}/demo-1.0.tar.gz",
        f"put_object python-layers/wheels/{sdist.sha256}/{TARGET.slug}.unchecked",
    ]
    (event,) = invoked.events
    assert SourceDistribution.from_mapping(event["source"]) == sdist.for_target(TARGET)
    assert "127.0.0.1" not in function.getvalue(), "who has the URLs may use them"


def test_a_build_finds_nothing_of_the_one_before_it(served: ServedS3, tmp_path: Path) -> None:
    built(served, make_sdist(build=f"pathlib.Path({str(tmp_path)!r}, 'uv.toml').touch()"), Invoked())
    assert list(tmp_path.iterdir()) == []


def test_the_tmp_of_a_machine_is_not_emptied(served: ServedS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path / "task"))
    (tmp_path / "of-somebody").touch()
    built(served, make_sdist(), Invoked())
    assert [path.name for path in tmp_path.iterdir()] == ["of-somebody"]


def test_a_failed_build_returns_its_whole_log(served: ServedS3) -> None:
    sdist = make_sdist(build="for number in range(5000): print('line', number)\nraise SystemExit(1)")
    with pytest.raises(SourceBuildBroken) as caught:
        built(served, sdist, Invoked())
    assert "line 0\n" in caught.value.log
    assert "line 4999\n" in caught.value.log


def test_an_error_of_the_function_is_raised_here(served: ServedS3) -> None:
    with pytest.raises(SourceBuildNeedsInterpreter) as caught:
        built(served, make_sdist(), Invoked(), Target.parse("python3.14", "arm64"))
    assert caught.value.target == "python3.14-arm64"


def test_the_function_checks_what_it_fetches(served: ServedS3) -> None:
    sdist = make_sdist()
    served.s3.put_object(Bucket="b", Key="k", Body=b"something else")
    source = sdist.for_target(TARGET).to_mapping()
    url = f"http://127.0.0.1:{served.server_port}/b/k"
    reply = handler({"source": source, "sdist_url": url, "wheel_url": url}, None)
    assert isinstance(error_from_mapping(cast("dict[str, object]", reply["error"])), WheelHashMismatch)


def test_a_url_that_has_expired_fails_the_invocation(served: ServedS3) -> None:
    url = f"http://127.0.0.1:{served.server_port}/b/gone"
    event = {"source": make_sdist().for_target(TARGET).to_mapping(), "sdist_url": url, "wheel_url": url}
    with pytest.raises(RuntimeError, match=r"\Athe sdist cannot be read: S3 answered 403\Z"):
        handler(event, None)


@pytest.mark.parametrize("name", ["sdist_url", "wheel_url"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:9001/x", "https://collector.example/x", "file:///etc/passwd", ""])
def test_the_function_asks_no_address_but_s3(served: ServedS3, name: str, url: str) -> None:
    ours = f"http://127.0.0.1:{served.server_port}/b/gone"
    event = {"source": make_sdist().for_target(TARGET).to_mapping(), "sdist_url": ours, "wheel_url": ours, name: url}
    with pytest.raises(ValueError, match=f"{name} must be a presigned URL of S3"):
        handler(event, None)


@pytest.mark.parametrize(
    ("url", "is_object"),
    [
        ("https://archives.s3.amazonaws.com/k?X-Amz-Signature=a", True),
        ("https://archives.s3.eu-west-1.amazonaws.com/k", True),
        ("https://with.dots.s3.eu-west-1.amazonaws.com/k", True),
        ("https://s3.us-gov-west-1.amazonaws.com/archives/k", True),
        ("https://archives.s3.dualstack.eu-west-1.amazonaws.com/k", True),
        ("https://archives.s3.cn-north-1.amazonaws.com.cn/k", True),
        ("http://archives.s3.eu-west-1.amazonaws.com/k", False),
        ("https://archives.s3.eu-west-1.amazonaws.com:8443/k", False),
        ("https://archives.s3.eu-west-1.amazonaws.com.evil.example/k", False),
        ("https://evil.example/archives.s3.eu-west-1.amazonaws.com", False),
        ("https://archives.s3.eu-west-1.amazonaws.com@evil.example/k", False),
        ("https://abc.execute-api.eu-west-1.amazonaws.com/k", False),
    ],
)
def test_objects_of_s3_are_recognised(url: str, is_object: bool) -> None:
    assert is_object_of_s3(url, {}) is is_object
    assert not is_object_of_s3(url, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})


def answered(reply: object, **more: str) -> dict[str, Any]:
    return {"Payload": io.BytesIO(json.dumps(reply).encode()), **more}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Invoke"),
            BuilderNotPermitted,
        ),
        (ReadTimeoutError(endpoint_url="https://lambda.example"), BuilderCrashed),
        (answered({"errorMessage": "Task timed out after 900.00 seconds"}, FunctionError="Unhandled"), BuilderTimedOut),
        (answered({"errorType": "KeyError", "errorMessage": "x"}, FunctionError="Unhandled"), BuilderCrashed),
        (answered({"filename": "demo-1.0-py3-none-any.whl"}), BuilderCrashed),
        (answered({}), BuilderCrashed),
    ],
    ids=["denied", "no answer", "timed out", "crashed", "no wheel", "nothing"],
)
def test_failures_of_the_function_are_errors_with_codes(
    served: ServedS3, answer: dict[str, Any] | Exception, kind: type[LayerError]
) -> None:
    with pytest.raises(kind):
        built(served, make_sdist(), Invoked(answer))
