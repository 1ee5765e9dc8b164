"""Reading a Pulumi command line, as far as it decides which project, stack and config file are meant."""

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
"""Flags that may come before the command and take the next word with them."""
_TAKEN_OUT = frozenset({"-C", "--cwd", "-s", "--stack", "--config-file"})
_LONG = {"-s": "--stack", "-C": "--cwd"}
_TAKE_CONFIG_FILE = frozenset(
    {"config", "destroy", "down", "dn", "import", "logs", "preview", "pre", "refresh", "up", "update", "watch"}
)
_WRITE_CONFIG = frozenset({"copy", "cp", "env", "refresh", "remove", "remove-all", "rm", "rm-all", "set", "set-all"})
"""What follows `config` and is meant for the committed file, not for what we lay over it."""
_DEPLOY = frozenset({"destroy", "down", "dn", "import", "preview", "pre", "refresh", "up", "update", "watch"})
_NEED_NO_STACK = frozenset({"init", "ls", "new", "remove", "rm", "select"})
"""What follows `stack` and works on stacks that need not exist."""


@dataclass(frozen=True, kw_only=True)
class PulumiArguments:
    """A command line without its `pulumi`, taken apart."""

    words: tuple[str, ...]
    """All words but those taken out into the fields below."""
    command: tuple[str, ...]
    """The first words that are no flags: `("stack", "output")`."""
    folder: Path | None
    """What --cwd says."""
    stack: str | None
    """What --stack says."""
    config_file: Path | None
    """What --config-file says."""

    @classmethod
    def parse(cls, words: tuple[str, ...]) -> Self:
        """Take `words` apart; what Pulumi would refuse is left for Pulumi to refuse."""
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
        """Whether the command reads a stack's config, and takes another file for it."""
        return bool(self.command) and self.command[0] in _TAKE_CONFIG_FILE and not self._writes_config

    @property
    def needs_stack(self) -> bool:
        """Whether the command works on one stack, which has to exist."""
        if not self.command or "--help" in self.words or "-h" in self.words:
            return False
        if self.command[0] == "stack":
            return len(self.command) == 1 or self.command[1] not in _NEED_NO_STACK
        return self.command[0] in _TAKE_CONFIG_FILE | {"cancel", "state", "console"}

    @property
    def deploys(self) -> bool:
        """Whether the command talks to AWS."""
        return bool(self.command) and self.command[0] in _DEPLOY

    @property
    def removes_stack(self) -> bool:
        """Whether the command removes a stack, and with it, if it is let, the project's committed config of it."""
        return self.command[:2] in (("stack", "rm"), ("stack", "remove"))

    @property
    def _writes_config(self) -> bool:
        return self.command[:1] == ("config",) and len(self.command) > 1 and self.command[1] in _WRITE_CONFIG

    def stack_name(self, environ: Mapping[str, str]) -> str:
        """Return the stack that is meant."""
        return self.stack or environ.get("PULUMI_STACK") or DEFAULT_STACK

    def with_options(self, **options: str | None) -> tuple[str, ...]:
        """Return the words with `--name value` for each option that has a value, put right behind the command."""
        added = [word for name, value in options.items() if value for word in (f"--{name.replace('_', '-')}", value)]
        if not self.command:
            return self.words
        place = self.words.index(self.command[0]) + 1
        return (*self.words[:place], *added, *self.words[place:])
