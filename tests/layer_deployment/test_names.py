"""Names that are part of a deployed stack are written in one module each."""

import ast

import pytest

from layer_deployment import names
from tests.source_tree import modules


@pytest.mark.parametrize(
    ("start", "module"),
    [
        ("python-layers/", "builder_lambda.contract.store_keys"),
        ("codebuild/", "builder_lambda.contract.store_keys"),
        ("locks/", "builder_lambda.contract.store_keys"),
        ("pulumi-python:dynamic/", "layer_deployment.names"),
        (":index:", "layer_deployment.names"),
    ],
)
def test_a_name_is_written_once(start: str, module: str) -> None:
    written = [
        name
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(start)
    ]
    assert written == [module]


def test_the_hosts_are_listed_once() -> None:
    lists = [
        name
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Tuple | ast.List | ast.Set)
        and set(names.HOSTS) <= {each.value for each in node.elts if isinstance(each, ast.Constant)}
    ]
    assert lists == ["layer_deployment.names"]


def test_tokens_are_those_of_deployed_stacks() -> None:
    assert names.LAYER_BUILDER == "layers:index:LayerBuilder"
    assert names.DYNAMIC_RESOURCES + names.LAYER_BUILD == "pulumi-python:dynamic/layers:LayerBuild"
    assert names.parameter_name("shop", "prod", "web") == "/python-layers/shop/prod/web"
