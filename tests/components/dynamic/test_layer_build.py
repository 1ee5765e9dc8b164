import base64
from collections import defaultdict
from typing import Any

import dill
import pytest
from pulumi.output import UNKNOWN
from pulumi.runtime import rpc

from builder_lambda import BUILDER_VERSION
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.request import ModuleSource
from builder_lambda.contract.store_keys import lock_key
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.indexes import IndexLoginNotAllowed
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.errors.wheels import StoredWheelMissing
from components.dynamic.layer_build import LayerBuildProvider
from components.hosts.aws_session import AwsSettings
from tests.builder_lambda.fakes import MemoryArchives
from tests.components.fakes import FakeBuilder, refusal

INPUTS: dict[str, Any] = {
    "layer_name": "web-python313-x86_64",
    "requirements": ["requests==2.31.0"],
    "constraints": [],
    "runtime": "python3.13",
    "architecture": "x86_64",
    "builder": {
        "arn": "arn:aws:lambda:eu-west-1:111122223333:function:builder",
        "timeout_seconds": 300.0,
        "memory_mb": 1024.0,
        "architecture": "x86_64",
    },
    "archive_bucket": "archives",
    "options": {"bytecode": True},
    "modules": [],
    "index": {},
    "upgrade": [],
    "builder_version": float(BUILDER_VERSION),
}

LOCK = "lock-version = '1.0'\ncreated-by = 'python-layers'\npackages = []\n"


class Provider(LayerBuildProvider):
    """The provider with a builder in memory."""

    def __init__(self, builder: FakeBuilder) -> None:
        self.fake = builder
        self.first: list[bool] = []
        self.stores: dict[str, MemoryArchives] = defaultdict(MemoryArchives)

    def store(self, props: Any) -> MemoryArchives:
        return self.stores[props["archive_bucket"]]

    def builder(self, props: Any, *, is_first: bool) -> FakeBuilder:
        self.first.append(is_first)
        return self.fake


def deployed(provider: Provider) -> dict[str, Any]:
    return provider.create(provider.check({}, dict(INPUTS)).inputs).outs or {}


def test_check_adds_the_packages_and_their_lock() -> None:
    checked = Provider(FakeBuilder()).check({}, dict(INPUTS))
    assert checked.failures == []
    assert checked.inputs == {
        **INPUTS,
        "packages": {"requests": "2.31.0"},
        "lock_sha256": '{"requests": "2.31.0"}',
    }


def test_the_same_question_is_answered_without_the_builder() -> None:
    provider = Provider(FakeBuilder())
    olds = provider.check({}, dict(INPUTS)).inputs
    provider.fake.resolved.clear()
    assert provider.check(olds, dict(INPUTS)).inputs == olds
    assert provider.check(olds, {**INPUTS, "builder": {"arn": rpc.UNKNOWN}}).inputs["packages"] == olds["packages"]
    assert provider.fake.resolved == []


def test_a_preview_before_a_local_wheel_is_stored_knows_no_packages() -> None:
    provider = Provider(FakeBuilder(error=StoredWheelMissing(filenames=("mylib-1.0-py3-none-any.whl",))))
    checked = provider.check({}, dict(INPUTS))
    assert (checked.failures, checked.inputs) == ([], INPUTS)


def test_a_preview_before_the_builder_is_allowed_a_login_knows_no_packages() -> None:
    provider = Provider(FakeBuilder(error=IndexLoginNotAllowed(logins=("the environment variable TOKEN",))))
    checked = provider.check({}, dict(INPUTS))
    assert (checked.failures, checked.inputs) == ([], INPUTS)


def test_a_build_gets_the_lock_that_check_could_not_get() -> None:
    provider = Provider(FakeBuilder())
    outs = provider.create(dict(INPUTS)).outs or {}
    assert outs["packages"] == {"requests": "2.31.0"}
    assert provider.fake.built[-1].lock_sha256 == outs["lock_sha256"] == '{"requests": "2.31.0"}'


