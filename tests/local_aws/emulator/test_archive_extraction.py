"""Unpacking code and layers."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from local_aws.emulator.archive_extraction import EscapingEntry, extract


def archive(*entries: tuple[str, int, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        for name, mode, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            zipped.writestr(entry, content)
    return written.getvalue()


def test_modes_and_links_are_kept(tmp_path: Path) -> None:
    tool, link = ("bin/tool", stat.S_IFREG | 0o755, "#!"), ("lib.so", stat.S_IFLNK | 0o777, "lib.so.1")

    extract(archive(tool, link), tmp_path)

    assert stat.S_IMODE((tmp_path / "bin" / "tool").stat().st_mode) == 0o755
    assert (tmp_path / "lib.so").readlink() == Path("lib.so.1")


def test_a_later_archive_goes_over_an_earlier_one(tmp_path: Path) -> None:
    extract(archive(("x", 0o444, "first"), ("y", 0o644, "first")), tmp_path)
    extract(archive(("x", 0o644, "second")), tmp_path)

    assert [(tmp_path / name).read_text() for name in "xy"] == ["second", "first"]


def test_an_entry_that_leads_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EscapingEntry) as error:
        extract(archive(("../x", 0o644, "")), tmp_path / "inside")

    assert str(error.value) == "zip entry '../x' leads out of the archive"
