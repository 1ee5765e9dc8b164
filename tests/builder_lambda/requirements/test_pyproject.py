import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from builder_lambda import Requirements, parse_requirements
from builder_lambda.contract.targets import Target
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.projects import InvalidProject, ProjectMissing
from builder_lambda.errors.several import SeveralErrors
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.requirements.line import parse_line
from builder_lambda.requirements.project_overrides import NO_OVERRIDES, ProjectOverrides
from builder_lambda.requirements.pyproject import read_project

PROJECT = """
    [project]
    name = "Store_Front"
    dependencies = ["HTTPX>=0.27", "tomli>=2 ; python_version < '3.11'"]

    [project.optional-dependencies]
    yaml = ["PyYAML>=6"]
    Fast_JSON = ["orjson; platform_machine == 'x86_64'"]
    all = ["store-front[yaml, fast.json] ; python_version >= '3.12'", "store.front[all]"]

    [dependency-groups]
    Test = ["pytest", {include-group = "typing"}]
    typing = ["mypy>=1", "store-front[yaml]"]
    docs = ["sphinx", {include-group = "typing"}]
    """
PROJECT_OF_ONE = '[project]\nname = "a"\ndependencies = ["httpx"]'
OWN = ["httpx>=0.27", 'tomli>=2; python_version < "3.11"']


