"""Compilers for source builds, as environment variables for a build backend.

zig compiles for the machine and glibc of the target on any machine. The compiler of the system is for machines like the
runtime, such as the build images of AWS.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Protocol

from builder_lambda.errors.sdists import SourceBuildsUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.ports.source_build import SourceDistribution
    from builder_lambda.sdists.zig import Zig

_DROPPED = (
    *("-specs=*", "-flto*", "-ffat-lto*", "-fuse-linker-plugin", "-fno-semantic-interposition", "-fcf-protection*"),
    *("-mbranch-protection*", "-march=native", "-mtune=native", "-Wl,--exclude-libs*", "-Wl,-z,relro*"),
    *("-Wl,-rpath-link*", "-g", "-g[0-9]", "-ggdb*", "-I/usr/include", "-I/usr/local/include"),
    *("-L/usr/lib", "-L/usr/lib64", "-L/usr/local/lib", "-L/lib"),
)
"""Options that are removed, as patterns of the shell. A distribution's Python adds some to every build, and zig
does not know them. Others would use headers and libraries of this machine for another one."""

_WRAPPER = """\
#!/bin/sh
for argument do
    shift
    case "$argument" in
        {dropped}) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec '{program}' {arguments} "$@"
"""
_COMPILERS = {"cc": "cc", "gcc": "cc", "clang": "cc", "c++": "c++", "g++": "c++", "clang++": "c++"}
_TOOLS = ("ar", "ranlib")


class Toolchain(Protocol):
    """A compiler for C and C++."""

    def prepare(self, source: SourceDistribution, folder: Path, /) -> Mapping[str, str]:
        """Return the variables that name the compiler. The value of ``PATH`` is put before the system's.

        :param folder: a new folder for its files. It stays until the end of the build.
        :raises SourceBuildsUnavailable: if it cannot build for the target.
        """
        ...


class NoToolchain:
    """No compiler. A call of one fails and is recorded."""

    def __init__(self) -> None:
        self._note: Path | None = None

    @property
    def was_missed(self) -> bool:
        """Whether a compiler was called since the last call of :meth:`prepare`."""
        return self._note is not None and self._note.exists()

    def prepare(self, _source: SourceDistribution, folder: Path, /) -> Mapping[str, str]:
        """See :class:`Toolchain`."""
        self._note = folder / "missed"
        folder.mkdir(parents=True)
        for name in _COMPILERS:
            program = folder / name
            program.write_text(f"#!/bin/sh\n: > '{self._note}'\nexit 1\n")
            program.chmod(0o755)
        compiler = str(folder / "cc")
        return {"PATH": str(folder), "CC": compiler, "CXX": compiler, "LDSHARED": compiler, "LDCXXSHARED": compiler}


class ZigToolchain:
    """zig, for any target on any machine."""

    def __init__(self, zig: Zig) -> None:
        self._zig = zig

    def prepare(self, source: SourceDistribution, folder: Path, /) -> Mapping[str, str]:
        """See :class:`Toolchain`."""
        program, target = self._zig.program(), source.target
        triple = f"{target.machine}-linux-gnu.{target.glibc[0]}.{target.glibc[1]}"
        programs = {name: f"{tool} -target {triple}" for name, tool in _COMPILERS.items()}
        programs |= {name: name for name in _TOOLS}
        folder.mkdir(parents=True)
        for name, arguments in programs.items():
            wrapper = folder / name
            wrapper.write_text(_WRAPPER.format(dropped="|".join(_DROPPED), program=program, arguments=arguments))
            wrapper.chmod(0o755)
        compiler, linker = folder / "cc", folder / "c++"
        return {
            "PATH": str(folder),
            "CC": str(compiler),
            "CXX": str(linker),
            "AR": str(folder / "ar"),
            "RANLIB": str(folder / "ranlib"),
            "LDSHARED": f"{compiler} -shared",
            "LDCXXSHARED": f"{linker} -shared",
            "LDFLAGS": "-Wl,-s",
            "ZIG_GLOBAL_CACHE_DIR": str(folder / "zig-global-cache"),
            "ZIG_LOCAL_CACHE_DIR": str(folder / "zig-cache"),
            "PKG_CONFIG_LIBDIR": str(folder / "no-packages"),  # the runtime has no libraries of this machine
        }


class SystemToolchain:
    """The compiler of this machine, for targets with the same machine."""

    def prepare(self, source: SourceDistribution, _folder: Path, /) -> Mapping[str, str]:
        """See :class:`Toolchain`."""
        if platform.machine() != source.target.machine:
            reason = f"this machine's compiler is for {platform.machine()}, not for {source.target.machine}"
            raise SourceBuildsUnavailable(reason=reason)
        return {"LDFLAGS": "-Wl,-s"}
