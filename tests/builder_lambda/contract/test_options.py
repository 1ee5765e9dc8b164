import json

import pytest

from builder_lambda import Target
from builder_lambda.contract.options import BuildOptions
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.wire import error_from_mapping

TARGET = Target.parse("python3.13", "arm64")


def test_nothing_said_is_the_defaults() -> None:
    assert BuildOptions.from_mapping({}) == BuildOptions()
    assert BuildOptions.from_mapping({"slim": None, "size_budget": None}) == BuildOptions()


def test_options_travel_as_json_and_budgets_as_floats() -> None:
    options = BuildOptions(slim="small", include=("b", "a"), exclude=("c",), bytecode=False, size_budget=5_000_000)
    text = json.dumps(options.to_mapping())
    assert BuildOptions.from_mapping(json.loads(text, parse_int=float)) == BuildOptions(
        slim="small", include=("a", "b"), exclude=("c",), bytecode=False, size_budget=5_000_000
    )


def test_order_of_patterns_does_not_matter() -> None:
    one, two = BuildOptions(include=("a", "b")), BuildOptions(include=("b", "a", "b"))
    assert one.to_mapping() == two.to_mapping()


def test_all_wrong_options_are_told_at_once() -> None:
    with pytest.raises(InvalidOptions) as caught:
        BuildOptions.from_mapping(
            {"layout": "flat", "slim": 5, "bytecode": "yes", "include": "*.py", "exclude": [""], "size_budget": 0.5}
        )
    assert str(caught.value) == (
        "invalid-options: 6 options of the build cannot be used\n"
        "    layout: must be one of python, site-packages, function, not 'flat'\n"
        "    slim: must be one of none, safe, small, not 5\n"
        "    bytecode: must be true or false, not 'yes'\n"
        "    include: must be a list of patterns such as 'botocore/data/ec2/**', not '*.py'\n"
        "    exclude: must be a list of patterns such as 'botocore/data/ec2/**', not ('',)\n"
        "    size_budget: must be a number of bytes above 0, not 0.5\n"
        "  likely cause: a spelling error, or an option of another version\n"
        "  what to do: correct the options above"
    )
    assert error_from_mapping(json.loads(json.dumps(caught.value.to_mapping()))) == caught.value


def test_unknown_options_are_named_with_the_known_ones() -> None:
    with pytest.raises(InvalidOptions, match="slimming: is not an option; those are layout, bytecode, slim, include"):
        BuildOptions.from_mapping({"slimming": "safe"})


def test_layout_decides_where_packages_are_and_where_lambda_has_them() -> None:
    assert BuildOptions().prefix(TARGET) == "python/"
    assert BuildOptions().mounted_at(TARGET) == "/opt/python/"
    assert BuildOptions(layout="site-packages").mounted_at(TARGET) == "/opt/python/lib/python3.13/site-packages/"
