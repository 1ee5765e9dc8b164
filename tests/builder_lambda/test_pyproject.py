import textwrap
from pathlib import Path

import pytest

from builder_lambda import Requirements, parse_requirements
from builder_lambda.errors import InvalidRequirements
from builder_lambda.pyproject import read_project

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
OWN = ["httpx>=0.27", 'tomli>=2; python_version < "3.11"']


def written(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(textwrap.dedent(text))
    return path


def read(folder: Path, text: str = PROJECT, **choice: list[str]) -> tuple[str, ...]:
    return read_project(written(folder, text), **choice).requirements


def faults(folder: Path, text: str, **choice: list[str]) -> list[str]:
    with pytest.raises(InvalidRequirements) as caught:
        read(folder, text, **choice)
    return [str(fault) for fault in caught.value.faults]


def test_the_dependencies_of_the_project_are_read_in_normal_form(tmp_path: Path) -> None:
    assert read(tmp_path) == tuple(OWN)


def test_the_folder_of_the_project_may_be_given(tmp_path: Path) -> None:
    written(tmp_path, PROJECT)
    assert read_project(tmp_path) == parse_requirements(OWN) == Requirements(requirements=tuple(OWN))


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
    assert read_project(path).constraints == ("h11<1",)


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
    assert faults(tmp_path, text, extras=["yaml", "toml"], groups=["web", "wbe"]) == [
        "pyproject.toml:project.dependencies[1]: requets >: Expected semicolon"
        " (after name with no version specifier) or end",
        "pyproject.toml:project.dependencies[2]: a @ git+https://git.example.invalid/a: a repository has to be built,"
        " which runs its code; publish a wheel and require that",
        f"pyproject.toml:project.dependencies[3]: b==1 --hash=sha256:{'a' * 64}: a hash has no place here;"
        " give a lock, or requirements.txt",
        "pyproject.toml:project.optional-dependencies.yaml[0]: ./wheels/yaml.whl: the file must be a wheel, with the"
        " name of one; other archives have to be built",
        "pyproject.toml:project.optional-dependencies.yaml[1]: there is no extra 'nope'; the project has 'yaml'",
        "pyproject.toml:project.optional-dependencies.toml: there is no extra 'toml'; the project has 'yaml'",
        "pyproject.toml:dependency-groups.wbe: there is no such group; the project has 'web'",
        "pyproject.toml:dependency-groups.web[0]: c @ https://****@files.example.invalid/c-1-py3-none-any.whl:"
        " a URL must not hold credentials; they would be stored with the deployment",
        "pyproject.toml:tool.uv.constraint-dependencies[0]: d[x]<1:"
        " a constraint limits versions; it has no extras and no URL",
    ]


def test_groups_that_include_themselves_or_what_is_not_there_are_faults(tmp_path: Path) -> None:
    text = """
        [dependency-groups]
        one = [{include-group = "two"}]
        two = [{include-group = "one"}, {include = "three"}]
        three = [{include-group = "four"}]
        """
    assert faults(tmp_path, text, groups=["one", "three"]) == [
        "pyproject.toml:dependency-groups.one: Invalid dependency group item: {'include': 'three'}",
        "pyproject.toml:dependency-groups.three: Dependency group 'four' not found",
    ]
    text = """
        [dependency-groups]
        one = [{include-group = "two"}]
        two = [{include-group = "one"}]
        """
    assert faults(tmp_path, text, groups=["one"]) == [
        "pyproject.toml:dependency-groups.one: Cyclic dependency group include while resolving one:"
        " one -> two, two -> one"
    ]


def test_two_groups_of_one_name_are_a_fault(tmp_path: Path) -> None:
    text = '[dependency-groups]\nweb = ["a"]\nWEB = ["b"]'
    assert faults(tmp_path, text, groups=["web"]) == [
        "pyproject.toml:dependency-groups: Duplicate dependency group names: web (web, WEB)"
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
    assert faults(tmp_path, text) == [
        "pyproject.toml:tool.uv.override-dependencies: only uv knows them; give the project's uv.lock in its place",
        "pyproject.toml:tool.uv.exclude-dependencies: only uv knows them; give the project's uv.lock in its place",
        "pyproject.toml:tool.uv.sources.core: only uv knows this source; give the project's uv.lock in its place",
        "pyproject.toml:tool.poetry.dependencies.elsewhere: only Poetry knows this;"
        " give the project's poetry.lock in its place",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '[tool.poetry.dependencies]\nhttpx = "*"',
            "tool.poetry.dependencies: Poetry's own table is not read; write project.dependencies, which Poetry 2 reads"
            " too, or give the project's poetry.lock",
        ),
        ("", "project: there is no such table, and no dependency group is chosen"),
        (
            '[project]\nname = "a"\ndynamic = ["dependencies"]',
            "project.dynamic: the build backend computes the dependencies; write them in project.dependencies",
        ),
        ('[project]\nname = "a"\ndependencies = "httpx"', "project.dependencies: Input should be a valid list"),
    ],
)
def test_a_project_without_readable_dependencies_is_refused(tmp_path: Path, text: str, found: str) -> None:
    assert faults(tmp_path, text) == [f"pyproject.toml:{found}"]


def test_extras_that_the_build_backend_computes_are_refused(tmp_path: Path) -> None:
    text = '[project]\nname = "a"\ndynamic = ["optional-dependencies"]'
    assert faults(tmp_path, text, extras=["x"]) == [
        "pyproject.toml:project.dynamic: the build backend computes the extras;"
        " write them in project.optional-dependencies",
        "pyproject.toml:project.optional-dependencies.x: there is no extra 'x'; the project has none",
    ]


def test_a_file_that_is_missing_or_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        read_project(tmp_path)
    assert [str(fault) for fault in caught.value.faults] == ["pyproject.toml: there is no such file"]
    assert faults(tmp_path, "[") == [
        "pyproject.toml: it cannot be read: Invalid initial character for a key part (at end of document)"
    ]
