from pathlib import Path

from packaging.pylock import Package, PackageWheel, Pylock
from packaging.utils import canonicalize_name
from packaging.version import Version

from builder_lambda.inspection.package_changes import PackageSet, PackageState, package_changes
from builder_lambda.inspection.reading import read_layer
from tests.builder_lambda.layer_zip import distribution, write_layer


def lock_of(*packages: tuple[str, str, str]) -> PackageSet:
    """Return the lock of these packages: name, version, and the letter that the sha256 of its wheel is made of."""
    return PackageSet.of_lock(
        Pylock(
            lock_version=Version("1.0"),
            created_by="test",
            packages=[
                Package(
                    name=canonicalize_name(name),
                    version=Version(version),
                    wheels=[PackageWheel(url=f"https://x.example/{name}.whl", size=7, hashes={"sha256": letter * 64})],
                )
                for name, version, letter in packages
            ],
        )
    )


def kinds(before: PackageSet, after: PackageSet) -> list[tuple[str, str]]:
    return [(change.name, change.kind) for change in package_changes(before, after)]


def test_packages_are_added_removed_moved_and_changed() -> None:
    before = lock_of(("same", "1.0", "a"), ("gone", "1.0", "a"), ("moved", "1.0", "a"), ("other", "1.0", "a"))
    after = lock_of(("same", "1.0", "a"), ("new", "1.0", "a"), ("moved", "2.0", "b"), ("other", "1.0", "b"))

    assert kinds(before, after) == [("gone", "removed"), ("moved", "moved"), ("new", "added"), ("other", "changed")]
    assert kinds(before, before) == []


def test_a_lock_with_a_version_for_each_environment_has_them_all() -> None:
    assert lock_of(("a", "1.0", "a"), ("a", "2.0", "b")).packages["a"].version == "1.0, 2.0"


def test_sizes_are_known_where_all_are() -> None:
    packages = lock_of(("a", "1.0", "a"), ("b", "1.0", "a"))

    assert (packages.size_bytes, packages.unpacked_bytes) == (14, None)
    assert packages.packages["a"] == PackageState(version="1.0", size_bytes=7, digest=packages.packages["a"].digest)


def test_an_archive_and_a_lock_are_compared_by_versions(tmp_path: Path) -> None:
    path = write_layer(
        tmp_path / "layer.zip", distribution("a", "1.0", {"a.py": b""}), {"python/mine.py": b"of no distribution"}
    )
    archive = PackageSet.of_layer(read_layer(path))

    assert kinds(archive, lock_of(("a", "1.0", "a"))) == []
    assert kinds(lock_of(("a", "1.1", "a")), archive) == [("a", "moved")]
    assert kinds(PackageSet(kind="archive", packages={}), archive) == [("a", "added"), ("python/mine.py", "added")]
