"""The folders of the local tools: the clone, its state, and the user's cache."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Folders:
    """The three places that the embedded AWS reads and writes."""

    root: Path
    """The clone. The tools write only below `local`."""
    local: Path
    """The state of this clone's emulator and Pulumi. Git ignores it."""
    cache: Path
    """Tools that take long to make. All clones of this user share them. Each version has its own folder."""

    @classmethod
    def of_clone(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Return the folders of the clone that this file belongs to.

        The cache follows the XDG Base Directory Specification.
        """
        environ = os.environ if environ is None else environ
        root = Path(__file__).resolve().parent.parent.parent
        caches = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(root=root, local=root / ".local", cache=caches / "python-layers")

    @property
    def python(self) -> Path:
        """The interpreter of the clone's virtual environment, which has the Pulumi SDK."""
        return self.root / ".venv" / "bin" / "python"

    @property
    def aws(self) -> Path:
        """The emulator's state, port, log and process record."""
        return self.local / "aws"

    @property
    def pulumi(self) -> Path:
        """Pulumi's home, its state backend, and the generated config files."""
        return self.local / "pulumi"

    @property
    def stand_ins(self) -> Path:
        """The folder of the stand-in for the AWS provider plugin. Only local stacks have it on PATH."""
        return self.root / "local_aws" / "bin"

    @property
    def language_host(self) -> Path:
        """Our Python language host. A Pulumi that we built has no other."""
        return self.root / "local_aws" / "language_host" / "pulumi-language-python"
