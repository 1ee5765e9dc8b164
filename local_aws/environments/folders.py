"""Where things lie: the clone, its own state, and the user's cache."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Folders:
    """The three places that the embedded AWS reads and writes."""

    root: Path
    """The clone. Nothing in it is written, except below `local`."""
    local: Path
    """State of this clone: the emulator's and Pulumi's. Ignored by git."""
    cache: Path
    """Tools that take long to make, shared by all clones of this user, keyed by version."""

    @classmethod
    def of_clone(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Where things lie for the clone that this file belongs to.

        The cache is where the XDG Base Directory Specification puts it.
        """
        environ = os.environ if environ is None else environ
        root = Path(__file__).resolve().parent.parent.parent
        caches = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(root=root, local=root / ".local", cache=caches / "python-layers")

    @property
    def python(self) -> Path:
        """The interpreter of the clone's own virtual environment: it has the Pulumi SDK."""
        return self.root / ".venv" / "bin" / "python"

    @property
    def aws(self) -> Path:
        """State, port, log and process id of the emulator."""
        return self.local / "aws"

    @property
    def pulumi(self) -> Path:
        """Pulumi's home, its state backend, and the config files that are made for it."""
        return self.local / "pulumi"

    @property
    def stand_ins(self) -> Path:
        """Holds the stand-in for the AWS provider plugin; goes on PATH for local stacks only."""
        return self.root / "local_aws" / "bin"

    @property
    def language_host(self) -> Path:
        """Our own language host, for a Pulumi that we built, which has none."""
        return self.root / "local_aws" / "language_host" / "pulumi-language-python"
