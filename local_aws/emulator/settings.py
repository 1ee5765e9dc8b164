"""What the launcher tells the emulator about this machine, through environment variables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FUNCTIONS = "LOCAL_AWS_FUNCTIONS"
INTERPRETERS = "LOCAL_AWS_INTERPRETERS"
VISIBLE = "LOCAL_AWS_VISIBLE"
NAMESPACE = "LOCAL_AWS_NAMESPACE"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The machine, as functions are to see it."""

    functions: Path
    """Where the folders of running functions are made; emptied at start. Marks their processes as ours, too."""
    interpreters: Mapping[str, Path]
    """Runtime -> the Python of an environment that holds what AWS's runtime holds."""
    visible: tuple[Path, ...]
    """Installations that a function must be able to read even if they lie below /opt or /tmp."""
    use_namespace: bool
    """Give each function a file system of its own, where the kernel lets us."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read what the launcher has set.

        :raises KeyError: if it did not.
        """
        return cls(
            functions=Path(environ[FUNCTIONS]),
            interpreters={runtime: Path(python) for runtime, python in json.loads(environ[INTERPRETERS]).items()},
            visible=tuple(Path(path) for path in json.loads(environ[VISIBLE])),
            use_namespace=environ.get(NAMESPACE, "1") == "1",
        )

    def to_environ(self) -> dict[str, str]:
        """Return the variables that `from_environ` reads."""
        return {
            FUNCTIONS: str(self.functions),
            INTERPRETERS: json.dumps({runtime: str(python) for runtime, python in self.interpreters.items()}),
            VISIBLE: json.dumps([str(path) for path in self.visible]),
            NAMESPACE: "1" if self.use_namespace else "0",
        }
