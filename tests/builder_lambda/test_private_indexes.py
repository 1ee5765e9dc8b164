"""Indexes that ask for a password, served on this machine; the real uv and pip, the real downloads."""

import io
import json
import platform
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from builder_lambda import LayerError, Ports, ResolveRequest, ResolveResult, Target, parse_requirements, resolve
from builder_lambda import handler as handler_module
from builder_lambda.errors import (
    IndexUnreachable,
    NoCompatibleWheel,
    UnknownPackage,
    UnresolvableRequirements,
    WheelHashMismatch,
)
from builder_lambda.index_errors import IndexCredentialsMissing, IndexDenied, UnsupportedIndexes
from builder_lambda.index_opener import IndexOpener
from builder_lambda.index_options import IndexOptions
from builder_lambda.index_settings import IndexSettings
from builder_lambda.lock import lock_of
from builder_lambda.pip_resolver import PipResolver
from builder_lambda.runtime_logins import RuntimeLogins
from builder_lambda.simple_index import SimpleIndex
from builder_lambda.uv_resolver import UvResolver
from builder_lambda.version_policy import VersionPolicy
from tests.builder_lambda.fakes import MemoryArchives
from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.13", "arm64")
OLD_TARGET = Target.parse("python3.11", "x86_64")
HERE = Target.parse(
    f"python{sys.version_info[0]}.{sys.version_info[1]}", "arm64" if platform.machine() == "aarch64" else "x86_64"
)
"""pip resolves for the Python that runs it, and no other."""
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pypi/team-AbCdEf"
LOGIN = ("builder", "s3cr3t-p%40ss/w:rd")
"""With every character that a URL would have to escape."""


def needing(name: str, version: str, *requirements: str, tag: str = "py3-none-any") -> MadeWheel:
    lines = "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}"
    return make_wheel(name, version, tag=tag, metadata={"METADATA": metadata})


