import os
from pathlib import Path

from builder_lambda.stores.cache_bound import DEFAULT_BYTES, bound_of, keep_within, kept_files, note_use
from builder_lambda.stores.disk import LocalArchives

NOW = 2_000_000_000.0
DAY = 86_400.0


def kept(folder: Path, name: str, size: int, used: float) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (used, used))
    return path


def test_the_least_recently_used_file_is_removed_first(tmp_path: Path) -> None:
    old = kept(tmp_path, "wheels/ab/a.whl", 400, NOW - 3 * DAY)
    middle = kept(tmp_path, "fragments/b.bin", 400, NOW - 2 * DAY)
    young = kept(tmp_path, "archives/web/c.zip", 400, NOW - DAY)

    assert keep_within(tmp_path, 1000, now=NOW) == (old,)
    assert (old.exists(), middle.exists(), young.exists()) == (False, True, True)


def test_the_last_use_counts_and_not_the_last_change(tmp_path: Path) -> None:
    used = kept(tmp_path, "wheels/ab/a.whl", 400, 1000.0)
    other = kept(tmp_path, "wheels/cd/b.whl", 400, 2000.0)
    written = used.stat().st_mtime_ns

    note_use(used)

    assert used.stat().st_mtime_ns == written
    assert keep_within(tmp_path, 500, now=used.stat().st_atime + DAY) == (other,)


def test_reading_from_the_store_counts_as_use(tmp_path: Path) -> None:
    path = kept(tmp_path, "fragments/a.bin", 10, 1.0)

    assert LocalArchives(tmp_path).read_bytes("fragments/a.bin") == b"x" * 10

    assert path.stat().st_atime > 1.0
    assert path.stat().st_mtime == 1.0


def test_files_used_in_the_last_hour_stay(tmp_path: Path) -> None:
    path = kept(tmp_path, "archives/web/c.zip", 400, NOW - 1800)

    assert keep_within(tmp_path, 0, now=NOW) == ()
    assert path.exists()


def test_files_are_removed_at_most_once_an_hour(tmp_path: Path) -> None:
    keep_within(tmp_path, 0, now=NOW)
    path = kept(tmp_path, "wheels/ab/a.whl", 400, NOW - DAY)

    assert keep_within(tmp_path, 0, now=NOW + 1800) == ()
    assert keep_within(tmp_path, 0, now=NOW + 3700) == (path,)


def test_other_files_stay(tmp_path: Path) -> None:
    foreign = kept(tmp_path, "uv-cache/a.msgpack", 400, NOW - DAY)

    assert keep_within(tmp_path, 0, now=NOW) == ()
    assert foreign.exists()
    assert list(kept_files(tmp_path)) == []


def test_a_missing_folder_is_not_created(tmp_path: Path) -> None:
    assert keep_within(tmp_path / "none", 0, now=NOW) == ()
    assert not (tmp_path / "none").exists()


def test_the_bound_is_that_of_the_variable_if_it_is_a_number() -> None:
    assert bound_of({"PYTHON_LAYERS_CACHE_BYTES": "1000"}) == 1000
    assert bound_of({"PYTHON_LAYERS_CACHE_BYTES": "a lot"}) == bound_of({}) == DEFAULT_BYTES
