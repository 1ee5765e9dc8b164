import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.errors.wire import error_from_mapping
from components.attachment.attachment_problems import AttachmentProblem, InvalidAttachment, Rule
from components.attachment.attachments import (
    MAX_LAYERS,
    AttachedLayer,
    AttachingFunction,
    Unavailable,
    attachment_problems,
)
from components.attachment.layer_version_arn import LayerVersionArn

FUNCTION = AttachingFunction(
    name="web", region="eu-west-1", runtime="python3.13", architecture="x86_64", unpacked_bytes=1_000_000, packages={}
)


def arn(name: str, version: int = 1, region: str = "eu-west-1") -> str:
    return f"arn:aws:lambda:{region}:111122223333:layer:{name}:{version}"


def layer(name: str = "base", **known: object) -> AttachedLayer:
    fits = AttachedLayer(
        title=name,
        arn=arn(name),
        region="eu-west-1",
        runtimes=("python3.13",),
        architectures=("x86_64",),
        unpacked_bytes=1_000_000,
        packages={},
    )
    return replace(fits, **known)  # type: ignore[arg-type]  # by name


def rules(*layers: AttachedLayer, function: AttachingFunction = FUNCTION) -> list[str]:
    return [problem.place for problem in attachment_problems(function, layers)]


def test_all_broken_rules_are_one_message_with_a_table_of_sizes() -> None:
    layers = [
        layer("base", unpacked_bytes=180_000_000, packages={"requests": "2.31.0", "idna": "3.9"}),
        layer("extra", unpacked_bytes=90_000_000, packages={"requests": "2.32.3", "idna": "3.9"}),
        layer("old", runtimes=("python3.11", "python3.12"), architectures=("arm64",)),
        layer("far", arn=arn("far", region="us-east-1"), region="us-east-1", unpacked_bytes=None),
        layer("gone", unpacked_bytes=None, unavailable=Unavailable(kind="gone", detail="no such version")),
        layer("theirs", unpacked_bytes=None, unavailable=Unavailable(kind="denied", detail="no policy allows it")),
        AttachedLayer(title="nonsense", arn="nonsense"),
        AttachedLayer(title="base-2", arn=arn("base", 2)),
        AttachedLayer(title="unversioned", arn=arn("base").removesuffix(":1")),
    ]
    error = InvalidAttachment(function="web", region="eu-west-1", problems=attachment_problems(FUNCTION, layers))
    assert str(error) == (
        "invalid-attachment: the layers of the function 'web' in eu-west-1 have 11 problems\n"
        "    too-many-layers: there are 9 layers, and Lambda takes 5\n"
        "      -> build the requirements of several layers as one layer, or bundle them with the function\n"
        "    over-size-limit: function and layers unpack to at least 272,000,000 bytes; Lambda allows 262,144,000\n"
        "            180.0 MB  base\n"
        "             90.0 MB  extra\n"
        "              1.0 MB  the function itself\n"
        "              1.0 MB  old\n"
        "           not known  far\n"
        "           not known  gone\n"
        "           not known  theirs\n"
        "           not known  nonsense\n"
        "           not known  base-2\n"
        "           not known  unversioned\n"
        "      -> leave out, slim or replace what is biggest: 9.9 MB must go\n"
        "    different-versions: 1 distribution comes in more than one version; "
        "the order of the layers decides which one is imported\n"
        "        requests: 2.31.0 in base, 2.32.3 in extra\n"
        "      -> give the layers the same constraints, or add the names to allow_different_versions\n"
        "    same-layer-twice: arn:aws:lambda:eu-west-1:111122223333:layer:base is listed 2 times; "
        "Lambda takes one version of a layer\n"
        "      -> list one version of it\n"
        "    wrong-runtime: old is for python3.11, python3.12, and the function runs python3.13\n"
        "      -> attach a layer for python3.13, or run the function on a runtime of the layer\n"
        "    wrong-architecture: old is for arm64, and the function runs on x86_64\n"
        "      -> attach a layer for x86_64, or run the function on an architecture of the layer\n"
        "    other-region: far is in us-east-1, and the function in eu-west-1\n"
        "      -> attach a layer version of eu-west-1; a layer of your own gets one for each of its regions\n"
        "    version-gone: gone does not exist, or no longer\n"
        "      -> attach a version that exists; functions that have a deleted one keep it until they change\n"
        "    not-readable: this account may not read theirs: no policy allows it\n"
        "      -> have its owner share the version with the account, "
        "and allow lambda:GetLayerVersion on it to the deploying role\n"
        "    not-a-layer-version: 'nonsense' is not the ARN of a layer version\n"
        "      -> write it as arn:aws:lambda:<region>:<account>:layer:<name>:<version>\n"
        "    not-a-layer-version: 'arn:aws:lambda:eu-west-1:111122223333:layer:base' is not the ARN of a layer version"
        ": a version number is missing at its end\n"
        "      -> write it as arn:aws:lambda:<region>:<account>:layer:<name>:<version>\n"
        "  likely cause: layers that were made apart from each other, or for another function\n"
        "  what to do: do what the arrow below each problem says; the function was not changed"
    )
    assert error_from_mapping(error.to_mapping()) == error


def test_layers_that_fit_have_no_problem() -> None:
    assert rules(*(layer(f"layer-{number}") for number in range(MAX_LAYERS))) == []


