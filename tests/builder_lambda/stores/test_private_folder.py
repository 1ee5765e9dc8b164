import os
from pathlib import Path

import pytest

from builder_lambda.errors.files import CacheNotPrivate, FileNotWritable
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.stores.private_folder import make_private


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_cache_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        local_ports(tmp_path / "new" / "cache")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "new" / "cache") == 0o700


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o500, 0o775])
def test_a_cache_that_only_its_user_and_own_group_may_write_is_used(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(mode)
    make_private(folder)
    assert mode_of(folder) == mode


@pytest.mark.parametrize("mode", [0o777, 0o702, 0o1777])
def test_a_cache_that_others_may_write_is_refused_with_a_way_out(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(CacheNotPrivate, match="others may write to it") as refused:
        local_ports(folder)
    assert "chmod go-w" in str(refused.value)
    folder.chmod(mode & ~0o022)  # what the error advises
    local_ports(folder)


def test_a_cache_of_a_shared_group_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(0o770)
    monkeypatch.setattr(os, "getgid", lambda: folder.stat().st_gid + 1)
    with pytest.raises(CacheNotPrivate, match="others may write to it"):
        make_private(folder)


def test_a_cache_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(CacheNotPrivate, match=f"it belongs to the user with the id {owner}"):
        make_private(tmp_path)


def test_a_file_in_place_of_the_cache_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(FileNotWritable):
        make_private(tmp_path / "cache")