def test_another_question_starts_from_the_old_lock() -> None:
    provider = Provider(FakeBuilder())
    olds = provider.check({}, dict(INPUTS)).inputs
    news = provider.check(olds, {**INPUTS, "requirements": ["requests==2.32.3"]}).inputs
    assert news["packages"] == {"requests": "2.32.3"}
    assert provider.fake.resolved[-1].previous_lock_sha256 == olds["lock_sha256"]


def test_a_given_lock_is_used_as_it_is_without_the_builder() -> None:
    provider = Provider(FakeBuilder())
    lock = {"lock_sha256": "given", "packages": {"idna": "3.9"}}
    checked = provider.check({}, {**INPUTS, "requirements": [], "given_lock": lock}).inputs
    assert (checked["lock_sha256"], checked["packages"]) == ("given", {"idna": "3.9"})
    assert provider.fake.resolved == []


OWN_CODE: dict[str, Any] = {
    **INPUTS,
    "requirements": [],
    "function_code_sha256": "2" * 64,
    "options": {"layout": "function"},
}


def test_function_code_needs_no_lock_and_its_changes_are_built() -> None:
    provider = Provider(FakeBuilder())
    checked = provider.check({}, {**OWN_CODE, "builder": UNKNOWN}).inputs
    assert (checked["packages"], checked.get("lock_sha256")) == ({}, None)
    outs = provider.create(provider.check({}, OWN_CODE).inputs).outs or {}
    (asked,) = provider.fake.built
    assert (asked.lock_sha256, asked.function_code_sha256, asked.options.layout) == (None, "2" * 64, "function")
    assert provider.fake.resolved == []
    assert provider.diff("id", outs, provider.check(outs, OWN_CODE).inputs).changes is False
    changed = provider.check(outs, {**OWN_CODE, "function_code_sha256": "3" * 64}).inputs
    assert provider.diff("id", outs, changed).changes is True


def test_an_upgrade_resolves_every_time_and_names_the_packages() -> None:
    provider = Provider(FakeBuilder())
    olds = provider.check({}, dict(INPUTS)).inputs
    provider.check(olds, {**INPUTS, "upgrade": ["Requests"], "exclude_newer": "7 days"})
    asked = provider.fake.resolved[-1]
    assert (asked.upgrade, asked.exclude_newer) == (("requests",), "7 days")
    assert asked.previous_lock_sha256 == olds["lock_sha256"]


def test_options_and_modules_reach_the_build() -> None:
    provider = Provider(FakeBuilder())
    module = {"name": "tools", "sha256": "1" * 64}
    inputs = {**INPUTS, "options": {"slim": "safe", "size_budget": 1e6}, "modules": [module]}
    provider.create(provider.check({}, inputs).inputs)
    (asked,) = provider.fake.built
    assert asked.options == BuildOptions(slim="safe", size_budget=1_000_000)
    assert asked.modules == (ModuleSource(name="tools", sha256="1" * 64),)


@pytest.mark.parametrize("builder", [rpc.UNKNOWN, UNKNOWN, {**INPUTS["builder"], "arn": UNKNOWN}])
def test_a_preview_before_the_builder_exists_calls_nothing(builder: Any) -> None:
    provider = Provider(FakeBuilder())
    checked = provider.check({}, {**INPUTS, "builder": builder})
    assert (checked.failures, checked.inputs) == ([], {**INPUTS, "builder": builder})
    assert provider.fake.resolved == []


def test_an_error_of_the_requirements_is_a_failure_of_that_input() -> None:
    error = UnknownPackage(names=("reqests",))
    (failure,) = Provider(FakeBuilder(error)).check({}, dict(INPUTS)).failures
    assert (failure.property, failure.reason) == ("requirements", str(error))


