"""The compiler zig for C and C++: one pinned release, fetched on first use.

On any machine it compiles for any other, and for any version of glibc. It comes from the wheel ``ziglang`` of the
package index. Unpacked it is larger than Lambda allows, so it is not part of the archive of a function.
"""

from __future__ import annotations

import fcntl
import io
import platform
import shutil
import sys
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.distributions.buffer_reader import BufferReader
from builder_lambda.errors.sdists import SourceBuildsUnavailable
from builder_lambda.errors.wheels import WheelMissing
from builder_lambda.locks.package_url import name_in_place_of_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder_lambda.ports.ports import WheelIndex

ZIG_VERSION = "0.17.1"
_WHEELS = {
    "x86_64": (
        "ziglang-0.17.1-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl",
        "ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54",
    ),
    "aarch64": (
        "ziglang-0.17.1-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e",
    ),
}
"""The published wheels and their sha256, by the machine that they run on."""

_LIBRARY = "ziglang/lib/libc/"
_OTHER_SYSTEMS = ("mingw/", "musl/", "wasi/", "darwin/", "freebsd/", "netbsd/", "openbsd/")
_OUR_HEADERS = ("any-linux-any/", "generic-glibc/", "x86-linux", "x86_64-linux", "aarch64-linux")
"""Two thirds of the files are C libraries of other systems and headers of other machines. They are not unpacked."""


class Zig:
    """The compiler in a folder."""

    def __init__(self, folder: Path, index: WheelIndex, *, machine: str | None = None) -> None:
        """Keep it below ``folder``.

        :param index: has the wheel.
        :param machine: the machine that zig runs on; this one by default.
        """
        self._machine = machine or platform.machine()
        self._folder = folder / f"{ZIG_VERSION}-{self._machine}"
        self._index = index

    def program(self) -> Path:
        """Return the program. Fetch it if it is missing.

        :raises SourceBuildsUnavailable: if zig has no release for this machine.
        :raises LayerError: of :meth:`WheelIndex.fetch`.
        """
        program = self._folder / "ziglang/zig"
        if not program.is_file():
            if sys.platform != "linux" or self._machine not in _WHEELS:
                machine = f"{sys.platform} {self._machine}"
                reason = f"its compiler runs on Linux with x86_64 or aarch64, not on {machine}"
                raise SourceBuildsUnavailable(reason=reason)
            with locked(self._folder):
                if not program.is_file():
                    self._fetch()
        return program

    def _fetch(self) -> None:
        filename, sha256 = _WHEELS[self._machine]
        url = name_in_place_of_url("ziglang", ZIG_VERSION, filename)
        wheel = LockedWheel(filename=filename, name="ziglang", version=ZIG_VERSION, sha256=sha256, url=url)
        try:
            (content,) = self._index.fetch([wheel])
        except WheelMissing as error:
            reason = f"its compiler is {wheel.filename}, which the package index of the machine does not have"
            raise SourceBuildsUnavailable(reason=reason) from error
        part = self._folder.with_name(f"{self._folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        reader = cast("io.BytesIO", io.BufferedReader(BufferReader(memoryview(content))))
        with zipfile.ZipFile(reader) as archive:
            archive.extractall(part, [name for name in archive.namelist() if _is_needed(name)])
        (part / "ziglang/zig").chmod(0o755)
        part.rename(self._folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on ``path`` during the block, against other threads and other processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_needed(name: str) -> bool:
    below = name.removeprefix(_LIBRARY)
    if below == name:
        return True
    if below.startswith("include/"):
        return below.removeprefix("include/").startswith(_OUR_HEADERS)
    return not below.startswith(_OTHER_SYSTEMS)
