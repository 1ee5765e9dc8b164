"""The environment variables of a source build. Pure.

They take nothing from the process that starts the build: no credentials, no index, no home. They fix what compilers and
build backends are known to write into their output: time, order and folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.contract.targets import Target

_FIRST_MOMENT = "315532800"
"""1980-01-01, the earliest date of a zip archive, in seconds (``SOURCE_DATE_EPOCH``: reproducible-builds.org)."""

_SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")


def build_variables(
    work: Path, target: Target, toolchain: Mapping[str, str], *, machine: str, needed_to_start: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of a build in the folder ``work``.

    :param toolchain: the variables of the compiler, see :class:`builder_lambda.sdists.toolchains.Toolchain`.
    :param machine: the machine that the build runs on.
    :param needed_to_start: variables without which the interpreter does not start.
    """
    path = [str(work / "environment/bin"), *([toolchain["PATH"]] if "PATH" in toolchain else []), *_SYSTEM_PATH]
    flags = f"-fPIC -fwrapv -ffile-prefix-map={work}=/build"
    variables = {
        **needed_to_start,
        **toolchain,
        "PATH": ":".join(path),
        "HOME": str(work / "home"),
        "TMPDIR": str(work / "temporary"),
        "CFLAGS": f"-O2 {flags}",
        "CXXFLAGS": f"-O2 {flags}",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": _FIRST_MOMENT,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "PIP_NO_INDEX": "1",  # a build script that calls pip finds only its installed requirements
        "MATURIN_NO_INSTALL_RUST": "1",  # maturin would download an unpinned compiler
    }
    if machine != target.machine:
        digits = target.python_version.replace(".", "")
        # The variable of CPython's own cross builds (read by Lib/sysconfig), and that of setuptools for the suffix
        variables["_PYTHON_HOST_PLATFORM"] = f"linux-{target.machine}"
        variables["SETUPTOOLS_EXT_SUFFIX"] = f".cpython-{digits}-{target.machine}-linux-gnu.so"
    return variables
