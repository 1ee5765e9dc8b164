import json
from pathlib import Path

from click.testing import CliRunner

from layer_cli.main import commands

CASES = Path(__file__).parent.parent.parent / "cases" / "previews"


def test_a_preview_is_printed_as_markdown() -> None:
    done = CliRunner().invoke(commands, ["preview-diff", str(CASES / "changed.json"), "--title", "prod"])
    assert done.exit_code == 0
    assert "### prod\n" in done.output
    assert "| idna | 3.9 | 3.10 | moved |" in done.output


def test_a_preview_is_read_from_standard_input() -> None:
    done = CliRunner().invoke(commands, ["preview-diff", "-", "--json"], input=(CASES / "changed.json").read_text())
    answer = json.loads(done.output)
    assert answer["is_different"] is True
    (layer,) = answer["layers"]
    assert [(change["name"], change["kind"]) for change in layer["changes"]] == [
        ("certifi", "removed"),
        ("idna", "moved"),
        ("six", "added"),
    ]
    assert answer["functions"] == [{"name": "hello", "operation": "update", "reasons": ["layers"]}]


def test_a_file_that_is_not_json_ends_with_1() -> None:
    done = CliRunner().invoke(commands, ["preview-diff", "-"], input="Previewing update (dev)")
    assert done.exit_code == 1
    assert "unreadable-preview: the preview cannot be read: it is not JSON" in done.output
