"""Folders that are made once, whole or not at all."""

import threading
from pathlib import Path

import pytest

from local_aws.environments.cached_folder import made_once


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    calls: list[Path] = []

    def make(folder: Path) -> None:
        calls.append(folder)
        (folder / "made").touch()

    assert made_once(tmp_path / "tool", make) == tmp_path / "tool"
    made_once(tmp_path / "tool", make)

    assert len(calls) == 1
    assert (tmp_path / "tool" / "made").is_file()


def test_a_failed_attempt_leaves_nothing_and_may_be_repeated(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        made_once(tmp_path / "tool", fail)
    assert not (tmp_path / "tool").exists()

    made_once(tmp_path / "tool", lambda folder: (folder / "whole").touch())
    assert [path.name for path in (tmp_path / "tool").iterdir()] == ["whole"]


def test_what_a_killed_attempt_left_is_not_taken_for_the_folder(tmp_path: Path) -> None:
    (tmp_path / "tool.unfinished").mkdir()
    (tmp_path / "tool.unfinished" / "half").touch()

    made_once(tmp_path / "tool", lambda folder: (folder / "whole").touch())

    assert [path.name for path in (tmp_path / "tool").iterdir()] == ["whole"]


def test_those_who_ask_at_once_share_one_making(tmp_path: Path) -> None:
    calls: list[int] = []
    begun, ended = threading.Event(), threading.Event()

    def make(folder: Path) -> None:
        calls.append(1)
        begun.set()
        ended.wait(10)

    first = threading.Thread(target=made_once, args=(tmp_path / "tool", make))
    second = threading.Thread(target=made_once, args=(tmp_path / "tool", make))
    first.start()
    begun.wait(10)
    second.start()
    ended.set()
    first.join()
    second.join()

    assert calls == [1]
