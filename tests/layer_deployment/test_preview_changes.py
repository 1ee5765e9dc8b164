"""Previews that the engine printed, reduced to the parts that are read: ``tests/cases/previews``."""

import json
from pathlib import Path
from typing import Any

import pytest

from layer_deployment.errors import UnreadablePreview
from layer_deployment.preview_changes import read_preview
from layer_deployment.preview_markdown import MARKER, MAX_CHARACTERS, preview_markdown

CASES = Path(__file__).parent.parent / "cases" / "previews"
BUILD = "urn:pulumi:dev::app::layers:index:PythonLayer$pulumi-python:dynamic/layers:LayerBuild::web-build"


def case(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text())


def markdown(name: str) -> str:
    return preview_markdown(read_preview(case(name)), title="dev")


def build(operation: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    states = {"oldState": old, "newState": new}
    return {"op": operation, "urn": BUILD, **{key: {"inputs": value} for key, value in states.items() if value}}


def test_a_changed_layer_is_shown_package_by_package_with_the_function_that_uses_it() -> None:
    summary, _, others = markdown("changed").partition("<details>")
    assert summary == (
        f"{MARKER}\n### dev\n\n#### layer web-python313-x86_64: changed\n\n"
        "| package | before | after | |\n|---|---|---|---|\n"
        "| certifi | 2024.8.30 |  | removed |\n| idna | 3.9 | 3.10 | moved |\n| six |  | 1.16.0 | added |\n\n"
        "A version is published in eu-west-1, us-east-1 if the content changes.\n\n"
        "| function | | because of |\n|---|---|---|\n| hello | changed | `layers` |\n\n"
    )
    assert "4 other resources" in others
    assert "| builder-python313-x86_64 | changed |" in others  # the builder's own function is no function of the user


def test_a_preview_without_changes_is_one_sentence() -> None:
    sentence = "Nothing changes in any layer or function (45 resources)."
    assert markdown("unchanged") == f"{MARKER}\n### dev\n\n{sentence}\n"
    assert read_preview(case("unchanged")).is_nothing


def test_a_change_of_a_function_alone_shows_no_layer() -> None:
    assert markdown("function") == (
        f"{MARKER}\n### dev\n\nNo layer changes.\n\n"
        "| function | | because of |\n|---|---|---|\n| hello | changed | `description` |\n"
    )


def test_before_the_builder_exists_packages_are_not_known() -> None:
    assert markdown("first").count("Its packages are not known before the builder is deployed.") == 2
    assert "#### layer web-python313-x86_64: new" in markdown("first")
    assert "A version is published in eu-west-1, us-east-1.\n" in markdown("first")


def test_all_packages_of_a_deleted_layer_are_removed() -> None:
    (layer,) = read_preview(case("layer_gone")).layers
    assert (layer.name, layer.operation, layer.regions) == ("data-python313-x86_64", "delete", ())
    assert [(change.name, change.kind) for change in layer.changes] == [("packaging", "removed")]


def test_a_failed_preview_shows_the_whole_error() -> None:
    text = markdown("failed")
    assert "**The preview failed.** Nothing would be deployed." in text
    assert "what to do: widen or remove one of the requirements" in text
    assert "Nothing changes" not in text


def test_a_change_of_options_alone_is_named() -> None:
    old = {"layer_name": "web", "packages": {"idna": "3.9"}, "options": {"slim": "none"}}
    text = preview_markdown(
        read_preview({"steps": [build("update", old, {**old, "options": {"slim": "safe"}})]}), title="dev"
    )
    assert "No package changes; 1 package unchanged.\n\nOther changes: options." in text


def test_an_archive_at_the_root_is_the_code_of_a_function() -> None:
    new = {"layer_name": "api", "packages": {}, "options": {"layout": "function"}}
    assert "#### function code api: new" in preview_markdown(read_preview({"steps": [build("create", None, new)]}))


def test_the_steps_of_one_replacement_are_one_line() -> None:
    urn = "urn:pulumi:dev::app::aws:lambda/function:Function::hello"
    steps = [{"op": operation, "urn": urn} for operation in ("create-replacement", "replace", "delete-replaced")]
    changes = read_preview({"steps": steps})
    assert [(change.name, change.operation) for change in changes.functions] == [("hello", "replace")]


def test_names_cannot_inject_markup_into_the_comment() -> None:
    urn = "urn:pulumi:dev::app::aws:lambda/function:Function::a|b <img src=x> @team"
    text = preview_markdown(read_preview({"steps": [{"op": "create", "urn": urn}]}))
    assert "| a\\|b \\<img src=x\\> @\u200bteam | new |" in text


def test_an_error_cannot_end_its_block() -> None:
    diagnostics = [{"severity": "error", "message": "\x1b[31mbad\x1b[0m\n```\n# title"}]
    text = preview_markdown(read_preview({"diagnostics": diagnostics}))
    assert text.endswith("```text\nbad\n'''\n# title\n```\n")


def test_a_comment_never_exceeds_the_limit_of_github() -> None:
    diagnostics = [{"severity": "error", "message": "line\n" * 30_000}]
    text = preview_markdown(read_preview({"diagnostics": diagnostics}))
    assert len(text) <= MAX_CHARACTERS
    assert "```\n\nThe comment would be too long, so the rest is left out." in text


@pytest.mark.parametrize("document", [[], {}, {"steps": [{"op": "same"}]}, {"steps": ["x"]}, {"type": "x"}, None])
def test_a_document_that_is_not_a_preview_is_refused(document: object) -> None:
    with pytest.raises(UnreadablePreview):
        read_preview(document)


def test_the_error_says_how_to_write_a_preview() -> None:
    assert str(UnreadablePreview(reason="it is not JSON")) == (
        "unreadable-preview: the preview cannot be read: it is not JSON\n"
        "  likely cause: the preview was printed without --json, mixed with other output, "
        "or ended before it printed anything\n"
        "  what to do: write it with `pulumi preview --json > preview.json`, without standard error"
    )