def written(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(textwrap.dedent(text))
    return path


def read(
    folder: Path, text: str = PROJECT, *, groups: Sequence[str] = (), extras: Sequence[str] = ()
) -> tuple[str, ...]:
    return read_project(written(folder, text), groups=groups, extras=extras).requirement_lines


def refusal(
    folder: Path,
    text: str,
    *,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
    overrides: ProjectOverrides = NO_OVERRIDES,
) -> LayerError:
    with pytest.raises(LayerError) as caught:
        read_project(written(folder, text), groups=groups, extras=extras, overrides=overrides)
    return caught.value


def problems(folder: Path, text: str, *, groups: Sequence[str] = (), extras: Sequence[str] = ()) -> list[str]:
    """Return what is refused, each with the code that it is told under."""
    error = refusal(folder, text, groups=groups, extras=extras)
    errors = error.errors if isinstance(error, SeveralErrors) else (error,)
    return [f"{each.code}: {detail}" for each in errors for detail in each.details]


def test_the_dependencies_of_the_project_are_read_in_normal_form(tmp_path: Path) -> None:
    assert read(tmp_path) == tuple(OWN)


def test_the_folder_of_the_project_may_be_given(tmp_path: Path) -> None:
    written(tmp_path, PROJECT)
    assert read_project(tmp_path) == parse_requirements(OWN) == Requirements.of(map(parse_line, OWN))


def test_chosen_extras_are_added(tmp_path: Path) -> None:
    assert read(tmp_path, extras=["fast-json"]) == ("httpx>=0.27", 'orjson; platform_machine == "x86_64"', OWN[1])


def test_an_extra_may_name_other_extras_under_a_marker_even_in_a_circle(tmp_path: Path) -> None:
    assert read(tmp_path, extras=["all"]) == (
        "httpx>=0.27",
        'orjson; platform_machine == "x86_64" and python_version >= "3.12"',
        'pyyaml>=6; python_version >= "3.12"',
        OWN[1],
    )


def test_groups_bring_what_they_include_and_the_extras_of_the_project_that_they_name(tmp_path: Path) -> None:
    assert read(tmp_path, groups=["test", "DOCS"]) == (
        "httpx>=0.27",
        "mypy>=1",
        "pytest",
        "pyyaml>=6",
        "sphinx",
        OWN[1],
    )


def test_groups_need_no_project(tmp_path: Path) -> None:
    assert read(tmp_path, '[dependency-groups]\nweb = ["httpx"]', groups=["web"]) == ("httpx",)


def test_constraints_of_uv_limit_versions(tmp_path: Path) -> None:
    path = written(tmp_path, PROJECT + '[tool.uv]\nconstraint-dependencies = ["H11 < 1"]')
    assert read_project(path).constraint_lines == ("h11<1",)


def test_all_lines_that_cannot_be_used_are_told_at_once(tmp_path: Path) -> None:
    text = """
        [project]
        name = "storefront"
        dependencies = ["ok", "requets >", "a @ git+https://git.example.invalid/a", "b==1 --hash=sha256:{}"]
        [project.optional-dependencies]
        yaml = ["./wheels/yaml.whl", "storefront[nope]"]
        [dependency-groups]
        web = ["c @ https://user:secret@files.example.invalid/c-1-py3-none-any.whl"]
        [tool.uv]
        constraint-dependencies = ["d[x]<1"]
        """.format("a" * 64)
    assert problems(tmp_path, text, extras=["yaml", "toml"], groups=["web", "wbe"]) == [
        "invalid-requirements: pyproject.toml:project.dependencies[1]: requets >: Expected semicolon"
        " (after name with no version specifier) or end",
        "invalid-requirements: pyproject.toml:project.dependencies[2]: a @ git+https://git.example.invalid/a:"
        " a repository has to be built,"
        " which runs its code; publish a wheel and require that",
        f"invalid-requirements: pyproject.toml:project.dependencies[3]: b==1 --hash=sha256:{'a' * 64}:"
        " a hash is not allowed here;"
        " use a lock or requirements.txt",
        "invalid-requirements: pyproject.toml:project.optional-dependencies.yaml[0]: ./wheels/yaml.whl:"
        " the file must be a wheel, with the"
        " name of one; other archives have to be built",
        "invalid-requirements: pyproject.toml:dependency-groups.web[0]: c @ https://****@files.example.invalid/c-1-py3-none-any.whl:"
        " a URL must not hold credentials; they would be stored with the deployment",
        "invalid-requirements: pyproject.toml:tool.uv.constraint-dependencies[0]: d[x]<1:"
        " a constraint limits versions; it has no extras and no URL",
        "unknown-project-part: project.optional-dependencies.yaml[1]: there is no extra 'nope'; the project has 'yaml'",
        "unknown-project-part: project.optional-dependencies.toml: there is no extra 'toml'; the project has 'yaml'",
        "unknown-project-part: dependency-groups.wbe: there is no such group; the project has 'web'",
    ]


def test_groups_that_include_themselves_or_what_is_not_there_are_problems(tmp_path: Path) -> None:
    text = """
        [dependency-groups]
        one = [{include-group = "two"}]
        two = [{include-group = "one"}, {include = "three"}]
        three = ["we b", {include-group = "four"}]
        """
    assert problems(tmp_path, text, groups=["one", "three"]) == [
        "invalid-requirements: pyproject.toml:dependency-groups.three[0]: we b: Expected semicolon"
        " (after name with no version specifier) or end",
        "invalid-project: dependency-groups.two[1]: Invalid dependency group item: {'include': 'three'}",
        "invalid-project: dependency-groups.one: Cyclic dependency group include while resolving one:"
        " one -> two, two -> one",
        "invalid-project: dependency-groups.three: Dependency group 'four' not found",
    ]
    text = """
        [dependency-groups]
        one = [{include-group = "two"}]
        two = [{include-group = "one"}]
        """
    assert problems(tmp_path, text, groups=["one"]) == [
        "invalid-project: dependency-groups.one: Cyclic dependency group include while resolving one:"
        " one -> two, two -> one"
    ]


def test_two_groups_of_one_name_are_a_problem(tmp_path: Path) -> None:
    text = '[dependency-groups]\nweb = ["a"]\nWEB = ["b"]'
    assert problems(tmp_path, text, groups=["web"]) == [
        "invalid-project: dependency-groups: Duplicate dependency group names: web (web, WEB)"
    ]


def test_what_only_a_tool_knows_is_refused_rather_than_passed_over(tmp_path: Path) -> None:
    text = """
        [project]
        name = "storefront"
        dependencies = ["Core", "elsewhere"]
        [tool.uv]
        override-dependencies = ["six==1"]
        exclude-dependencies = ["toml"]
        [tool.uv.sources]
        core = { workspace = true }
        unused = { path = "../unused" }
        [tool.poetry.dependencies]
        python = "^3.11"
        elsewhere = { source = "private" }
        """
    assert problems(tmp_path, text) == [
        "tool-settings-unheeded: tool.uv.override-dependencies: only uv applies them; use the project's uv.lock",
        "tool-settings-unheeded: tool.uv.exclude-dependencies: only uv applies them; use the project's uv.lock",
        "tool-settings-unheeded: tool.uv.sources.core: only uv supports this source; use the project's uv.lock",
        "tool-settings-unheeded: tool.poetry.dependencies.elsewhere: only Poetry supports this;"
        " use the project's poetry.lock",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '[tool.poetry.dependencies]\nhttpx = "*"',
            "tool.poetry.dependencies: Poetry's own table is not read; use project.dependencies, which Poetry 2 reads"
            " too, or use the project's poetry.lock",
        ),
        ("", "project: there is no such table, and no dependency group is chosen"),
        (
            '[project]\nname = "a"\ndynamic = ["dependencies"]',
            "project.dynamic: the build backend computes the dependencies; write them in project.dependencies",
        ),
        ('[project]\nname = "a"\ndependencies = "httpx"', "project.dependencies: it must be a list"),
        ('[tool]\nuv = "httpx"', "tool.uv: it must be a table of keys and values"),
        ("[", "it is not TOML: Invalid initial character for a key part (at end of document)"),
        (
            '[project]\nname = "a"\nrequires-python = "nonsense"',
            "project.requires-python: 'nonsense' is not a version specifier such as '>=3.11' (PEP 440)",
        ),
    ],
)
def test_a_project_without_readable_dependencies_is_refused(tmp_path: Path, text: str, found: str) -> None:
    assert problems(tmp_path, text) == [f"invalid-project: {found}"]


