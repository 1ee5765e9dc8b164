from pathlib import Path

import pytest

from builder_lambda.errors.projects import ToolSettingsUnheeded
from builder_lambda.requirements.project_overrides import NO_OVERRIDES, ProjectOverrides
from builder_lambda.requirements.pyproject import read_project

URL = "https://user:secret@corp.example.invalid/simple"
SAY = "name the indexes here: --index-url, --extra-index-url, --index-config, or the setting 'index'"
UV_LOCK = "give the project's uv.lock instead"


def elsewhere(tool: str) -> str:
    return f"{tool} looks for packages at https://****@corp.example.invalid/simple, which only {tool} uses; {SAY}"


def project(folder: Path, tables: str, *dependencies: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(f'[project]\nname = "a"\ndependencies = {list(dependencies or ["idna"])}\n{tables}')
    return path


def refused(folder: Path, tables: str, *dependencies: str, overrides: ProjectOverrides = NO_OVERRIDES) -> list[str]:
    try:
        read_project(project(folder, tables, *dependencies), overrides=overrides)
    except ToolSettingsUnheeded as error:
        return list(error.details)
    return []


INDEXES = [
    (f'[[tool.uv.index]]\nurl = "{URL}"\ndefault = true', f"tool.uv.index[0]: {elsewhere('uv')}"),
    (f'[[tool.uv.index]]\nname = "corp"\nurl = "{URL}"', f"tool.uv.index[0]: {elsewhere('uv')}"),
    (f'[tool.uv]\nindex-url = "{URL}"', f"tool.uv.index-url: {elsewhere('uv')}"),
    (f'[tool.uv]\nextra-index-url = ["{URL}"]', f"tool.uv.extra-index-url: {elsewhere('uv')}"),
    (f'[tool.uv]\nfind-links = ["{URL}"]', f"tool.uv.find-links: {elsewhere('uv')}"),
    (f'[tool.uv.pip]\nindex-url = "{URL}"', f"tool.uv.pip.index-url: {elsewhere('uv')}"),
    (f'[[tool.poetry.source]]\nname = "corp"\nurl = "{URL}"', f"tool.poetry.source[0]: {elsewhere('Poetry')}"),
    (f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{URL}"', f"tool.pdm.source[0]: {elsewhere('PDM')}"),
]


@pytest.mark.parametrize(("tables", "told"), INDEXES)
def test_an_index_of_a_tool_is_refused_unless_it_is_said_which_there_are(
    tmp_path: Path, tables: str, told: str
) -> None:
    assert refused(tmp_path, tables) == [told]
    assert refused(tmp_path, tables, overrides=ProjectOverrides(names_indexes=True)) == []


@pytest.mark.parametrize(("tables", "_told"), INDEXES)
def test_an_index_that_is_asked_anyway_is_no_other(tmp_path: Path, tables: str, _told: str) -> None:
    overrides = ProjectOverrides(machine_indexes=["https://corp.example.invalid/simple/"])
    assert refused(tmp_path, tables, overrides=overrides) == []
    other = ProjectOverrides(machine_indexes=["https://corp.example.invalid/other/"])
    assert len(refused(tmp_path, tables, overrides=other)) == 1


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ("[tool.uv]\nno-index = true", f"tool.uv.no-index: only uv applies it; {SAY}"),
        ('[tool.uv]\nindex-strategy = "unsafe-best-match"', f"tool.uv.index-strategy: only uv applies it; {SAY}"),
    ],
)
def test_how_indexes_are_asked_is_said_with_them(tmp_path: Path, tables: str, told: str) -> None:
    assert refused(tmp_path, tables) == [told]
    assert refused(tmp_path, tables, overrides=ProjectOverrides(names_indexes=True)) == []


def test_the_whole_message_names_every_table(tmp_path: Path) -> None:
    tables = f'[tool.uv]\nindex-url = "{URL}"\n[[tool.pdm.source]]\nname = "corp"\nurl = "{URL}"'
    with pytest.raises(ToolSettingsUnheeded) as caught:
        read_project(project(tmp_path, tables))
    assert str(caught.value) == (
        f"tool-settings-unheeded: {str(tmp_path / 'pyproject.toml')!r} has settings that only its tool heeds,"
        " and that bring other packages\n"
        f"    tool.uv.index-url: {elsewhere('uv')}\n"
        f"    tool.pdm.source[0]: {elsewhere('PDM')}\n"
        "  likely cause: the project is made with that tool;"
        " without these settings a stranger's package could take a name of yours\n"
        "  what to do: give in their place what each line says"
    )


