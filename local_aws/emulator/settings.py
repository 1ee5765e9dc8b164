"""The settings of the emulator for this machine. The launcher passes them in environment variables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FUNCTIONS = "LOCAL_AWS_FUNCTIONS"
INTERPRETERS = "LOCAL_AWS_INTERPRETERS"
VISIBLE = "LOCAL_AWS_VISIBLE"
NAMESPACE = "LOCAL_AWS_NAMESPACE"
PERMISSION_SECONDS = "LOCAL_AWS_PERMISSION_SECONDS"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this machine for functions."""

    functions: Path
    """The parent of the folders of running functions, emptied at start. It also marks their processes as ours."""
    interpreters: Mapping[str, Path]
    """Runtime -> the Python of an environment with the packages of AWS's runtime."""
    visible: tuple[Path, ...]
    """Installations that functions must be able to read, even below /opt or /tmp."""
    use_namespace: bool
    """Give each function its own file system if the kernel permits it."""
    permission_seconds: float = 0
    """How long a new policy of a role does not hold yet. On AWS, some seconds."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables of the launcher.

        :raises KeyError: if one is missing.
        """
        return cls(
            functions=Path(environ[FUNCTIONS]),
            interpreters={runtime: Path(python) for runtime, python in json.loads(environ[INTERPRETERS]).items()},
            visible=tuple(Path(path) for path in json.loads(environ[VISIBLE])),
            use_namespace=environ.get(NAMESPACE, "1") == "1",
            permission_seconds=float(environ.get(PERMISSION_SECONDS, "0")),
        )

    def to_environ(self) -> dict[str, str]:
        """Return the variables that `from_environ` reads."""
        return {
            FUNCTIONS: str(self.functions),
            INTERPRETERS: json.dumps({runtime: str(python) for runtime, python in self.interpreters.items()}),
            VISIBLE: json.dumps([str(path) for path in self.visible]),
            NAMESPACE: "1" if self.use_namespace else "0",
            PERMISSION_SECONDS: str(self.permission_seconds),
        }
