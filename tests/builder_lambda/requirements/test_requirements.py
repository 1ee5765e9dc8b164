import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from builder_lambda import Requirements, Target, parse_requirements
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.requirements.line import parse_line
from builder_lambda.requirements.requirement import ParsedRequirement

TARGET = Target.parse("python3.12", "x86_64")
HASH = "a" * 64
OTHER_HASH = "b" * 64
WHEEL_URL = "https://wheels.example/demo_x-1.0-py3-none-any.whl"

NORMAL_FORMS = [
    ("Requests", "requests"),
    ("ruamel_yaml >= 0.17 , <1", "ruamel-yaml<1,>=0.17"),
    ("requests[SOCKS,security]==2.31.0", "requests[security,socks]==2.31.0"),
    ("a ; python_version<'3.9'", 'a; python_version < "3.9"'),
    ("a>=1  # why", "a>=1"),
    (f"a == 1 --hash=sha256:{HASH.upper()}", f"a==1 --hash=sha256:{HASH}"),
    (f"a==1 --hash sha256:{OTHER_HASH} --hash=sha256:{HASH}", f"a==1 --hash=sha256:{HASH} --hash=sha256:{OTHER_HASH}"),
    (f"Demo_X @ {WHEEL_URL}#sha256={HASH}", f"demo-x @ {WHEEL_URL}#sha256={HASH}"),
]

NOT_HERE = "indexes are given as index options, or to the builder (UV_INDEX_URL), not among requirements"

REFUSED = [
    ("-e .", "an editable requirement exists on one machine only; publish a wheel and require that"),
    ("--editable=./x", "an editable requirement exists on one machine only; publish a wheel and require that"),
    ("-r more.txt", "other files can be named in a requirements file only, not here"),
    ("-c limits.txt", "constraints can be named in a requirements file only, not here"),
    ("--index-url https://i.example/simple", NOT_HERE),
    ("-i https://i.example/simple", NOT_HERE),
    ("--find-links ./wheels", NOT_HERE),
    ("--pre", "the option --pre is not supported"),
    ("a --global-option=x", "the option --global-option is not supported"),
    ("./local", "a local path exists on one machine only; require a wheel, by its path or from an index"),
    ("../up/a.tar.gz", "a local path exists on one machine only; require a wheel, by its path or from an index"),
    (
        "a-1.0-py3-none-any.whl",
        "a local path exists on one machine only; require a wheel, by its path or from an index",
    ),
    ("file:///tmp/a.whl", "a local path exists on one machine only; require a wheel, by its path or from an index"),
    ("git+https://x.example/a", "a repository has to be built, which runs its code; publish a wheel and require that"),
    (
        "a @ git+ssh://x.example/a",
        "a repository has to be built, which runs its code; publish a wheel and require that",
    ),
    ("https://x.example/a.whl", "a URL needs a name before it: 'name @ https://...whl#sha256=...'"),
    (f"demo-x @ {WHEEL_URL}", "a URL needs '#sha256=' and 64 hexadecimal digits at its end"),
    ("a @ http://x.example/a-1-py3-none-any.whl", "a URL must begin with https://"),
    (
        f"a @ https://x.example/a-1.tar.gz#sha256={HASH}",
        "a URL must end in the file name of a wheel; other archives have to be built",
    ),
    (f"other @ {WHEEL_URL}#sha256={HASH}", "the wheel of the URL belongs to the project 'demo-x'"),
    (f"a>=1 --hash=sha256:{HASH}", "a hash belongs to one version: pin it with '=='"),
    ("a==1 --hash=md5:0123", "a hash must be 'sha256:' and 64 hexadecimal digits"),
    ("pytz===2004d", "'2004d' is not a version (PEP 440); pin one with '=='"),
    (f"a @ https://[::1/a-1-py3-none-any.whl#sha256={HASH}", "the URL is not valid: Invalid IPv6 URL"),
    (f"a @ https://h:99999/a-1-py3-none-any.whl#sha256={HASH}", "the URL is not valid: Port out of range 0-65535"),
    (f"a @ https:///a-1-py3-none-any.whl#sha256={HASH}", "the URL is not valid: it names no host"),
    ("a_", "the name 'a_' must begin and end with a letter or a digit"),
    ("a[b_]", "the name 'b_' must begin and end with a letter or a digit"),
    ("a b", "Expected semicolon (after name with no version specifier) or end"),
    ("a>=", "Expected semicolon (after name with no version specifier) or end"),
    ("a; no_such_marker", "Expected a marker variable or quoted string"),
]


@pytest.mark.parametrize(("line", "normal"), NORMAL_FORMS)
def test_a_line_has_one_normal_form(line: str, normal: str) -> None:
    assert parse_requirements([line]).requirement_lines == (normal,)


@pytest.mark.parametrize(("line", "normal"), NORMAL_FORMS)
def test_the_normal_form_stays_as_it_is(line: str, normal: str) -> None:
    assert parse_requirements([normal]).requirement_lines == (normal,)


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_what_is_not_supported_is_refused_by_name(line: str, reason: str) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements([line])

    (problem,) = caught.value.problems
    assert (problem.line, problem.text, problem.reason) == (1, line, reason)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements(["requests", "", "-e .", "# note", "a b"], constraints=["b[x]<2"], source="web")

    assert str(caught.value) == (
        "invalid-requirements: 3 requirement lines cannot be used\n"
        "    web:3: -e .: an editable requirement exists on one machine only; publish a wheel and require that\n"
        "    web:5: a b: Expected semicolon (after name with no version specifier) or end\n"
        "    constraints:1: b[x]<2: a constraint limits versions; it has no extras and no URL\n"
        "  likely cause: a spelling error, or a line that only pip on a developer's machine can use\n"
        "  what to do: correct the lines above; each must be a PEP 508 requirement such as 'httpx>=0.27'"
    )


