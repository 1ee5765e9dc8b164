from pathlib import Path

import pytest

from builder_lambda.errors.projects import ToolSettingsUnheeded
from builder_lambda.requirements.project_overrides import NO_OVERRIDES, ProjectOverrides
from builder_lambda.requirements.pyproject import read_project

URL = "https://user:secret@corp.example.invalid/simple"
SAY = "name the indexes here: --index-url, --extra-index-url, --index-config, or the setting 'index'"
UV_LOCK = "use the project's uv.lock"
OWN_AGE = f"only uv applies it; set it here: --exclude-newer, or the setting 'exclude_newer', or {UV_LOCK}"


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
ORDER_OF_INDEXES = [
    ("[tool.uv]\nno-index = true", f"tool.uv.no-index: only uv applies it; {SAY}"),
    ('[tool.uv]\nindex-strategy = "unsafe-best-match"', f"tool.uv.index-strategy: only uv applies it; {SAY}"),
]
AGE = [
    ('[tool.uv]\nexclude-newer = "2024-01-01"', f"tool.uv.exclude-newer: {OWN_AGE}"),
    ('[tool.uv]\nexclude-newer-package = {idna = "2024-01-01"}', f"tool.uv.exclude-newer-package: {OWN_AGE}"),
]
ALWAYS = [
    (
        '[tool.uv.sources]\nidna = [{index = "corp"}, {git = "https://git.example.invalid/idna"}]',
        f"tool.uv.sources.idna: only uv supports this source; {UV_LOCK}",
    ),
    ('[tool.uv]\nresolution = "lowest-direct"', f"tool.uv.resolution: only uv applies it; {UV_LOCK}"),
    ('[tool.uv]\nprerelease = "allow"', f"tool.uv.prerelease: only uv applies it; {UV_LOCK}"),
    ("[tool.uv]\nno-binary = true", f"tool.uv.no-binary: only uv applies it; {UV_LOCK}"),
    ('[tool.uv]\nno-binary-package = ["idna"]', f"tool.uv.no-binary-package: only uv applies it; {UV_LOCK}"),
    (
        '[tool.uv]\ndependency-metadata = [{name = "idna"}]',
        f"tool.uv.dependency-metadata: only uv applies it; {UV_LOCK}",
    ),
    (
        '[tool.pdm.resolution]\nrespect-source-order = true\noverrides = {idna = "3.4"}',
        "tool.pdm.resolution.overrides: only PDM applies it; use a pylock.toml of PDM",
    ),
]
OVERRIDES = {"names_indexes": [*INDEXES, *ORDER_OF_INDEXES], "limits_age": AGE, "": ALWAYS}
"""The settings that each override silences."""


@pytest.mark.parametrize(
    ("override", "tables", "told"), [(override, *row) for override, rows in OVERRIDES.items() for row in rows]
)
def test_a_setting_is_refused_unless_the_build_overrides_it(
    tmp_path: Path, override: str, tables: str, told: str
) -> None:
    assert refused(tmp_path, tables) == [told]
    for name, overrides in {
        "names_indexes": ProjectOverrides(names_indexes=True),
        "limits_age": ProjectOverrides(limits_age=True),
    }.items():
        assert refused(tmp_path, tables, overrides=overrides) == ([] if name == override else [told])


@pytest.mark.parametrize(("tables", "_told"), INDEXES)
def test_an_index_that_this_machine_uses_is_accepted(tmp_path: Path, tables: str, _told: str) -> None:
    overrides = ProjectOverrides(machine_indexes=["https://corp.example.invalid/simple/"])
    assert refused(tmp_path, tables, overrides=overrides) == []
    other = ProjectOverrides(machine_indexes=["https://corp.example.invalid/other/"])
    assert len(refused(tmp_path, tables, overrides=other)) == 1


def test_the_whole_message_names_every_table(tmp_path: Path) -> None:
    tables = f'[tool.uv]\nindex-url = "{URL}"\n[[tool.pdm.source]]\nname = "corp"\nurl = "{URL}"'
    with pytest.raises(ToolSettingsUnheeded) as caught:
        read_project(project(tmp_path, tables))
    assert str(caught.value) == (
        f"tool-settings-unheeded: {str(tmp_path / 'pyproject.toml')!r} has tool settings that"
        " select other packages\n"
        f"    tool.uv.index-url: {elsewhere('uv')}\n"
        f"    tool.pdm.source[0]: {elsewhere('PDM')}\n"
        "  likely cause: the project is made with that tool;"
        " without these settings a stranger's package could take a name of yours\n"
        "  what to do: apply what each line suggests"
    )


def test_indexes_for_chosen_packages_matter_only_if_such_a_package_is_required(tmp_path: Path) -> None:
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
        "tool.poetry.dependencies.idna: only Poetry supports this; use the project's poetry.lock",
    ]
    assert refused(tmp_path, tables, "idna", "torch", overrides=ProjectOverrides(names_indexes=True)) == []
    assert refused(tmp_path, tables, "anyio") == []


@pytest.mark.parametrize(
    ("poetry", "required"), [('"3.4"', "idna>=2"), ('{version = "^3.4"}', "idna"), ('">=2"', "idna")]
)
def test_a_version_of_poetry_that_differs_is_refused(tmp_path: Path, poetry: str, required: str) -> None:
    (told,) = refused(tmp_path, f"[tool.poetry.dependencies]\nidna = {poetry}", required)
    version = poetry.split('"')[1]
    assert told == (
        f"tool.poetry.dependencies.idna: Poetry takes {version!r} where the project requires"
        f" {required.removeprefix('idna')!r}; use the project's poetry.lock, or make both equal"
    )


@pytest.mark.parametrize(
    ("poetry", "required"), [('"*"', "idna>=2"), ('"3.4"', "idna==3.4.0"), ('{version = "<4,>=2"}', "idna (>=2, <4)")]
)
def test_a_version_of_poetry_that_means_the_same_is_accepted(tmp_path: Path, poetry: str, required: str) -> None:
    assert refused(tmp_path, f'[tool.poetry.dependencies]\npython = "^3.11"\nidna = {poetry}', required) == []


def test_settings_for_builds_and_environments_are_ignored(tmp_path: Path) -> None:
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
