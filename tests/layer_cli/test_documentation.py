"""The pages about the command line: the reference has every option, and the how-to runs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from layer_cli.main import commands
from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.layer_cli.conftest import needing
from tests.layer_cli.shell import ROOT, RUNTIME, shell_at

REFERENCE = (ROOT / "docs/reference/cli.md").read_text()
HOW_TO = (ROOT / "docs/how-to/build-on-the-command-line.md").read_text()
BLOCK = re.compile(r"(?:`(?P<name>[^`\n]+)`:\n\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


SHARED = ("Requirements", "Target", "Package indexes")


def sections() -> dict[str, str]:
    _, *found = re.split(r"^## ", REFERENCE, flags=re.MULTILINE)
    return {section.partition("\n")[0].strip("`"): section for section in found}


def command_and_its_subcommands(name: str) -> list[click.Command]:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    return [command, *(command.commands.values() if isinstance(command, click.Group) else ())]


def options() -> list[tuple[str, str]]:
    return [
        (name, text)
        for name in commands.commands
        for command in command_and_its_subcommands(name)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for text in (*parameter.opts, *parameter.secondary_opts)
    ]


def test_every_command_has_a_section() -> None:
    assert commands.commands.keys() <= sections().keys()


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_is_in_the_reference(command: str, option: str) -> None:
    found = sections()
    shared = "".join(found[name] for name in SHARED) if command in ("lock", "build") else ""
    assert re.search(rf"^\| [^|]*`{option}[^\w-]", found[command] + shared, re.MULTILINE)


def test_every_key_of_json_is_in_the_reference(tmp_path: Path) -> None:
    with serving(GuardedIndex([needing("web", "1.0")])) as server:
        shell = shell_at(tmp_path, server.url)
        target = ("--runtime", RUNTIME)
        answers = {
            "lock": shell.json("lock", "web", *target),
            "build": shell.json("build", "-l", "pylock.toml", *target),
            "inspect": shell.json("inspect", "layer.zip"),
            "diff": shell.json("diff", "pylock.toml", "layer.zip"),
        }
    for command, answer in answers.items():
        missing = [key for key in answer if f"`{key}`" not in sections()[command]]
        assert not missing, (command, missing)


def test_the_blocks_of_the_how_to_run(tmp_path: Path) -> None:
    wheels = [needing(name, version) for name in ("httpx", "orjson") for version in ("0.27", "1.0")]
    with serving(GuardedIndex(wheels)) as server:
        shell = shell_at(tmp_path, server.url)
        program = tmp_path / "bin" / "python-layers"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m layer_cli "$@"\n')
        program.chmod(0o755)
        environ = {**os.environ, **shell.environ, "PYTHONPATH": str(ROOT)}
        environ["PATH"] = f"{program.parent}{os.pathsep}{environ['PATH']}"
        ran = 0
        for block in BLOCK.finditer(HOW_TO):
            if block["name"]:
                shell.write(block["name"], block["text"])
                continue
            assert block["kind"] == "sh", block["text"]
            # the runtime of this interpreter, so that any machine can compile for it
            script = block["text"].replace("python3.13", RUNTIME)
            run = subprocess.run(
                ["/bin/sh", "-e", "-c", script],
                cwd=shell.folder,
                env=environ,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (run.returncode, run.stderr) == (0, ""), script
            ran += 1
    assert ran == 9
    changes = json.loads((shell.folder / "changes.json").read_text())
    assert changes["is_different"] is True
