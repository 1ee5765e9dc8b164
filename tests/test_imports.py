"""Who may import whom: ``__main__ -> components -> builder_lambda -> libraries``, read off the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
IMPURE = {"boto3", "botocore", "os", "random", "socket", "subprocess", "time", "urllib", "urllib3"}
PURE_MODULES = (
    "errors",
    "requirements",
    "targets",
    "lock",
    "wheels",
    "wheel_keys",
    "local_wheel",
    "stored_wheels",
    "request",
    "wheel_file",
    "wheel_layout",
    "archive",
    "build",
    "options",
    "report",
    "fragment",
    "fragment_cache",
    "distribution",
    "layer_wheels",
    "layer_slimming",
    "layer_bytecode",
    "layer_archive",
    "layer_report",
    "module_entries",
    "module_names",
    "code_errors",
    "function_handler",
    "slimming",
    "elf",
    "source_build",
    "source_policy",
    "source_errors",
    "source_build_reasons",
    "sdist_choice",
    "built_wheel_checks",
    "wheel_normal_form",
    "build_variables",
    "deploy_grants",
    "deploy_permissions",
    "deploy_scope",
    "preview_changes",
    "preview_markdown",
    "doctor/caller",
    "doctor/finding",
)
MAY_USE_BOTO3 = {
    "aws_session.py",
    "codebuild_builder.py",
    "lambda_builder.py",
    "layer_access.py",
    "layer_attachment.py",
    "layer_build.py",
    "layer_version_facts.py",
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def packages_of(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def modules_of(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"no modules in {folder}"
    return found


@pytest.mark.parametrize("path", modules_of("builder_lambda"), ids=lambda path: path.name)
def test_builder_knows_nothing_of_pulumi_and_components(path: Path) -> None:
    assert not {"pulumi", "pulumi_aws", "components", "python_layers", "local_aws"} & packages_of(path)


@pytest.mark.parametrize("name", PURE_MODULES)
def test_pure_modules_import_nothing_that_acts(name: str) -> None:
    # urllib.parse takes texts apart and opens nothing
    acting = [module for module in imported(ROOT / "builder_lambda" / f"{name}.py") if module != "urllib.parse"]
    assert not IMPURE & {module.split(".")[0] for module in acting}


def test_errors_import_nothing_of_ours_but_their_root() -> None:
    assert {name for name in imported(ROOT / "builder_lambda" / "errors.py") if "builder_lambda" in name} == {
        "builder_lambda.errors.base"
    }
    of_root = {name for name in imported(ROOT / "builder_lambda" / "layer_error.py") if "builder_lambda" in name}
    assert all(name.endswith("errors") for name in of_root), "what comes over the wire is one of these"
    at_once = ast.parse((ROOT / "builder_lambda" / "layer_error.py").read_text()).body
    assert not [
        node for node in at_once if isinstance(node, ast.ImportFrom) and "builder_lambda" in (node.module or "")
    ]


@pytest.mark.parametrize("path", modules_of("components"), ids=lambda path: path.name)
def test_components_are_relative_inside_themselves(path: Path) -> None:
    # In the wheel the package is called python_layers: an absolute import of `components` would not be found there.
    assert not {"components", "python_layers", "local_aws"} & packages_of(path)


@pytest.mark.parametrize("path", modules_of("components"), ids=lambda path: path.name)
def test_only_dynamic_resources_and_their_session_use_boto3(path: Path) -> None:
    if path.name not in MAY_USE_BOTO3:
        assert not {"boto3", "botocore"} & packages_of(path)


@pytest.mark.parametrize("path", modules_of("components"), ids=lambda path: path.name)
def test_components_have_real_annotations(path: Path) -> None:
    # Pulumi reads the annotations of components at run time.
    assert "from __future__ import annotations" not in path.read_text()


@pytest.mark.parametrize("folder", ["builder_lambda", "components"])
def test_product_code_does_not_know_the_embedded_aws(folder: str) -> None:
    for path in modules_of(folder):
        assert "local_aws" not in packages_of(path), path


@pytest.mark.parametrize("folder", ["builder_lambda", "components", "local_aws"])
def test_no_module_is_over_400_lines(folder: str) -> None:
    assert not [path.name for path in modules_of(folder) if len(path.read_text().splitlines()) > 400]


def test_the_process_of_dynamic_resources_imports_no_component() -> None:
    # Every run of Pulumi starts one; pulumi_aws alone would double its time.
    program = "import sys, components.dynamic.layer_build, components.dynamic.layer_access, components.dynamic.layer_attachment; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"pulumi_aws", "pydantic", "uv"} & set(run.stdout.split())


def test_every_name_of_the_facade_is_there_and_no_other() -> None:
    import components

    assert all(getattr(components, name) is not None for name in components.__all__)
    with pytest.raises(AttributeError, match="module 'components' has no attribute 'no_such_name'"):
        _ = components.no_such_name  # type: ignore[attr-defined]  # that is the point
