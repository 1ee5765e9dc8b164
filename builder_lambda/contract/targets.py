"""What a layer is built for: a Lambda runtime with an architecture.

Pure tables: the C library of a runtime, and the values of environment markers in it (PEP 508). Nothing depends on the
machine that runs this. ``locks/target_tags.py`` says which wheels a target can load.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from builder_lambda.errors.options import UnsupportedTarget

if TYPE_CHECKING:
    from packaging.markers import Environment

Architecture = Literal["x86_64", "arm64"]
ARCHITECTURES: tuple[str, ...] = get_args(Architecture)

_LOWEST_PATCH = {"3.9": 6, "3.10": 8, "3.11": 3, "3.12": 0, "3.13": 0, "3.14": 0}
"""The patch release of each Python that was current when AWS brought the runtime; runtimes only move up from there.

Markers such as ``python_full_version < "3.11.3"`` and Requires-Python such as ``!=3.9.1`` are read with it.
"""

RUNTIMES: tuple[str, ...] = tuple(f"python{version}" for version in _LOWEST_PATCH)

_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A Lambda runtime with an architecture, as one value."""

    runtime: str
    """Lambda's name of the runtime, such as ``python3.13``."""

    architecture: Architecture

    @classmethod
    def parse(cls, runtime: str, architecture: str) -> Target:
        """Return the target of these two names.

        :raises UnsupportedTarget: naming the values that are supported.
        """
        if runtime not in RUNTIMES or architecture not in ARCHITECTURES:
            raise UnsupportedTarget(
                runtime=runtime, architecture=architecture, runtimes=RUNTIMES, architectures=ARCHITECTURES
            )
        return cls(runtime=runtime, architecture=cast("Architecture", architecture))

    @property
    def python_version(self) -> str:
        """``major.minor``, such as ``3.13``."""
        return self.runtime.removeprefix("python")

    @property
    def python_full_version(self) -> str:
        """The lowest patch release that the runtime ever had, such as ``3.11.3``."""
        return f"{self.python_version}.{_LOWEST_PATCH[self.python_version]}"

    def __str__(self) -> str:
        return f"{self.runtime}-{self.architecture}"

    @property
    def slug(self) -> str:
        """The target as a part of names that may have no dot, such as ``python313-x86_64``."""
        return f"{self.runtime.replace('.', '')}-{self.architecture}"

    @property
    def machine(self) -> str:
        """The machine as wheels and markers name it: ``x86_64`` or ``aarch64``."""
        return _MACHINES[self.architecture]

    @property
    def interpreter(self) -> str:
        """Path of the interpreter in the runtime, for the first line of scripts."""
        return f"/var/lang/bin/{self.runtime}"

    @property
    def glibc(self) -> tuple[int, int]:
        """The C library of the runtime: Amazon Linux 2 up to Python 3.11, Amazon Linux 2023 from 3.12.

        Source: "Lambda runtimes" and "Amazon Linux 2023" in the AWS documentation.
        """
        return (2, 26) if int(self.python_version.split(".")[1]) < 12 else (2, 34)

    @property
    def environment(self) -> Environment:
        """Every PEP 508 marker variable, with its value in the runtime."""
        return {
            "implementation_name": "cpython",
            "implementation_version": self.python_full_version,
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",  # of the micro virtual machine: AWS's to change at any time
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.python_full_version,
            "python_version": self.python_version,
            "sys_platform": "linux",
        }
