"""Find the project, the stack and the config file in a Pulumi command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DEFAULT_STACK = "local"

_WITH_VALUE = frozenset(
    {
        *("-C", "--cwd", "-s", "--stack", "-v", "--verbose", "--color", "--config-file"),
        *("--memprofilerate", "--otel-traces", "--profiling", "--tracing"),
    }
)
"""Flags before the command whose value is the next word."""
_TAKEN_OUT = frozenset({"-C", "--cwd", "-s", "--stack", "--config-file"})
_LONG = {"-s": "--stack", "-C": "--cwd"}
_TAKE_CONFIG_FILE = frozenset(
    {"config", "destroy", "down", "dn", "import", "logs", "preview", "pre", "refresh", "up", "update", "watch"}
)
_WRITE_CONFIG = frozenset({"copy", "cp", "env", "refresh", "remove", "remove-all", "rm", "rm-all", "set", "set-all"})
"""Subcommands of `config` that write to the committed file, not to our copy."""
_DEPLOY = frozenset({"destroy", "down", "dn", "import", "preview", "pre", "refresh", "up", "update", "watch"})
_NEED_NO_STACK = frozenset({"init", "ls", "new", "remove", "rm", "select"})
"""Subcommands of `stack` that do not need an existing stack."""


@dataclass(frozen=True, kw_only=True)
class PulumiArguments:
    """A parsed command line, without `pulumi` itself."""

    words: tuple[str, ...]
    """All words except the options of the fields below."""
    command: tuple[str, ...]
    """The first two words that are not flags, such as `("stack", "output")`."""
    folder: Path | None
    """The value of --cwd."""
    stack: str | None
    """The value of --stack."""
    config_file: Path | None
    """The value of --config-file."""

    @classmethod
    def parse(cls, words: tuple[str, ...]) -> Self:
        """Parse `words`. Invalid words are kept, so that Pulumi reports them."""
        values: dict[str, str] = {}
        plain: list[str] = []
        kept: list[str] = []
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "--":
                kept += [word, *rest]
                break
            taken = [word]
            flag, equals, value = word.partition("=")
            if flag in _WITH_VALUE and not equals and rest:
                value = rest.pop(0)
                taken.append(value)
            if flag in _TAKEN_OUT and (equals or len(taken) > 1):
                values[_LONG.get(flag, flag)] = value
                continue
            kept += taken
            if not word.startswith("-"):
                plain.append(word)
        folder, config_file = values.get("--cwd"), values.get("--config-file")
        return cls(
            words=tuple(kept),
            command=tuple(plain[:2]),
            folder=Path(folder) if folder else None,
            stack=values.get("--stack"),
            config_file=Path(config_file) if config_file else None,
        )

    @property
    def takes_config_file(self) -> bool:
        """Whether the command reads a stack's config and accepts --config-file."""
        return bool(self.command) and self.command[0] in _TAKE_CONFIG_FILE and not self._writes_config

    @property
    def needs_stack(self) -> bool:
        """Whether the command works on one existing stack."""
        if not self.command or "--help" in self.words or "-h" in self.words:
            return False
        if self.command[0] == "stack":
            return len(self.command) == 1 or self.command[1] not in _NEED_NO_STACK
        return self.command[0] in _TAKE_CONFIG_FILE | {"cancel", "state", "console"}

    @property
    def deploys(self) -> bool:
        """Whether the command calls AWS."""
        return bool(self.command) and self.command[0] in _DEPLOY

    @property
    def removes_stack(self) -> bool:
        """Whether the command removes a stack. By default, Pulumi then deletes the committed config file too."""
        return self.command[:2] in (("stack", "rm"), ("stack", "remove"))

    @property
    def _writes_config(self) -> bool:
        return self.command[:1] == ("config",) and len(self.command) > 1 and self.command[1] in _WRITE_CONFIG

    def stack_name(self, environ: Mapping[str, str]) -> str:
        """Return the name of the stack: from --stack, from PULUMI_STACK, or the default."""
        return self.stack or environ.get("PULUMI_STACK") or DEFAULT_STACK

    def with_options(self, **options: str | None) -> tuple[str, ...]:
        """Return the words with `--name value` after the command, for each option that has a value."""
        added = [word for name, value in options.items() if value for word in (f"--{name.replace('_', '-')}", value)]
        if not self.command:
            return self.words
        place = self.words.index(self.command[0]) + 1
        return (*self.words[:place], *added, *self.words[place:])