class SecretsManager:
    """What a builder's role can read."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.secrets = dict(secrets)
        self.asked: list[str] = []

    def __call__(self, service: str, region: str) -> "SecretsManager":
        assert (service, region) == ("secretsmanager", "eu-west-1")
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's name
        self.asked.append(SecretId)
        if SecretId not in self.secrets:
            from botocore.exceptions import ClientError

            message = "Secrets Manager can't find the specified secret."
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": message}}, "GetSecretValue")
        return {"SecretString": self.secrets[SecretId]}


class NoCompiler:
    """For layers without bytecode."""

    def version(self, python_version: str) -> str:
        raise AssertionError("no bytecode is asked for")

    def compile(self, distributions: Any, *, python_version: str, mounted_at: str) -> Any:
        raise AssertionError("no bytecode is asked for")


class Builder:
    """A builder whose default index is a public one, as by its own variables."""

    def __init__(self, folder: Path, public: GuardedIndex, secrets: SecretsManager) -> None:
        self.store = MemoryArchives()
        self.secrets = secrets
        self.commands: list[list[str]] = []
        self.files: list[str] = []
        self.cache = folder / "cache"
        environ = {"UV_DEFAULT_INDEX": public.url, "UV_HTTP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}
        self.settings = IndexSettings.of({**environ, "HOME": str(folder), "PATH": "/usr/bin:/bin"})
        self.resolvers = self.uv

    def uv(self, settings: IndexSettings, listing: SimpleIndex) -> UvResolver:
        return UvResolver(settings=settings, cache=self.cache, listing=listing, run=self.run)

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        run = subprocess.run(command, **options)
        folder = Path(options["cwd"])
        self.files += [path.read_text() for path in folder.rglob("*") if path.is_file()]
        return run

    def ports(self) -> Ports:
        logins = RuntimeLogins(environ={}, client=self.secrets)
        opener = IndexOpener(settings=self.settings, resolver=self.resolvers, logins=logins)
        opened = opener(IndexOptions())
        return Ports(
            resolver=opened.resolver,
            index=opened.wheels,
            open_index=opener,
            store=self.store,
            compiler=NoCompiler(),
            clock=time.perf_counter,
            peak_memory=lambda: 0,
            now=lambda: datetime(2026, 3, 10, tzinfo=UTC),
        )

    def resolve(self, *requirements: str, target: Target = TARGET, **more: Any) -> ResolveResult:
        request = ResolveRequest(requirements=requirements, target=target, **more)
        return resolve(ResolveRequest.from_mapping(json.loads(json.dumps(request.to_mapping()))), self.ports())

    def lock_text(self, result: ResolveResult) -> str:
        return self.store.texts[f"locks/{result.lock_sha256}.toml"]


@pytest.fixture
def public() -> Iterator[GuardedIndex]:
    wheels = [
        needing("app", "1.0", "lib", "base"),
        make_wheel("lib", "9.0"),
        make_wheel("base", "2.0"),
        make_wheel("base", "3.0"),
    ]
    with serving(GuardedIndex(wheels)) as server:
        yield server


@pytest.fixture
def private() -> Iterator[GuardedIndex]:
    with serving(GuardedIndex([make_wheel("lib", "1.0"), make_wheel("base", "1.0")], login=LOGIN)) as server:
        yield server


@pytest.fixture
def builder(tmp_path: Path, public: GuardedIndex) -> Builder:
    return Builder(tmp_path, public, SecretsManager({ARN: f"{LOGIN[0]}:{LOGIN[1]}"}))


def team(server: GuardedIndex, **more: object) -> dict[str, object]:
    return {"name": "team", "url": server.url, "secret_arn": ARN, **more}


def indexes(*extra: Mapping[str, object], **more: object) -> IndexOptions:
    return IndexOptions.from_mapping({"extra": list(extra), **more})


def paths(server: GuardedIndex) -> set[str]:
    return {item.path for item in server.asked}


def test_the_first_index_that_knows_a_name_has_it(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    result = builder.resolve("app", index=indexes(team(private)))

    assert result.packages == {"app": "1.0", "base": "1.0", "lib": "1.0"}, "newer ones elsewhere do not count"
    assert "/simple/lib/" not in paths(public)
    assert {item.login for item in private.asked} == {LOGIN}
    assert {item.login for item in public.asked} == {None}


def test_a_name_that_is_pinned_comes_from_its_index_wherever_that_stands(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    options = indexes(team(private, explicit=True), pins={"lib": "team"})

    result = builder.resolve("app", index=options)

    assert result.packages == {"app": "1.0", "base": "3.0", "lib": "1.0"}, "lib is required by app only"
    assert "/simple/lib/" not in paths(public)
    assert {path for path in paths(private) if "lib" not in path} == set()
    assert f"{private.base}/files/lib-1.0-py3-none-any.whl" in builder.lock_text(result)


def test_a_name_that_is_pinned_to_the_default_does_not_come_from_an_extra_index(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    default = {"name": "mirror", "url": public.url}
    result = builder.resolve("app", index=indexes(team(private), default=default, pins={"base": "mirror"}))
    assert result.packages == {"app": "1.0", "base": "3.0", "lib": "1.0"}


def test_a_pinned_name_that_its_index_lacks_is_not_looked_for_elsewhere(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    public.wheels["gone-1.0-py3-none-any.whl"] = make_wheel("gone", "1.0")

    with pytest.raises(UnresolvableRequirements, match="there are no versions of gone"):
        builder.resolve("gone", index=indexes(team(private), pins={"gone": "team"}))

    assert "/simple/gone/" not in paths(public)


@pytest.mark.parametrize("pins", [{}, {"lib": "team"}])
def test_a_wrong_password_is_told_and_no_other_index_asked(
    builder: Builder, private: GuardedIndex, public: GuardedIndex, pins: dict[str, str]
) -> None:
    builder.secrets.secrets[ARN] = "builder:wrong-9f8e7d"

    with pytest.raises(IndexDenied) as caught:
        builder.resolve("lib", index=indexes(team(private), pins=pins))

    assert caught.value.index == "team"
    assert str(caught.value).splitlines()[0] == "index-denied: the package index 'team' denied access"
    assert "wrong-9f8e7d" not in str(caught.value)
    assert public.asked == []


def test_a_login_that_is_not_given_is_told_and_no_other_index_asked(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    with pytest.raises(IndexDenied):
        builder.resolve("lib", index=indexes({"name": "team", "url": private.url}))
    assert public.asked == []


def test_an_index_that_is_down_is_told_and_no_other_asked(builder: Builder, public: GuardedIndex) -> None:
    with pytest.raises(IndexUnreachable):
        builder.resolve("lib", index=indexes({"name": "down", "url": "http://127.0.0.1:9/simple/"}))
    assert public.asked == []


def test_a_secret_that_is_not_there_stops_before_any_index_is_asked(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    builder.secrets.secrets.clear()
    with pytest.raises(IndexCredentialsMissing, match=r"can't find the specified secret"):
        builder.resolve("lib", index=indexes(team(private)))
    assert private.asked == public.asked == []


def test_indexes_of_the_machine_do_not_come_beside_those_of_the_request(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    builder.settings = IndexSettings.of(
        {**builder.settings.environ, "UV_INDEX": public.url, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    )
    default = {"name": "team", "url": private.url, "secret_arn": ARN}

    assert builder.resolve("lib", index=indexes(default=default)).packages == {"lib": "1.0"}
    with pytest.raises(UnknownPackage, match="'app'"):
        builder.resolve("app", index=indexes(default=default))
    assert public.asked == []


def test_the_first_index_rule_holds_for_the_machine_whatever_its_variables_say(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    private.login = None
    environ = {**builder.settings.environ, "UV_INDEX": private.url, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    builder.settings = IndexSettings.of(environ)
    assert builder.resolve("lib").packages == {"lib": "1.0"}


def test_wheels_are_fetched_with_the_login_of_their_index(builder: Builder, private: GuardedIndex) -> None:
    wheel = private.wheels["lib-1.0-py3-none-any.whl"]
    options = indexes(team(private))

    fetched = builder.ports().at(options).index.fetch([wheel.locked(f"{private.base}/files")])

    assert [bytes(content) for content in fetched] == [wheel.content]
    assert private.asked[-1].login == LOGIN


def test_wheels_of_a_lock_without_addresses_are_looked_up(builder: Builder, private: GuardedIndex) -> None:
    wheel = private.wheels["lib-1.0-py3-none-any.whl"]
    locked = replace(wheel.locked(), url=f"pkg:pypi/lib@1.0?file_name={wheel.filename}")
    fetched = builder.ports().at(indexes(team(private))).index.fetch([locked])
    assert [bytes(content) for content in fetched] == [wheel.content]


def test_no_login_is_looked_up_for_wheels_of_another_place(
    builder: Builder, private: GuardedIndex, public: GuardedIndex
) -> None:
    wheel = public.wheels["lib-9.0-py3-none-any.whl"]
    builder.ports().at(indexes(team(private))).index.fetch([wheel.locked(f"{public.base}/files")])
    assert builder.secrets.asked == []


def test_a_wheel_that_is_denied_names_the_index(builder: Builder, private: GuardedIndex) -> None:
    builder.secrets.secrets[ARN] = "builder:wrong-9f8e7d"
    wheel = private.wheels["lib-1.0-py3-none-any.whl"]
    with pytest.raises(IndexDenied) as caught:
        builder.ports().at(indexes(team(private))).index.fetch([wheel.locked(f"{private.base}/files")])
    assert (caught.value.index, caught.value.detail) == ("team", "lib-1.0-py3-none-any.whl: HTTP status 401")


def test_a_redirect_to_another_host_does_not_carry_the_login(builder: Builder, private: GuardedIndex) -> None:
    with serving(GuardedIndex(private.wheels.values())) as files:
        private.redirects_to = files.base
        ports = builder.ports().at(indexes(team(private)))
        builder.resolve("lib", index=indexes(team(private)))
        (content,) = ports.index.fetch([private.wheels["lib-1.0-py3-none-any.whl"].locked(f"{private.base}/files")])

        assert bytes(content) == private.wheels["lib-1.0-py3-none-any.whl"].content
        assert len(files.asked) > 1
        assert {item.login for item in files.asked} == {None}


def test_files_on_another_host_are_asked_for_without_the_login(builder: Builder, private: GuardedIndex) -> None:
    with serving(GuardedIndex(private.wheels.values())) as files:
        private.files_at = files.base
        builder.resolve("lib", index=indexes(team(private)))
        assert {item.login for item in files.asked} == {None}


def test_of_two_indexes_at_one_host_each_has_its_own_login() -> None:
    settings = IndexSettings().opened(
        IndexOptions.from_mapping(
            {
                "extra": [
                    {"name": "a", "url": "https://one.example/a/simple/", "password_variable": "A"},
                    {"name": "b", "url": "https://one.example/b/simple/", "password_variable": "B"},
                ]
            }
        ),
        RuntimeLogins(environ={"A": "token-a", "B": "token-b"}).login,
    )

    def password(url: str) -> str | None:
        login = settings.login(url)
        return login.password if login else None

    assert password("https://one.example/a/files/x.whl") == "token-a"
    assert password("https://one.example/b/files/x.whl") == "token-b"
    assert password("https://one.example/files/x.whl") == "token-a"
    assert password("http://one.example/a/files/x.whl") is None
    assert password("https://one.example:8443/a/files/x.whl") is None


def test_the_login_is_nowhere_but_in_the_environment_of_uv(
    builder: Builder, private: GuardedIndex, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    options = indexes(team(private), pins={"lib": "team"})
    request = ResolveRequest(requirements=("app",), target=TARGET, index=options)
    result = builder.resolve("app", index=options)
    builder.secrets.secrets[ARN] = f"{LOGIN[0]}:{LOGIN[1]}x"
    with pytest.raises(IndexDenied) as denied:
        builder.resolve("app", index=options)
    with pytest.raises(LayerError) as unknown:
        builder.resolve("none-such", index=options)

    seen = [json.dumps(request.to_mapping()), json.dumps(result.to_mapping()), repr(request), repr(builder.ports())]
    seen += [str(error.value) + json.dumps(error.value.to_mapping()) for error in (denied, unknown)]
    seen += [*builder.store.texts.values(), *builder.files, *(" ".join(command) for command in builder.commands)]
    seen += [*capfd.readouterr(), caplog.text]
    everything = "\n".join(seen).encode() + b"\n".join(builder.store.archives.values())
    everything += b"\n".join(path.read_bytes() for path in builder.cache.rglob("*") if path.is_file())
    assert "files/lib-1.0" in everything.decode(errors="replace"), "there is something to search"
    for form in (LOGIN[1], "s3cr3t-p", "YnVpbGRlcjpzM2NyM3Q"):
        assert form.encode() not in everything


def test_only_packages_that_are_old_enough_are_chosen(builder: Builder, public: GuardedIndex) -> None:
    public.upload_times = {
        "base-2.0-py3-none-any.whl": "2026-01-01T00:00:00Z",
        "base-3.0-py3-none-any.whl": "2026-03-08T00:00:00.000000Z",
    }
    assert builder.resolve("base").packages == {"base": "3.0"}
    assert builder.resolve("base", exclude_newer="7 days").packages == {"base": "2.0"}
    assert builder.resolve("base", exclude_newer="2026-03-09").packages == {"base": "3.0"}
    with pytest.raises(UnresolvableRequirements, match="filtered by `exclude-newer`"):
        builder.resolve("base", exclude_newer="2025-01-01")


def test_a_previous_version_that_is_too_new_is_given_up(builder: Builder, public: GuardedIndex) -> None:
    public.upload_times = {f"base-{n}.0-py3-none-any.whl": f"202{n}-01-01T00:00:00Z" for n in (2, 3)}
    newest = builder.resolve("base")
    older = builder.resolve("base", exclude_newer="2022-06-01", previous_lock_sha256=newest.lock_sha256)
    assert older.packages == {"base": "2.0"}


@pytest.mark.parametrize("pins", [{}, {"lib": "team"}])
def test_ages_are_not_asked_of_an_index_of_ones_own(
    builder: Builder, private: GuardedIndex, public: GuardedIndex, pins: dict[str, str]
) -> None:
    public.upload_times = dict.fromkeys(public.wheels, "2026-01-01T00:00:00Z")
    with pytest.raises(UnresolvableRequirements):
        builder.resolve("app", index=indexes(team(private), pins=pins), exclude_newer="7 days")
    result = builder.resolve("app", index=indexes(team(private, ignores_age=True), pins=pins), exclude_newer="P7D")
    assert result.packages["lib"] == "1.0"


def test_a_pinned_name_is_held_to_its_age(builder: Builder, private: GuardedIndex, public: GuardedIndex) -> None:
    newer = make_wheel("lib", "1.1")
    private.wheels[newer.filename] = newer
    private.upload_times = {
        "lib-1.0-py3-none-any.whl": "2026-01-01T00:00:00Z",
        newer.filename: "2026-03-09T00:00:00Z",
    }
    options = indexes(team(private), pins={"lib": "team"})
    assert builder.resolve("lib", index=options, exclude_newer="7 days").packages == {"lib": "1.0"}
    assert builder.resolve("lib", index=options, exclude_newer="1 hour").packages == {"lib": "1.1"}


def test_only_what_is_to_be_upgraded_moves(builder: Builder, public: GuardedIndex) -> None:
    before = builder.resolve("app", "base<3", "lib")
    for wheel in (make_wheel("lib", "9.5"), make_wheel("app", "1.5")):
        public.wheels[wheel.filename] = wheel

    def again(**more: Any) -> Mapping[str, str]:
        return builder.resolve("app", "base", "lib", previous_lock_sha256=before.lock_sha256, **more).packages

    assert again() == {"app": "1.0", "base": "2.0", "lib": "9.0"}
    assert again(upgrade=("lib",)) == {"app": "1.0", "base": "2.0", "lib": "9.5"}
    assert again(upgrade="all") == {"app": "1.5", "base": "3.0", "lib": "9.5"}


def test_hashes_say_which_wheel_of_a_version_is_meant(builder: Builder, public: GuardedIndex) -> None:
    special = make_wheel("both", "1.0", {"both.py": "a = 1"}, tag="cp313-cp313-manylinux_2_28_aarch64")
    plain = make_wheel("both", "1.0", {"both.py": "a = 2"})
    public.wheels |= {wheel.filename: wheel for wheel in (special, plain)}

    assert special.filename in builder.lock_text(builder.resolve("both==1.0"))
    chosen = builder.resolve(f"both==1.0 --hash=sha256:{plain.sha256}")
    assert plain.filename in builder.lock_text(chosen)
    assert special.filename not in builder.lock_text(chosen)
    with pytest.raises(WheelHashMismatch):
        builder.resolve(f"both==1.0 --hash=sha256:{'0' * 64}")


def test_wheels_between_the_glibc_releases_that_uv_knows_are_found(builder: Builder, public: GuardedIndex) -> None:
    wheels = [
        make_wheel("native", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        make_wheel("native", "1.1", tag="cp311-cp311-manylinux_2_26_x86_64"),
        make_wheel("native", "1.2", tag="cp311-cp311-manylinux_2_28_x86_64"),
        make_wheel("native", "1.3", tag="cp311-cp311-manylinux_2_27_x86_64"),
        needing("user", "1.0", "native"),
    ]
    public.wheels |= {wheel.filename: wheel for wheel in wheels}

    assert builder.resolve("user", target=OLD_TARGET).packages == {"native": "1.1", "user": "1.0"}
    assert len(builder.commands) == 2, "all that is too new is ruled out at once"


def test_what_has_no_wheel_for_the_glibc_is_told_with_the_nearest_version(
    builder: Builder, public: GuardedIndex
) -> None:
    wheels = [
        make_wheel("native", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        make_wheel("native", "2.0", tag="cp311-cp311-manylinux_2_28_x86_64"),
        make_wheel("other", "1.0", tag="cp311-cp311-win_amd64"),
    ]
    public.wheels |= {wheel.filename: wheel for wheel in wheels}

    with pytest.raises(NoCompatibleWheel) as caught:
        builder.resolve("native>=2", "other", "base", target=OLD_TARGET)

    assert caught.value.packages == ("native", "other")
    assert caught.value.explanation.splitlines()[:2] == [
        "native 2.0: its wheel needs glibc 2.28 or newer; python3.11 has 2.26; 1.0 has a wheel that fits",
        "other 1.0: its wheels are only for Windows; no version has a wheel that fits",
    ]


def of_pip(builder: Builder) -> None:
    builder.resolvers = lambda settings, _listing: PipResolver(settings=settings, run=builder.run)  # type: ignore[assignment,return-value]  # another resolver


def test_pip_keeps_to_one_index_and_its_login(builder: Builder, private: GuardedIndex, public: GuardedIndex) -> None:
    of_pip(builder)
    default = {"name": "team", "url": private.url, "secret_arn": ARN}

    result = builder.resolve("lib", target=HERE, index=indexes(default=default))

    assert result.packages == {"lib": "1.0"}
    assert {item.login for item in private.asked} == {LOGIN}
    assert "s3cr3t" not in "\n".join([builder.lock_text(result), *builder.files, *map(" ".join, builder.commands)])
    assert public.asked == []


def test_pip_that_is_denied_says_so(builder: Builder, private: GuardedIndex, public: GuardedIndex) -> None:
    of_pip(builder)
    builder.secrets.secrets[ARN] = "builder:wrong-9f8e7d"
    with pytest.raises(IndexDenied) as caught:
        builder.resolve("lib", target=HERE, index=indexes(default=team(private)))
    assert "wrong-9f8e7d" not in str(caught.value)
    assert "wrong-9f8e7d" not in "\n".join(builder.files)


def test_pip_is_refused_where_it_would_fall_through(builder: Builder, private: GuardedIndex) -> None:
    of_pip(builder)
    with pytest.raises(UnsupportedIndexes) as caught:
        builder.resolve("lib", target=HERE, index=indexes(team(private)))
    assert str(caught.value) == (
        "unsupported-indexes: the resolver 'pip' cannot use these indexes\n"
        "    there are 2, the default one among them, and pip has no order of indexes\n"
        "  likely cause: pip takes a package from whichever of its indexes has the newest version\n"
        "  what to do: resolve with uv, which is the default, or give one index only"
    )
    assert builder.commands == []


def test_pip_holds_packages_to_their_age_and_upgrades_by_name(builder: Builder, public: GuardedIndex) -> None:
    public.upload_times = {f"base-{n}.0-py3-none-any.whl": f"202{n}-01-01T00:00:00Z" for n in (2, 3)}
    pip = PipResolver(settings=builder.settings, run=builder.run)
    requirements = parse_requirements(["base"])
    previous = lock_of([make_wheel("base", "2.0").locked()])

    def version(**policy: Any) -> str:
        lock = pip.resolve(requirements, HERE, previous=previous, policy=VersionPolicy(**policy))
        return str(lock.packages[0].version)

    assert version() == "2.0"
    assert version(upgrade=("base",)) == "3.0"
    assert version(upgrade="all", uploaded_before=datetime(2022, 6, 1, tzinfo=UTC)) == "2.0"


def test_faults_of_indexes_are_themselves_again_on_the_other_side_of_the_wire() -> None:
    fault = IndexDenied(index="team", detail="lib: HTTP status 401")
    program = (
        "import json, sys; from builder_lambda import LayerError; "
        "print(type(LayerError.from_mapping(json.load(sys.stdin))).__name__)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(fault.to_mapping()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "IndexDenied"
    assert LayerError.from_mapping(fault.to_mapping()) == fault


def test_a_layer_of_a_private_index_is_built_without_a_trace_of_the_login(
    builder: Builder,
    private: GuardedIndex,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    ports = builder.ports()
    monkeypatch.setattr(handler_module, "_ports", lambda: ports)
    options = indexes(team(private), pins={"base": "team"}).to_mapping()
    target = {"runtime": TARGET.runtime, "architecture": TARGET.architecture}

    resolved = handler_module.handler({"resolve": {"requirements": ["app"], "target": target, "index": options}}, None)
    lock = cast("dict[str, Any]", resolved["result"])["lock_sha256"]
    asked = {"name": "web", "target": target, "lock_sha256": lock, "options": {"bytecode": False}}
    built = handler_module.handler({"build": {**asked, "index": options}}, None)
    again = handler_module.handler({"build": asked}, None)
    builder.secrets.secrets[ARN] = f"{LOGIN[0]}:{LOGIN[1]}-wrong"
    refused = handler_module.handler({"build": {**asked, "name": "other", "index": options}}, None)

    assert built == again, "where the wheels are is not part of what is built"
    assert cast("dict[str, Any]", refused["error"])["code"] == "index-denied"
    (archive,) = builder.store.archives.values()
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        contents = [read.read(name) for name in read.namelist()]
    assert b"VALUE = 1\n" in contents
    texts = [json.dumps(reply) for reply in (resolved, built, refused)]
    texts += [*builder.store.texts.values(), *capfd.readouterr(), caplog.text]
    everything = [archive, *contents, *(text.encode() for text in texts), *builder.store.others.values()]
    for form in (LOGIN[1], "s3cr3t-p", "YnVpbGRlcjpzM2NyM3Q"):
        assert not [content for content in everything if form.encode() in content]
