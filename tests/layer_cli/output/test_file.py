import os
from pathlib import Path

import pytest

from builder_lambda.errors.files import FileNotWritable
from layer_cli.output.file import write_file


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    pipe, folder, link = tmp_path / "pipe", tmp_path / "folder", tmp_path / "link"
    os.mkfifo(pipe)
    folder.mkdir()
    link.symlink_to(os.devnull)
    for path, reason in (
        (pipe, "a pipe"),
        (folder, "it is a folder"),
        (link, "a device"),
        (Path(os.devnull), "a device"),
    ):
        with pytest.raises(FileNotWritable, match=reason):
            write_file(path, lambda part: part.write_bytes(b"x"))
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_standard_output_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotWritable, match="standard output"):
        write_file(Path("-"), lambda part: part.write_bytes(b"x"))
    assert not list(tmp_path.iterdir())


def test_a_file_and_a_link_to_one_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "link").symlink_to("old")
    for name in ("old", "link", "new"):
        write_file(tmp_path / name, lambda part: part.write_bytes(b"x"))
        assert (tmp_path / name).read_bytes() == b"x"