def test_the_same_lock_is_not_built_again() -> None:
    provider = Provider(FakeBuilder())
    olds = deployed(provider)
    news = {**olds, "requirements": ["requests == 2.31.0"], "builder": {"arn": "moved"}}
    assert provider.diff("id", olds, news).changes is False


@pytest.mark.parametrize(
    "key",
    [
        "layer_name",
        "lock_sha256",
        "modules",
        "runtime",
        "architecture",
        "options",
        "builder_version",
        "archive_bucket",
    ],
)
def test_what_changes_the_bytes_is_built_again_in_place(key: str) -> None:
    provider = Provider(FakeBuilder())
    olds = deployed(provider)
    difference = provider.diff("id", olds, {**olds, key: "other"})
    assert difference.changes is True
    assert not difference.replaces


def test_outputs_describe_the_archive(capsys: pytest.CaptureFixture[str]) -> None:
    outs = deployed(Provider(FakeBuilder()))
    assert outs["content_hash"] == 'content of {"requests": "2.31.0"}'
    assert outs["archive_key"] == "python-layers/archives/web-python313-x86_64/1.zip"
    assert outs["packages"] == {"requests": "2.31.0"}
    assert (outs["size_bytes"], outs["unpacked_bytes"], outs["seconds"]) == (1000, 3000, {"total": 1.5})
    sizes = {"requests": {"version": "2.31.0", "size_bytes": 1000, "unpacked_bytes": 3000}}
    assert outs["package_sizes"] == sizes
    assert outs["report"]["bytecode"]["included"] is False
    assert capsys.readouterr().out == (
        "[web-python313-x86_64] 1 package, 0.0 MB zipped, 0.0 MB unpacked (0% of Lambda's limit), built in 1.5 s\n"
    )


def test_a_build_waits_for_rights_that_may_be_new_and_a_check_never_waits() -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    assert provider.first == [False, True]
    provider.check(outs, {**INPUTS, "requirements": ["requests==2.32.3"]})
    provider.update("id", outs, {**outs, "options": {}})
    assert provider.first[2:] == [False, False]


DENIED = BuilderNotPermitted(action="secretsmanager:GetSecretValue", detail="arn:aws:secretsmanager:::secret:login")
PRIVATE = {"default": {"name": "private", "url": "https://packages.example/simple/"}}


@pytest.mark.parametrize(
    "changed", [{"builder": {"arn": "other"}}, {"index": PRIVATE}, {"allow_source_builds": ["crcmod"]}]
)
def test_a_build_waits_for_rights_whenever_what_needs_them_changed(changed: dict[str, Any]) -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    provider.update("id", outs, {**outs, **changed})
    assert provider.first[-1] is True


def test_a_right_that_only_the_update_gives_is_no_error_of_the_preview(capsys: pytest.CaptureFixture[str]) -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    provider.fake.error = DENIED
    news = {**INPUTS, "index": PRIVATE}
    checked = provider.check(outs, news)
    assert (checked.failures, checked.inputs) == ([], news)
    assert "not known yet: AWS denied secretsmanager:GetSecretValue" in capsys.readouterr().out
    assert provider.diff("id", outs, checked.inputs).changes is True


def test_a_right_that_is_missing_without_a_change_is_an_error_of_the_preview() -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    provider.fake.error = DENIED
    (failure,) = provider.check(outs, {**INPUTS, "requirements": ["requests==2.32.3"]}).failures
    assert failure.reason == str(DENIED)


def test_an_update_that_resolves_starts_from_the_old_lock() -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    provider.update("id", outs, {**INPUTS, "index": PRIVATE})
    assert provider.fake.resolved[-1].previous_lock_sha256 == outs["lock_sha256"]


def test_a_property_whose_resource_failed_counts_as_unknown() -> None:
    provider = Provider(FakeBuilder())
    for missing in ("builder", "archive_bucket"):
        inputs = {key: value for key, value in INPUTS.items() if key != missing}
        assert provider.check({}, inputs).failures == []
    assert provider.fake.resolved == []


