"""The environment that code of a package runs in while it is built. Pure.

It has nothing of the process that starts it: no credentials, no index, no home. Everything that a compiler or a build
backend is known to write into its output is fixed: time, order, folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.contract.targets import Target

_FIRST_MOMENT = "315532800"
"""1980-01-01, the earliest that a zip archive can tell, in seconds (``SOURCE_DATE_EPOCH``: reproducible-builds.org)."""

_SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")


def build_variables(
    work: Path, target: Target, toolchain: Mapping[str, str], *, machine: str, needed_to_start: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of a build in the folder ``work``.

    :param toolchain: of the compiler, as :class:`builder_lambda.sdists.toolchains.Toolchain` gives them.
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
        "PIP_NO_INDEX": "1",  # a build script that calls pip by itself gets what its requirements brought
        "MATURIN_NO_INSTALL_RUST": "1",  # or it downloads a compiler that nobody pinned
    }
    if machine != target.machine:
        digits = target.python_version.replace(".", "")
        # What CPython's own cross builds set (read by Lib/sysconfig), and setuptools' variable for the suffix
        variables["_PYTHON_HOST_PLATFORM"] = f"linux-{target.machine}"
        variables["SETUPTOOLS_EXT_SUFFIX"] = f".cpython-{digits}-{target.machine}-linux-gnu.so"
    return variables