def test_a_path_among_constraints_is_told_from_one_among_requirements() -> None:
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements(["a"], constraints=["./a-1.0-py3-none-any.whl"])

    (problem,) = caught.value.problems
    assert str(problem) == (
        "constraints:1: ./a-1.0-py3-none-any.whl: "
        "a constraint limits the versions of a package; name the file among the requirements"
    )


def test_credentials_are_refused_and_not_shown() -> None:
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements([f"demo-x @ https://user:secret@x.example/demo_x-1.0-py3-none-any.whl#sha256={HASH}"])

    assert "credentials" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_continued_lines_are_one_requirement_with_the_number_of_its_first_line() -> None:
    text = f"requests==2.31.0 \\\n    --hash=sha256:{HASH} \\\n    --hash=sha256:{OTHER_HASH}\n\na b \\\n c"
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements(text.splitlines())
    (problem,) = caught.value.problems
    assert (problem.line, problem.text) == (5, "a b  c")

    assert parse_requirements(text.splitlines()[:3]).requirement_lines == (
        f"requests==2.31.0 --hash=sha256:{HASH} --hash=sha256:{OTHER_HASH}",
    )


def test_hashes_count_where_the_marker_is_true() -> None:
    requirements = parse_requirements(
        [
            f"a==1 --hash=sha256:{HASH}",
            f"b==1 ; python_version<'3.9' --hash=sha256:{HASH}",
            f"Demo_X @ {WHEEL_URL}#sha256={OTHER_HASH}",
            "c",
        ],
        constraints=[f"a==1 --hash=sha256:{OTHER_HASH}"],
    )

    assert requirements.hashes(TARGET.environment) == {
        "a": frozenset({HASH, OTHER_HASH}),
        "demo-x": frozenset({OTHER_HASH}),
    }
    assert requirements.without_hashes() == parse_requirements(
        ["a==1", 'b==1; python_version < "3.9"', "c", f"demo-x @ {WHEEL_URL}#sha256={OTHER_HASH}"],
        constraints=["a==1"],
    )


LINES = st.sampled_from(
    ["Requests >=2", "numpy", "a[x, B]==1.0", "c ; sys_platform == 'linux'", f"d==1 --hash=sha256:{HASH}"]
)
NOISE = st.sampled_from(["", "   ", "# a comment", "\t# another"])


@given(lines=st.lists(LINES), data=st.data())
def test_comments_order_blank_lines_and_repetition_change_nothing(lines: list[str], data: st.DataObject) -> None:
    noise = data.draw(st.lists(NOISE))
    repeated = data.draw(st.lists(st.sampled_from(lines))) if lines else []
    commented = [line + data.draw(st.sampled_from(["", "  # why"])) for line in lines]
    noisy = data.draw(st.permutations(commented + noise + repeated))

    assert parse_requirements(noisy) == parse_requirements(lines)


@given(st.text(alphabet="ab-_.,=<>~!;@#:/[]() \"'\\1\n", max_size=40))
def test_any_text_is_normalised_or_refused(text: str) -> None:
    try:
        normal = parse_requirements(text.splitlines())
    except InvalidRequirements:
        return
    assert parse_requirements(normal.requirement_lines) == normal


NAMES = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,6}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.sampled_from(["1", "1.0", "2.0.post1", "3rc1", "1!4.2"])
SPECIFIERS = st.sampled_from(["~=1.4"]) | st.builds("{}{}".format, st.sampled_from([">=", "<", "!=", " == "]), VERSIONS)
MARKERS = st.sampled_from(
    ["", ";python_version<'3.9'", " ; sys_platform == 'linux' and extra=='X'", ';os_name!="nt"or(os_name=="a")']
)
DIGESTS = st.text("0123456789abcdefABCDEF", min_size=64, max_size=64)


@st.composite
def requirement_lines(draw: st.DrawFn) -> str:
    name, marker = draw(NAMES), draw(MARKERS)
    extras = draw(st.lists(NAMES, max_size=2))
    with_extras = f"{name} [{', '.join(extras)}]" if extras else name
    digests = draw(st.lists(DIGESTS, max_size=3))
    versions = f"== {draw(VERSIONS)}" if digests else " , ".join(draw(st.lists(SPECIFIERS, max_size=3)))
    return " --hash=sha256:".join([f"{with_extras} {versions}{marker}", *digests])


@given(requirement_lines())
def test_the_normal_form_of_a_normal_form_is_the_same_value(line: str) -> None:
    parsed = parse_line(line)
    again = parse_line(parsed.text)

    assert (again, again.value, again.digests) == (parsed, parsed.value, parsed.digests)
    assert hash(again) == hash(parsed)
    assert parse_line(parsed.without_hashes().text) == parsed.without_hashes() == ParsedRequirement.of(parsed.value)
    assert Requirements.of([again, parsed]) == Requirements.of([parsed])


@given(st.lists(requirement_lines(), max_size=5))
def test_requirements_are_ordered_by_their_text(lines: list[str]) -> None:
    assert list(parse_requirements(lines).requirement_lines) == sorted({parse_line(line).text for line in lines})


@given(requirement_lines(), st.sampled_from(['python_version >= "3.9"', 'os_name == "nt"']))
def test_a_condition_leaves_the_requirement_that_it_was_added_to_alone(line: str, marker: str) -> None:
    parsed = parse_line(line)
    under = parsed.under(Marker(marker))

    assert parsed == parse_line(line) == ParsedRequirement.of(parsed.value, parsed.digests)
    assert parse_line(under.text) == under
    assert not under.applies_to(TARGET.environment) or parsed.applies_to(TARGET.environment)
