"""Cases that no index of the tests can produce. The real uv is behind it in ``indexes/private/``."""

from builder_lambda import Requirements, Target
from builder_lambda.resolvers.index_resolver import IndexResolver
from tests.builder_lambda.fakes import ListedResolver, query
from tests.builder_lambda.memory_listing import MemoryListing
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.11", "x86_64")
TOO_NEW = make_wheel("native", "2.0", tag="cp311-cp311-manylinux_2_28_x86_64")
PLAIN = make_wheel("plain", "1.0")


def asked(listing: MemoryListing, *wheels: MadeWheel) -> list[Requirements]:
    resolver = ListedResolver(wheel.locked() for wheel in wheels)
    lock = IndexResolver(resolver, listing).resolve(query("native", "plain<2", target=TARGET))
    assert [package.name for package in lock.packages] == [wheel.locked().name for wheel in wheels]
    return [asked.requirements for asked in resolver.asked]


def test_what_fits_is_resolved_once_and_the_index_not_asked() -> None:
    listing = MemoryListing({})
    assert len(asked(listing, PLAIN)) == 1
    assert listing.asked == []


def test_all_versions_without_a_wheel_that_fits_are_ruled_out_together() -> None:
    files = [f"native-{version}-cp311-cp311-manylinux_2_28_x86_64.whl" for version in ("2.0", "1.9")]
    listing = MemoryListing(
        {"native": [*files, "native-1.8.tar.gz", "native-1.7-cp311-cp311-manylinux_2_26_x86_64.whl"]}
    )

    first, second = asked(listing, TOO_NEW, PLAIN)

    assert first.constraint_lines == ()
    assert second.constraint_lines == ("native!=1.8", "native!=1.9", "native!=2.0")
    assert listing.asked == ["native"]


def test_a_wheel_that_is_required_by_url_stays_for_others_to_refuse() -> None:
    assert len(asked(MemoryListing({}), TOO_NEW)) == 2
