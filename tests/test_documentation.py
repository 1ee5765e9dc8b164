"""Checks that the reference has every error code and every key of the settings, and that links work."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import builder_lambda
import components
import layer_cli
import layer_deployment
from builder_lambda.errors.base import LayerError
from components import configuration
from components.attachment.attachment_problems import InvalidAttachment
from components.attachment.attachments import AttachedLayer, AttachingFunction, attachment_problems

PACKAGES = (builder_lambda, components, layer_cli, layer_deployment)
DOCS = Path(__file__).parent.parent / "docs"


def codes() -> set[str]:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith((".__main__", ".bytecode_worker")):
                importlib.import_module(module.name)
    kinds = list(kinds_of(LayerError))
    return {
        kind.code for kind in kinds if kind.__module__.partition(".")[0] in {package.__name__ for package in PACKAGES}
    }


def kinds_of(root: type[LayerError]) -> Iterator[type[LayerError]]:
    for kind in root.__subclasses__():
        if "code" in vars(kind):  # a class without a code is a base of others
            yield kind
        yield from kinds_of(kind)


def test_the_reference_has_every_error_code_and_no_other() -> None:
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", (DOCS / "reference" / "errors.md").read_text(), re.MULTILINE))
    assert listed == codes()


@pytest.mark.parametrize(
    "group",
    [
        configuration.Configuration,
        configuration.BuilderSettings,
        configuration.LayerSettings,
        configuration.ShareSettings,
    ],
)
def test_every_setting_is_in_the_reference(group: type[configuration.Group]) -> None:
    reference = (DOCS / "reference" / "settings.md").read_text()
    for key in group.model_fields:
        assert re.search(rf"`(?:[a-z_<>]+\.)*{key}[`.]", reference), key


def test_pulumi_yaml_has_every_key_with_type_and_description() -> None:
    project = yaml.safe_load((DOCS.parent / "Pulumi.yaml").read_text())["config"]
    assert {key.removeprefix("python-layers:") for key in project} == set(configuration.Configuration.model_fields)
    for key, entry in project.items():
        assert {"type", "description", "default"} <= entry.keys(), key


def test_the_index_links_to_every_page() -> None:
    listed = set(re.findall(r"\]\(([^)]+\.md)\)", (DOCS / "README.md").read_text()))
    assert listed == {str(page.relative_to(DOCS)) for page in DOCS.glob("*/*.md")}


def test_every_link_between_pages_has_a_target() -> None:
    pages = [*DOCS.rglob("*.md"), *(DOCS.parent / name for name in ("README.md", "CHANGELOG.md", "examples/README.md"))]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_example_of_the_attachment_checks_is_what_the_code_prints() -> None:
    base = "arn:aws:lambda:eu-west-1:111122223333:layer:base:4"
    function = AttachingFunction(
        name="app", region="eu-west-1", runtime="python3.13", architecture="x86_64", unpacked_bytes=1_000_000
    )
    layers = [
        AttachedLayer(title="science-python313-x86_64", unpacked_bytes=180_000_000, packages={"numpy": "2.3.4"}),
        AttachedLayer(title=base, arn=base, unpacked_bytes=90_000_000, packages={"numpy": "1.26.4"}),
    ]
    error = InvalidAttachment(function="app", region="eu-west-1", problems=attachment_problems(function, layers))
    page = (DOCS / "reference" / "attachment-checks.md").read_text()
    assert re.findall(r"^```\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL) == [str(error)]
