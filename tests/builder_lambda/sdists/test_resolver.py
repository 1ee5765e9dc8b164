"""Wheels are asked for first; what is built then is offered, stored, and not built again. No index, no subprocess."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from packaging.pylock import Package, PackageWheel, Pylock
from packaging.utils import canonicalize_name
from packaging.version import Version

from builder_lambda import Ports, ResolveRequest, Target, resolve
from builder_lambda.contract.source_policy import AllowSourceBuilds
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.resolution import NoCompatibleWheel
from builder_lambda.errors.sdists import (
    BuiltWheelUnusable,
    InvalidSdist,
    SourceBuildNeedsLibrary,
    SourceBuildNeedsRust,
    SourceBuildsUnavailable,
)
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken, SourceDistribution
from builder_lambda.ports.version_policy import VersionPolicy
from builder_lambda.ports.version_query import VersionQuery
from tests.builder_lambda.elf_factory import make_library
from tests.builder_lambda.fakes import MemoryArchives, MemoryIndex, memory_ports, with_indexes
from tests.builder_lambda.memory_listing import MemoryListing
from tests.builder_lambda.sdist_factory import MadeSdist, make_sdist
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.12", "x86_64")


@dataclass
class WheelsOnly:
    """Resolves to one version of each name, and knows only what is offered of those without a wheel."""

    without: Sequence[str]
    asked: list[VersionPolicy] = field(default_factory=list)

    def resolve(self, query: VersionQuery) -> Pylock:
        target, policy = query.target, query.policy
        self.asked.append(policy)
        # The first that is missing is all that some resolvers tell.
        missing = [name for name in self.without if name not in policy.find_links]
        if missing:
            raise NoCompatibleWheel(target=target.slug, packages=(missing[0],))
        offered = [
            Package(
                name=canonicalize_name(name),
                version=Version(file.filename.split("-")[1]),
                wheels=[PackageWheel(path=file.url.removeprefix("file://"), hashes={"sha256": file.sha256 or ""})],
            )
            for name, file in policy.find_links.items()
        ]
        other = make_wheel("other", "2.0").locked()
        listed = PackageWheel(url=other.url, hashes={"sha256": other.sha256})
        packages = [*offered, Package(name=canonicalize_name("other"), version=Version("2.0"), wheels=[listed])]
        return Pylock(lock_version=Version("1.0"), created_by="test", packages=packages)


@dataclass
class Builds:
    """Gives the wheel that it was made with, or raises."""

    outcome: MadeWheel | Exception | None = None
    asked: list[SourceDistribution] = field(default_factory=list)

    def build(self, source: SourceDistribution, content: object) -> BuiltWheel:
        self.asked.append(source)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        wheel = self.outcome or make_wheel(source.name, source.version)
        return BuiltWheel(filename=wheel.filename, content=wheel.content)


@dataclass
class Fixture:
    ports: Ports
    resolver: WheelsOnly
    builder: Builds
    store: MemoryArchives
    index: MemoryIndex

    def resolve(
        self, *requirements: str, allowed: AllowSourceBuilds = ("demo",), previous: str | None = None
    ) -> dict[str, str]:
        request = ResolveRequest(
            requirements=requirements or ("demo",),
            target=TARGET,
            allow_source_builds=allowed,
            previous_lock_sha256=previous,
        )
        result = resolve(request, self.ports)
        self.lock_sha256 = result.lock_sha256
        return dict(result.packages)

    @property
    def lock(self) -> str:
        return self.store.texts[f"locks/{self.lock_sha256}.toml"]


def made(
    *sdists: MadeSdist, without: Sequence[str] = ("demo",), outcome: MadeWheel | Exception | None = None
) -> Fixture:
    store, builder, resolver = MemoryArchives(), Builds(outcome), WheelsOnly(without)
    index = MemoryIndex(sdists)
    names = sorted({sdist.name for sdist in sdists})
    listing = MemoryListing({name: [sdist.indexed() for sdist in sdists if sdist.name == name] for name in names})
    ports = with_indexes(memory_ports(store=store), resolver=resolver, wheels=index, listing=listing)
    ports = replace(ports, wheel_builder=builder)
    return Fixture(ports, resolver, builder, store, index)


OLD, NEW = make_sdist(version="1.0"), make_sdist(version="1.1")


def test_nothing_is_built_if_wheels_fit() -> None:
    fixture = made(NEW, without=())
    assert fixture.resolve(allowed="all") == {"other": "2.0"}
    assert fixture.builder.asked == []
    assert len(fixture.resolver.asked) == 1


def test_the_newest_sdist_is_built_and_its_wheel_pinned_by_hash_and_store_key() -> None:
    fixture = made(OLD, NEW)
    assert fixture.resolve() == {"demo": "1.1", "other": "2.0"}
    (source,) = fixture.builder.asked
    assert (source.version, source.sha256, source.target) == ("1.1", NEW.sha256, TARGET)
    key = f"wheels/{NEW.sha256}/python312-x86_64/demo-1.1-py3-none-any.whl"
    assert f'path = "{key}"' in fixture.lock
    assert hashlib.sha256(fixture.store.others[key]).hexdigest() in fixture.lock
    assert "file:" not in fixture.lock
    assert "url" in fixture.lock, "the other one is still on its index"


def test_a_second_resolution_builds_nothing() -> None:
    fixture = made(NEW)
    fixture.resolve()
    first = fixture.lock_sha256
    fixture.resolve()
    assert len(fixture.builder.asked) == 1
    assert fixture.index.fetched == [NEW.filename]
    assert fixture.lock_sha256 == first


@pytest.mark.parametrize("damage", [b"damaged", None], ids=["damaged", "gone"])
def test_a_damaged_or_missing_wheel_is_built_again(damage: bytes | None) -> None:
    fixture = made(NEW)
    fixture.resolve()
    (key,) = (key for key in fixture.store.others if key.endswith(".whl"))
    if damage is None:
        del fixture.store.others[key]
    else:
        fixture.store.others[key] = damage
    fixture.resolve()
    assert len(fixture.builder.asked) == 2
    assert hashlib.sha256(fixture.store.others[key]).hexdigest() in fixture.lock


def test_a_built_wheel_may_need_another_build() -> None:
    fixture = made(NEW, make_sdist("second", "3.0"), without=("demo", "second"))
    assert fixture.resolve(allowed="all") == {"demo": "1.1", "other": "2.0", "second": "3.0"}
    assert [source.name for source in fixture.builder.asked] == ["demo", "second"]


@pytest.mark.parametrize("allowed", [(), ("other",)])
def test_a_project_that_may_not_be_built_is_refused(allowed: tuple[str, ...]) -> None:
    fixture = made(NEW)
    with pytest.raises(NoCompatibleWheel):
        fixture.resolve(allowed=allowed)
    assert fixture.builder.asked == []


def test_a_project_without_a_fitting_sdist_is_refused() -> None:
    with pytest.raises(NoCompatibleWheel):
        made(NEW).resolve("demo>2")


def test_the_version_that_the_previous_lock_has_stays() -> None:
    fixture = made(OLD, NEW)
    fixture.resolve("demo==1.0")
    assert fixture.resolve("demo", previous=fixture.lock_sha256)["demo"] == "1.0"
    assert fixture.resolve("demo>1.0", previous=fixture.lock_sha256)["demo"] == "1.1"


def test_hashes_of_the_requirements_are_those_of_the_sdist() -> None:
    fixture = made(NEW)
    assert fixture.resolve(f"demo==1.1 --hash=sha256:{NEW.sha256}")["demo"] == "1.1"
    with pytest.raises(WheelHashMismatch):
        fixture.resolve(f"demo==1.1 --hash=sha256:{'0' * 64}")


def test_an_sdist_without_a_hash_is_refused() -> None:
    fixture = made(NEW)
    bare = MemoryListing({"demo": [replace(NEW.indexed(), sha256=None)]})
    fixture.ports = with_indexes(fixture.ports, listing=bare)
    with pytest.raises(InvalidSdist, match="the package index has no sha256 of it"):
        fixture.resolve()


def test_a_builder_without_source_builds_says_so() -> None:
    fixture = made(NEW)
    fixture.ports = replace(fixture.ports, wheel_builder=None)
    with pytest.raises(SourceBuildsUnavailable) as caught:
        fixture.resolve()
    assert str(caught.value) == (
        "source-builds-unavailable: this builder does not build from source: "
        "demo has no wheel that fits, and there is no function for it\n"
        "  likely cause: source builds are allowed for the layer, and the builder was not set up for them\n"
        "  what to do: set source_builds of the LayerBuilder, or build on the host 'local' or 'container' on Linux"
    )


def test_a_failed_build_is_reported_with_its_log_and_a_version_with_a_wheel() -> None:
    log = "compiling\n" * 500 + "error: can't find Rust compiler"
    fixture = made(NEW, outcome=SourceBuildBroken(log))
    wheel = replace(NEW.indexed(), filename="demo-0.9-py3-none-any.whl")
    fixture.ports = with_indexes(fixture.ports, listing=MemoryListing({"demo": [NEW.indexed(), wheel]}))
    with pytest.raises(SourceBuildNeedsRust) as caught:
        fixture.resolve("demo>1")
    key = f"wheels/{NEW.sha256}/python312-x86_64.log"
    assert (caught.value.nearest, caught.value.log_place) == ("0.9", f"memory:{key}")
    assert fixture.store.others[key].decode() == log
    assert not [key for key in fixture.store.others if key.endswith(".whl")]


@pytest.mark.parametrize(
    ("wheel", "kind"),
    [
        (make_wheel("demo", "1.1", {"demo.so": make_library(machine="aarch64")}), BuiltWheelUnusable),
        (make_wheel("demo", "9.9"), BuiltWheelUnusable),
        (replace(make_wheel("demo", "1.1"), content=b"no zip"), BuiltWheelUnusable),
        (replace(make_wheel("demo", "1.1"), filename="demo-1.1-py3-none-any.x/../../y.whl"), BuiltWheelUnusable),
        (make_wheel("demo", "1.1", {"demo.so": make_library(needed=["libpq.so.5"])}), SourceBuildNeedsLibrary),
    ],
    ids=["other machine", "other version", "no wheel", "unsafe name", "library"],
)
def test_an_unusable_built_wheel_is_not_stored(wheel: MadeWheel, kind: type[LayerError]) -> None:
    fixture = made(NEW, outcome=wheel)
    with pytest.raises(kind):
        fixture.resolve()
    assert not [key for key in fixture.store.others if key.endswith(".whl")]