def test_unknown_facts_are_not_checked() -> None:
    unknown = AttachedLayer(title="a layer")
    function = replace(FUNCTION, unpacked_bytes=None, packages=None)
    assert rules(*[unknown] * MAX_LAYERS, function=function) == []
    assert rules(*[unknown] * (MAX_LAYERS + 1), function=function) == ["too-many-layers"]


@pytest.mark.parametrize(("excess", "problems"), [(0, []), (1, ["over-size-limit"])])
def test_the_limit_of_the_sum_is_exact(excess: int, problems: list[str]) -> None:
    rest = MAX_UNPACKED_BYTES - 1_000_000 + excess
    assert rules(layer("base", unpacked_bytes=rest)) == problems


def test_the_excess_is_exact_if_all_sizes_are_known() -> None:
    (problem,) = attachment_problems(FUNCTION, [layer("base", unpacked_bytes=270_000_000)])
    assert problem.reason == "function and layers unpack to 271,000,000 bytes; Lambda allows 262,144,000"


def test_bundled_packages_count_like_those_of_a_layer() -> None:
    function = replace(FUNCTION, packages={"idna": "3.10"})
    (problem,) = attachment_problems(function, [layer(packages={"Idna": "3.9"})])
    assert problem.table == ("idna: 3.9 in base, 3.10 in the function itself",)


def test_two_spellings_of_a_version_are_equal() -> None:
    assert rules(layer("one", packages={"idna": "3.9"}), layer("two", packages={"idna": "3.9.0"})) == []


def test_different_versions_can_be_allowed_by_name_or_for_all() -> None:
    layers = [layer("one", packages={"a-b": "1", "c": "1"}), layer("two", packages={"a-b": "2", "c": "2"})]
    (problem,) = attachment_problems(FUNCTION, layers, allow_different_versions=["A_B"])
    assert problem.table == ("c: 1 in one, 2 in two",)
    assert attachment_problems(FUNCTION, layers, allow_different_versions=["a.b", "c"]) == ()
    assert attachment_problems(FUNCTION, layers, allow_different_versions="all") == ()


def test_a_version_that_cannot_be_read_is_a_problem() -> None:
    found = layer(unavailable=Unavailable(kind="unanswered", detail="ExpiredTokenException: expired"))
    (problem,) = attachment_problems(FUNCTION, [found])
    assert problem == AttachmentProblem(
        place="not-answered",
        reason="AWS did not answer for base: ExpiredTokenException: expired",
        remedy="check credentials, network and endpoint, then run again",
    )


@pytest.mark.parametrize(
    "text", ["", "base", "arn:aws:lambda:eu-west-1:1:layer:base:1", "arn:aws:lambda:eu-west-1:111122223333:layer:base"]
)
def test_other_texts_are_no_layer_versions(text: str) -> None:
    assert LayerVersionArn.parse(text) is None


def test_an_arn_has_parts() -> None:
    parsed = LayerVersionArn.parse("arn:aws-us-gov:lambda:us-gov-west-1:111122223333:layer:my_layer-1:12")
    assert parsed == LayerVersionArn(
        text="arn:aws-us-gov:lambda:us-gov-west-1:111122223333:layer:my_layer-1:12",
        region="us-gov-west-1",
        account="111122223333",
        layer="my_layer-1",
        version=12,
    )
    assert parsed.layer_arn == "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:layer:my_layer-1"


def test_every_rule_is_in_the_reference() -> None:
    reference = Path(__file__).parents[3] / "docs" / "reference" / "attachment-checks.md"
    assert set(re.findall(r"^\| `([a-z-]+)` \|", reference.read_text(), re.MULTILINE)) == set(get_args(Rule))


SIZES = st.lists(st.one_of(st.none(), st.integers(0, MAX_UNPACKED_BYTES)), max_size=MAX_LAYERS)
VERSIONS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "1.0", "2"])), max_size=MAX_LAYERS
)


@given(SIZES)
def test_a_sum_is_refused_if_and_only_if_the_known_sizes_exceed_the_limit(sizes: list[int | None]) -> None:
    layers = [layer(f"layer-{number}", unpacked_bytes=size) for number, size in enumerate(sizes)]
    total = 1_000_000 + sum(size for size in sizes if size is not None)
    problems = attachment_problems(FUNCTION, layers)
    assert bool(problems) == (total > MAX_UNPACKED_BYTES)
    for problem in problems:
        figures = [float(line.split(" MB")[0].replace(",", "")) for line in problem.table if " MB" in line]
        assert figures == sorted(figures, reverse=True)
        assert len(problem.table) == len(layers) + 1
        assert f"{total:,}" in problem.reason


@given(VERSIONS, st.randoms())
def test_a_distribution_is_reported_if_and_only_if_its_versions_differ(
    held: list[dict[str, str]], order: object
) -> None:
    layers = [layer(f"layer-{number}", packages=packages) for number, packages in enumerate(held)]
    by_name: dict[str, set[float]] = {}
    for packages in held:
        for name, version in packages.items():
            by_name.setdefault(name, set()).add(float(version))
    expected = [name for name, versions in sorted(by_name.items()) if len(versions) > 1]
    told = [line.split(":")[0] for problem in attachment_problems(FUNCTION, layers) for line in problem.table]
    assert told == expected
    order.shuffle(layers)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    again = [line.split(":")[0] for problem in attachment_problems(FUNCTION, layers) for line in problem.table]
    assert again == expected
