import re
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN
from pulumi.runtime import rpc

from components.attachment.layer_version_facts import LayerVersions
from components.dynamic.layer_attachment import LayerAttachment, LayerAttachmentProvider
from components.dynamic.layer_attachment_args import LayerAttachmentArgs, OwnLayer
from tests.components.archive_server import archive_server
from tests.components.attachment.fake_layer_versions import FakeLayerVersions
from tests.components.attachment.layer_versions_contract import REQUESTS, zipped
from tests.conftest import RecordingEngine

OWN: dict[str, Any] = {
    "name": "web-python313-x86_64",
    "region": "eu-west-1",
    "runtime": "python3.13",
    "architecture": "x86_64",
    "arn": "arn:aws:lambda:eu-west-1:111122223333:layer:web-python313-x86_64:4",
    "unpacked_bytes": 3000.0,
    "packages": {"requests": "2.32.3"},
    "archived": ["requests"],
}


def inputs(*layers: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    listed = [{"arn": layer} if isinstance(layer, str) else layer for layer in layers]
    return {
        "function_name": "app",
        "region": "eu-west-1",
        "runtime": "python3.13",
        "architecture": "x86_64",
        "layers": listed,
        "layer_version_arns": [layer["arn"] for layer in listed],
        "allow_different_versions": [],
        "unpacked_bytes": 1000.0,
        "packages": {},
        **more,
    }


class Provider(LayerAttachmentProvider):
    """The provider with layer versions in memory."""

    def __init__(self, versions: FakeLayerVersions) -> None:
        self.versions = versions
        self.regions: list[str] = []

    def layer_versions(self, region: str) -> LayerVersions:
        self.regions.append(region)
        return LayerVersions(self.versions)

    def told(self, news: dict[str, Any]) -> str:
        checked = self.check({}, news)
        assert checked.inputs is news
        return "\n".join(failure.property + failure.reason for failure in checked.failures)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with archive_server() as server:
        yield Provider(FakeLayerVersions(server))


def test_all_problems_of_own_and_foreign_layers_are_one_message(provider: Provider) -> None:
    versions = provider.versions
    foreign = versions.publish("base", REQUESTS, architectures=["arm64"], runtimes=["python3.12"], account="9" * 12)
    private = versions.publish("private", REQUESTS, shared=False, account="9" * 12)
    gone = private.replace("private", "gone")
    far = foreign.replace("eu-west-1", "us-east-1")
    told = provider.told(inputs(OWN, foreign, private, gone, far, "base", unpacked_bytes=262_143_000.0))
    assert told == (
        "invalid-attachment: the layers of the function 'app' in eu-west-1 have 9 problems\n"
        "    too-many-layers: there are 6 layers, and Lambda takes 5\n"
        "      -> build the requirements of several layers as one layer, or bundle them with the function\n"
        "    over-size-limit: function and layers unpack to at least 262,147,015 bytes; Lambda allows 262,144,000\n"
        "            262.1 MB  the function itself\n"
        "              0.0 MB  web-python313-x86_64\n"
        f"              0.0 MB  {foreign}\n"
        f"           not known  {private}\n"
        f"           not known  {gone}\n"
        f"           not known  {far}\n"
        "           not known  base\n"
        "      -> leave out, slim or replace what is biggest: 0.0 MB must go\n"
        "    different-versions: 1 distribution comes in more than one version; "
        "the order of the layers decides which one is imported\n"
        f"        requests: 2.32.3 in web-python313-x86_64, 2.31.0 in {foreign}\n"
        "      -> give the layers the same constraints, or add the names to allow_different_versions\n"
        f"    wrong-runtime: {foreign} is for python3.12, and the function runs python3.13\n"
        "      -> attach a layer for python3.13, or run the function on a runtime of the layer\n"
        f"    wrong-architecture: {foreign} is for arm64, and the function runs on x86_64\n"
        "      -> attach a layer for x86_64, or run the function on an architecture of the layer\n"
        f"    not-readable: this account may not read {private}: AccessDeniedException\n"
        "      -> have its owner share the version with the account, "
        "and allow lambda:GetLayerVersion on it to the deploying role\n"
        f"    version-gone: {gone} does not exist, or no longer\n"
        "      -> attach a version that exists; functions that have a deleted one keep it until they change\n"
        f"    other-region: {far} is in us-east-1, and the function in eu-west-1\n"
        "      -> attach a layer version of eu-west-1; a layer of your own gets one for each of its regions\n"
        "    not-a-layer-version: 'base' is not the ARN of a layer version\n"
        "      -> write it as arn:aws:lambda:<region>:<account>:layer:<name>:<version>\n"
        "  likely cause: layers that were made apart from each other, or for another function\n"
        "  what to do: do what the arrow below each problem says; the function was not changed"
    )


def test_layers_that_fit_pass_and_each_foreign_one_is_read_once(provider: Provider) -> None:
    foreign = provider.versions.publish("base", zipped({"python/a.py": b""}), account="9" * 12)
    assert provider.told(inputs(OWN, foreign)) == ""
    assert "same-layer-twice" in provider.told(inputs(foreign, foreign))
    assert provider.versions.asked == [foreign, foreign]
    assert provider.regions == ["eu-west-1", "eu-west-1"]


def test_own_layers_need_no_call(provider: Provider) -> None:
    assert provider.told(inputs(OWN)) == ""
    assert provider.regions == []


@pytest.mark.parametrize("unknown", [UNKNOWN, rpc.UNKNOWN])
def test_facts_unknown_to_a_preview_are_skipped_and_the_rest_is_checked(provider: Provider, unknown: Any) -> None:
    later = {**OWN, **dict.fromkeys(("arn", "unpacked_bytes", "packages", "archived"), unknown)}
    assert provider.told(inputs(later, {"arn": unknown}, unpacked_bytes=unknown, packages=unknown)) == ""
    told = provider.told(inputs({**later, "runtime": "python3.12", "region": "us-east-1"}, unpacked_bytes=3e8))
    assert re.findall(r"^    ([a-z-]+): ", told, re.MULTILINE) == ["over-size-limit", "other-region", "wrong-runtime"]


def test_a_package_left_to_the_runtime_is_no_second_version(provider: Provider) -> None:
    both = {"boto3": "1.40.0", "idna": "3.9"}
    bundled = {"packages": {"boto3": "1.41.0"}, "archived": ["boto3"]}
    assert provider.told(inputs({**OWN, "packages": both, "archived": ["idna"]}, **bundled)) == ""
    assert provider.told(inputs({**OWN, "packages": both, "archived": UNKNOWN}, **bundled)) == ""
    told = provider.told(inputs({**OWN, "packages": both, "archived": ["boto3", "idna"]}, **bundled))
    assert "boto3: 1.40.0 in web-python313-x86_64, 1.41.0 in the function itself" in told


def test_different_versions_that_are_allowed_pass(provider: Provider) -> None:
    foreign = provider.versions.publish("base", REQUESTS)
    assert "requests: " in provider.told(inputs(OWN, foreign))
    assert provider.told(inputs(OWN, foreign, allow_different_versions=["requests"])) == ""
    assert provider.told(inputs(OWN, foreign, allow_different_versions="all")) == ""


def test_an_unreadable_archive_is_printed_and_is_no_problem(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = provider.versions.publish("broken", b"no archive")
    assert provider.told(inputs(foreign)) == ""
    assert capsys.readouterr().out == f"size and packages of {foreign} are not checked: File is not a zip file\n"


def test_sizes_and_packages_are_checked_but_are_no_change(provider: Provider) -> None:
    olds = inputs(OWN)
    assert provider.diff("id", olds, inputs({**OWN, "unpacked_bytes": 4000.0}, unpacked_bytes=2.0)).changes is False
    assert provider.diff("id", olds, inputs({**OWN, "arn": UNKNOWN})).changes is True
    assert provider.diff("id", olds, inputs(OWN, runtime="python3.12")).changes is True


def test_it_keeps_its_inputs_and_changes_nothing(provider: Provider) -> None:
    news = inputs(OWN)
    created = provider.create(news)
    assert (created.id, created.outs) == ("app/eu-west-1", news)
    assert provider.update("app/eu-west-1", {}, news).outs == news
    assert provider.read("app/eu-west-1", news).outs == news
    provider.delete("app/eu-west-1", news)
    assert provider.regions == []


def test_the_resource_outputs_the_versions_in_order(engine: RecordingEngine) -> None:
    seen: list[Any] = []
    other = "arn:aws:lambda:eu-west-1:999999999999:layer:other:7"

    def program() -> pulumi.Output[Any]:
        own = OwnLayer(
            name="web-python313-x86_64",
            region="eu-west-1",
            runtime="python3.13",
            architecture="x86_64",
            arn=pulumi.Output.from_input(OWN["arn"]),
            unpacked_bytes=pulumi.Output.from_input(3000.0),
            packages=OWN["packages"],
            package_sizes=pulumi.Output.from_input({"requests": {"size_bytes": 1.0}}),
        )
        args = LayerAttachmentArgs(
            function_name="app",
            region="eu-west-1",
            runtime="python3.13",
            architecture="x86_64",
            layers=[own, pulumi.Output.from_input(other), other],
            unpacked_bytes=1000.0,
        )
        return LayerAttachment("app-layers", args).layer_version_arns.apply(seen.append)

    made = engine.deploy(program)
    assert seen == [[OWN["arn"], other, other]]
    resource = made["app-layers"]
    assert resource.typ == "pulumi-python:dynamic/layers:LayerAttachment"
    given = dict(resource.inputs)
    del given["__provider"]
    assert given == {
        **{key: value for key, value in inputs(OWN, other, other).items() if key != "packages"},
        "layers": [OWN, {"arn": other}, {"arn": other}],
    }