def test_another_home_gets_the_lock_before_it_builds() -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    key = lock_key(outs["lock_sha256"])
    provider.stores["archives"].write_text(key, LOCK)
    provider.update("id", outs, {**outs, "archive_bucket": "elsewhere"})
    assert provider.stores["elsewhere"].read_text(key) == LOCK


def test_another_home_gets_the_lock_before_it_resolves() -> None:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    key = lock_key(outs["lock_sha256"])
    provider.stores["archives"].write_text(key, LOCK)
    provider.check(outs, {**INPUTS, "archive_bucket": "elsewhere", "requirements": ["requests==2.32.3"]})
    assert provider.stores["elsewhere"].read_text(key) == LOCK


class Store(AwsSettings):
    """The archive bucket: holds what its test says, or answers with an error."""

    def __init__(self, *keys: str, error: Exception | None = None) -> None:
        self.__dict__.update(keys=keys, error=error)

    def client(self, service: str, *, region: str, config: Any = None) -> Any:
        assert (service, region) == ("s3", "eu-west-1")
        return self

    def head_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803 - AWS's names
        assert Bucket == "archives"
        if error := self.__dict__["error"]:
            raise error
        if Key not in self.__dict__["keys"]:
            raise refusal("HeadObject", "404", 404)


def read(**held: Any) -> tuple[dict[str, Any], Any]:
    provider = Provider(FakeBuilder())
    outs = deployed(provider)
    keys = {"archive": outs["archive_key"], "lock": f"python-layers/locks/{outs['lock_sha256']}.toml"}
    provider._aws = Store(*(keys[name] for name in held.pop("keys", [])), **held)
    return outs, provider.read("id", outs)


def test_a_refresh_finds_the_archive() -> None:
    outs, found = read(keys=["archive"])
    assert (found.id, found.outs) == ("id", outs)


def test_a_lost_archive_is_built_again_from_the_same_lock() -> None:
    outs, found = read(keys=["lock"])
    assert found.id == "id"
    assert found.outs["lock_sha256"] == outs["lock_sha256"]
    assert LayerBuildProvider().diff("id", found.outs, outs).changes is True


def test_a_lost_deployment_package_is_built_again_from_the_stored_code() -> None:
    provider = Provider(FakeBuilder())
    outs = provider.create(provider.check({}, OWN_CODE).inputs).outs or {}
    provider._aws = Store()
    found = provider.read("id", outs)
    assert found.id == "id"
    assert provider.diff("id", found.outs or {}, outs).changes is True


def test_without_archive_and_lock_the_build_is_deleted() -> None:
    assert read(keys=[])[1].id is None


def test_a_denial_on_refresh_is_no_loss() -> None:
    with pytest.raises(Exception, match="403"):
        read(error=refusal("HeadObject", "403", 403))


def test_the_state_names_the_provider_and_holds_no_code() -> None:
    # The path of the module is identity: a stack's state loads it from there, on refresh and destroy too.
    pickled = dill.dumps(LayerBuildProvider(), recurse=True)
    assert b"components.dynamic.layer_build" in pickled
    assert b"LayerBuildProvider" in pickled
    assert len(base64.b64encode(pickled)) < 150
    assert LayerBuildProvider.serialize_as_secret_always is False


def test_a_change_of_allowed_source_builds_resolves_again() -> None:
    provider = Provider(FakeBuilder())
    olds = deployed(provider)
    assert provider.fake.resolved[-1].allow_source_builds == ()
    asked = len(provider.fake.resolved)
    provider.check(olds, {**INPUTS, "allow_source_builds": ["crcmod"]})
    assert [request.allow_source_builds for request in provider.fake.resolved[asked:]] == [("crcmod",)]
    provider.check(olds, {**INPUTS, "allow_source_builds": "all"})
    assert [request.allow_source_builds for request in provider.fake.resolved[asked + 1 :]] == ["all"]