def test_extras_that_the_build_backend_computes_are_refused(tmp_path: Path) -> None:
    text = '[project]\nname = "a"\ndynamic = ["optional-dependencies"]'
    assert problems(tmp_path, text, extras=["x"]) == [
        "invalid-project: project.dynamic: the build backend computes the extras;"
        " write them in project.optional-dependencies",
        "unknown-project-part: project.optional-dependencies.x: there is no extra 'x'; the project has none",
    ]


def test_a_project_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissing) as caught:
        read_project(tmp_path)
    file = tmp_path / "pyproject.toml"
    assert str(caught.value) == (
        f"project-missing: there is no project at {str(file)!r}\n"
        "  likely cause: the path is misspelt, or is meant relative to another folder\n"
        "  what to do: name a folder that has a pyproject.toml, or that file"
    )


def test_a_file_that_is_not_utf_8_is_told_as_that(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes("# Résumé".encode("latin-1"))
    with pytest.raises(InvalidProject) as caught:
        read_project(file)
    assert str(caught.value) == (
        f"invalid-project: what {str(file)!r} depends on cannot be read\n"
        "    it is not UTF-8, which TOML always is\n"
        "  likely cause: a spelling error, or a form that only one tool can read\n"
        "  what to do: correct the file above (PEP 621 and PEP 735 say what its tables hold),"
        " or give a lock of the project"
    )


def test_a_choice_that_there_is_not_is_told_as_that(tmp_path: Path) -> None:
    error = refusal(tmp_path, PROJECT, groups=["tset"])
    assert str(error) == (
        f"unknown-project-part: {str(tmp_path / 'pyproject.toml')!r} does not have all groups and extras that are"
        " chosen\n"
        "    dependency-groups.tset: there is no such group; the project has 'Test', 'docs', 'typing'\n"
        "  likely cause: a name is misspelt, or the project declares it in the table of a tool\n"
        "  what to do: choose one that exists, or add it to [dependency-groups] or [project.optional-dependencies]"
    )
    assert error_from_mapping(error.to_mapping()) == error


@pytest.mark.parametrize(
    ("table", "place", "lock"),
    [
        ('[tool.poetry.group.dev.dependencies]\npytest = "*"', "tool.poetry.group.dev", "the poetry.lock"),
        ('[tool.poetry.dev-dependencies]\npytest = "*"', "tool.poetry.dev-dependencies", "the poetry.lock"),
        ('[tool.uv]\ndev-dependencies = ["pytest"]', "tool.uv.dev-dependencies", "the uv.lock"),
        ('[tool.pdm.dev-dependencies]\nDev = ["pytest"]', "tool.pdm.dev-dependencies.Dev", "a pylock.toml"),
    ],
)
def test_groups_of_tools_are_not_read_where_they_are_chosen(tmp_path: Path, table: str, place: str, lock: str) -> None:
    told = f"{place} has it, and a tool's own groups are not read; write it here (PEP 735), or use {lock}"
    assert problems(tmp_path, f"{PROJECT_OF_ONE}\n{table}", groups=["dev"]) == [
        f"unknown-project-part: dependency-groups.dev: {told}"
    ]
    both = f'{PROJECT_OF_ONE}\n[dependency-groups]\ndev = ["mypy"]\n{table}'
    assert problems(tmp_path, both, groups=["dev"]) == [
        f"unknown-project-part: dependency-groups.dev: {told.replace('has it', 'has more of it')}"
    ]
    assert read(tmp_path, both) == ("httpx",)


def test_the_project_must_allow_the_python_of_every_target(tmp_path: Path) -> None:
    text = '[project]\nname = "a"\nrequires-python = ">=3.12.1"\ndependencies = ["httpx"]'
    runtimes = [("python3.11", "arm64"), ("python3.12", "arm64"), ("python3.12", "x86_64"), ("python3.13", "x86_64")]
    targets = [Target.parse(runtime, architecture) for runtime, architecture in runtimes]
    error = refusal(tmp_path, text, overrides=ProjectOverrides(targets=targets))
    assert str(error) == (
        f"python-not-allowed: {str(tmp_path / 'pyproject.toml')!r} does not support the target's Python version\n"
        "    project.requires-python: '>=3.12.1' does not allow python3.11, which may be as old as 3.11.3,"
        " nor python3.12, which may be as old as 3.12.0\n"
        "  likely cause: the runtime is older or newer than the project allows\n"
        "  what to do: choose a runtime that the project allows, or change requires-python if it runs there"
    )
    allowed = ProjectOverrides(targets=targets[-1:])
    assert read_project(written(tmp_path, text), overrides=allowed).requirement_lines == ("httpx",)


def test_a_group_may_have_its_own_pythons_in_the_table_of_uv(tmp_path: Path) -> None:
    text = """
        [dependency-groups]
        web = ["httpx", {include-group = "newer"}]
        newer = ["idna"]
        other = ["anyio"]
        [tool.uv.dependency-groups]
        Newer = {requires-python = ">=3.13"}
        """
    overrides = ProjectOverrides(targets=[Target.parse("python3.12", "arm64")])
    assert refusal(tmp_path, text, overrides=overrides, groups=["web"]).details == (
        "tool.uv.dependency-groups.Newer.requires-python: '>=3.13' does not allow python3.12,"
        " which may be as old as 3.12.0",
    )
    assert read_project(written(tmp_path, text), overrides=overrides, groups=["other"]).requirement_lines == ("anyio",)


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "a"\ndependencies = ["b @ https://c.example/${TOKEN}/b-1.0-py3-none-any.whl#sha256=DIGEST"]',
        PROJECT_OF_ONE + '\n[tool.uv]\nconstraint-dependencies = ["b==${TOKEN}"]',
    ],
)
def test_a_variable_in_a_line_is_refused(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, text.replace("DIGEST", "a" * 64))
    assert "the line holds '${'" in problem