def test_indexes_that_are_for_chosen_names_only_matter_where_a_name_is_required(tmp_path: Path) -> None:
    tables = f"""
[tool.uv.sources]
idna = {{index = "corp"}}
torch = [{{index = "cpu", marker = "sys_platform == 'linux'"}}, {{index = "corp"}}]
[[tool.uv.index]]
name = "corp"
url = "{URL}"
explicit = true
[tool.poetry.dependencies]
idna = {{source = "corp"}}
[[tool.poetry.source]]
name = "corp"
url = "{URL}"
priority = "explicit"
[[tool.poetry.source]]
name = "PyPI"
priority = "primary"
"""
    pin = f"only; pin it there by --index-config or the setting 'index', or {UV_LOCK}"
    assert refused(tmp_path, tables, "idna", "torch") == [
        f"tool.uv.sources.idna: uv takes it from the index 'corp' {pin}",
        f"tool.uv.sources.torch: uv takes it from the index 'cpu' or 'corp' {pin}",
        "tool.poetry.dependencies.idna: only Poetry supports this; give the project's poetry.lock instead",
    ]
    assert refused(tmp_path, tables, "idna", "torch", overrides=ProjectOverrides(names_indexes=True)) == []
    assert refused(tmp_path, tables, "anyio") == []


def test_a_source_that_is_no_index_is_refused_whatever_is_said_of_indexes(tmp_path: Path) -> None:
    tables = '[tool.uv.sources]\nidna = [{index = "corp"}, {git = "https://git.example.invalid/idna"}]'
    assert refused(tmp_path, tables, overrides=ProjectOverrides(names_indexes=True)) == [
        f"tool.uv.sources.idna: only uv supports this source; {UV_LOCK}"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resolution", '"lowest-direct"'),
        ("prerelease", '"allow"'),
        ("no-binary", "true"),
        ("no-binary-package", '["idna"]'),
        ("dependency-metadata", '[{name = "idna"}]'),
    ],
)
def test_settings_by_which_uv_chooses_otherwise_are_refused(tmp_path: Path, key: str, value: str) -> None:
    assert refused(tmp_path, f"[tool.uv]\n{key} = {value}", overrides=ProjectOverrides(names_indexes=True)) == [
        f"tool.uv.{key}: only uv applies it; {UV_LOCK}"
    ]


@pytest.mark.parametrize("setting", ['exclude-newer = "2024-01-01"', 'exclude-newer-package = {idna = "2024-01-01"}'])
def test_the_age_of_packages_is_refused_unless_it_is_said(tmp_path: Path, setting: str) -> None:
    told = "only uv applies it; set it here: --exclude-newer, or the setting 'exclude_newer'"
    assert refused(tmp_path, f"[tool.uv]\n{setting}") == [f"tool.uv.{setting.split()[0]}: {told}, or {UV_LOCK}"]
    assert refused(tmp_path, f"[tool.uv]\n{setting}", overrides=ProjectOverrides(limits_age=True)) == []


def test_what_pdm_resolves_otherwise_is_refused(tmp_path: Path) -> None:
    tables = '[tool.pdm.resolution]\nrespect-source-order = true\noverrides = {idna = "3.4"}'
    assert refused(tmp_path, tables) == [
        "tool.pdm.resolution.overrides: only PDM applies it; give a pylock.toml of PDM instead"
    ]


@pytest.mark.parametrize(
    ("poetry", "required"), [('"3.4"', "idna>=2"), ('{version = "^3.4"}', "idna"), ('">=2"', "idna")]
)
def test_a_version_that_poetry_takes_otherwise_is_refused(tmp_path: Path, poetry: str, required: str) -> None:
    (told,) = refused(tmp_path, f"[tool.poetry.dependencies]\nidna = {poetry}", required)
    version = poetry.split('"')[1]
    assert told == (
        f"tool.poetry.dependencies.idna: Poetry takes {version!r} where the project requires"
        f" {required.removeprefix('idna')!r}; give the project's poetry.lock instead, or let both say the same"
    )


@pytest.mark.parametrize(
    ("poetry", "required"), [('"*"', "idna>=2"), ('"3.4"', "idna==3.4.0"), ('{version = "<4,>=2"}', "idna (>=2, <4)")]
)
def test_a_version_that_poetry_takes_likewise_is_none_of_our_business(
    tmp_path: Path, poetry: str, required: str
) -> None:
    assert refused(tmp_path, f'[tool.poetry.dependencies]\npython = "^3.11"\nidna = {poetry}', required) == []


def test_settings_of_building_and_of_environments_are_left_alone(tmp_path: Path) -> None:
    tables = """
[tool.uv]
package = true
dev-dependencies = ["pytest"]
default-groups = ["dev"]
environments = ["sys_platform == 'linux'"]
resolution = "highest"
prerelease = "if-necessary-or-explicit"
no-binary = false
index-strategy = "first-index"
[tool.uv.build-backend]
module-root = ""
[tool.poetry.group.dev.dependencies]
pytest = "*"
[tool.pdm]
distribution = true
[tool.hatch.build]
packages = ["src"]
"""
    assert refused(tmp_path, tables) == []
