"""Runs the code of the guides: programs with the components, configuration with the settings."""

import ast
import re
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import components
from components import configuration
from layer_cli.main import commands
from tests.conftest import COMPUTED, RecordingEngine

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MIGRATIONS = sorted((ROOT / "docs" / "how-to").glob("migrate-from-*.md"))


def blocks(*kinds: str) -> list[Any]:
    return [
        pytest.param(text, id=f"{page.stem}-{number}")
        for page in GUIDES
        for number, (kind, text) in enumerate(BLOCK.findall(page.read_text()))
        if kind in kinds
    ]


class _Tolerant(yaml.SafeLoader):
    """Reads templates of other tools, and ignores their tags."""


_Tolerant.add_multi_constructor("!", lambda loader, _suffix, node: loader.construct_scalar(node))


@pytest.mark.parametrize("text", blocks("python"))
def test_a_python_block_uses_names_and_arguments_that_exist(text: str) -> None:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "python_layers":
            assert {alias.name for alias in node.names} <= set(components.__all__)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            kind = getattr(components, node.func.id, None)
            if isinstance(kind, type) and is_dataclass(kind):
                known = {field.name for field in fields(kind)}
                assert {str(keyword.arg) for keyword in node.keywords} <= known, node.func.id


@pytest.mark.parametrize("text", blocks("yaml"))
def test_a_yaml_block_can_be_read_and_its_settings_are_valid(text: str) -> None:
    document = yaml.load(text, Loader=_Tolerant)  # noqa: S506 - a safe loader
    ours = {
        key.removeprefix("python-layers:"): value
        for key, value in (document.get("config") or {}).items()
        if key.startswith("python-layers:")
    }
    if ours:
        configuration.Configuration.model_validate({"regions": ["eu-west-1"], **ours})


@pytest.mark.parametrize("text", blocks("sh", "bash"))
def test_a_command_of_ours_has_options_that_exist(text: str) -> None:
    for line in text.replace("\\\n", " ").splitlines():
        if not (found := re.match(r"\s*python-layers (\S+)(.*)", line)):
            continue
        command = commands.get_command(click.Context(commands), found[1])
        assert command is not None, line
        known = {
            option
            for each in command.params
            if isinstance(each, click.Option)
            for option in (*each.opts, *each.secondary_opts)
        }
        assert set(re.findall(r"(?<=\s)--?[a-z][\w-]*", found[2])) <= known, line


@pytest.mark.parametrize(
    "page",
    [*MIGRATIONS, ROOT / "docs/how-to/deploy-from-github-actions.md", ROOT / "docs/how-to/deploy-from-circleci.md"],
    ids=lambda page: page.stem,
)
def test_a_whole_program_of_a_guide_runs(
    page: Path, engine: RecordingEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path, text in (
        ("builder.zip", "the builder's archive"),
        ("functions/orders/app.py", "def handler(event, context):\n    return event\n"),
        ("layers/dependencies/requirements.txt", "httpx>=0.27\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    # The installed package is called python_layers. The archive of the builder is not built for this test.
    monkeypatch.setitem(sys.modules, "python_layers", components)
    arn = "arn:aws:iam::111122223333:oidc-provider/made"
    monkeypatch.setitem(COMPUTED, "aws:iam/openIdConnectProvider:OpenIdConnectProvider", lambda _made: {"arn": arn})
    (program,) = [text for kind, text in BLOCK.findall(page.read_text()) if kind == "python"]
    program = program.replace('runtimes=["python3.13"])', 'runtimes=["python3.13"], code=Path("builder.zip"))')
    made = engine.deploy(lambda: exec(compile(program, page.name, "exec"), {}))  # noqa: S102 - our own text
    types = {resource.typ for resource in made.values()}
    if page in MIGRATIONS:
        assert "pulumi-python:dynamic/layers:LayerReplica" in types
        assert ("layers:index:PythonFunction" in types) == ("PythonFunction(" in program)
    else:
        assert "layers:index:DeployRole" in types


@pytest.mark.parametrize("page", MIGRATIONS, ids=lambda page: page.stem)
def test_all_migration_guides_have_the_same_parts(page: Path) -> None:
    parts = re.findall(r"^## (.*)$", page.read_text(), re.MULTILINE)
    assert parts == ["Side by side", "What maps to what", "What changes", "What is not here"]
