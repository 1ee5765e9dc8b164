"""The map of the code and the design name what exists, and nothing else."""

import ast
import re
from pathlib import Path

import pytest

from tests.source_tree import PRODUCT
from tests.test_imports import ARROWS

ROOT = Path(__file__).parent.parent
MAP = ROOT / "docs" / "explanation" / "how-the-code-is-organised.md"
DESIGN = ROOT / "builder_lambda" / "DESIGN.md"
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
DRAWN = re.compile(r"(?<![\w`/])(?:\w+/)+\w+\.py\b")
UNUSED = "## Words that we do not use"
PAGES = [
    *(page for page in (ROOT / "docs").rglob("*.md") if page.name != "glossary.md"),
    *(ROOT / name for name in ("README.md", "benchmarks/README.md", "examples/README.md", "builder_lambda/DESIGN.md")),
]
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|yaml))(?::([\w.]+))?`|`((?:[\w-]+/)+[\w-]+)`")


def paths_and_names(text: str) -> list[tuple[str, str]]:
    named = {(path or folder, name) for path, name, folder in NAMED.findall(text)}
    return sorted(named | {(path, "") for path in DRAWN.findall(text)})


def names_in(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = node
            case ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
            case ast.Assign(targets=[ast.Name(id=name)]):
                found[name] = node
            case _:
                pass
    return found


def is_defined(path: Path, dotted: str) -> bool:
    body = ast.parse(path.read_text()).body
    for part in dotted.split("."):
        node = names_in(body).get(part)
        if node is None:
            return False
        body = node.body if isinstance(node, ast.ClassDef) else []
    return True


@pytest.mark.parametrize(("path", "name"), paths_and_names(MAP.read_text()))
def test_every_file_folder_and_name_of_the_map_exists(path: str, name: str) -> None:
    assert (ROOT / path).exists()
    assert not name or is_defined(ROOT / path, name)


def test_the_way_of_a_requirement_has_ten_steps_and_each_names_its_code() -> None:
    way = MAP.read_text().split("## The way of one requirement line")[1].split("\n## ")[0]
    steps = re.findall(r"^\| (\d+) \|.*\| (.*) \|$", way, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, 11))
    assert all(paths_and_names(where) for _, where in steps)


def test_the_map_has_every_package_with_the_first_line_of_its_docstring() -> None:
    listed = dict(re.findall(r"^\| \**`([\w/]+)`\** \| (.*) \|$", MAP.read_text(), re.MULTILINE))
    assert listed == {
        str(file.parent.relative_to(ROOT)): (ast.get_docstring(ast.parse(file.read_text())) or "").splitlines()[0]
        for top in PRODUCT
        for file in (ROOT / top / "__init__.py", *(ROOT / top).glob("*/__init__.py"))
    }


def test_the_table_of_arrows_in_the_design_is_the_one_that_is_tested() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", DESIGN.read_text(), re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", imported)) for name, imported in rows} == {
        name: set(imported) for name, imported in ARROWS.items()
    }


@pytest.mark.parametrize(("path", "name"), paths_and_names(DESIGN.read_text()))
def test_every_path_of_the_design_exists(path: str, name: str) -> None:
    places = [ROOT / path, ROOT / "builder_lambda" / path]
    found = [place for place in places if place.exists()]
    assert found
    assert not name or is_defined(found[0], name)


def test_the_glossary_has_only_terms_that_the_code_uses() -> None:
    code = "\n".join(path.read_text() for top in PRODUCT for path in (ROOT / top).rglob("*.py")).lower()
    terms = [
        term.strip()
        for cell in re.findall(r"^\| ([^|]+) \| ", GLOSSARY.read_text().split(UNUSED)[0], re.MULTILINE)
        for term in cell.split(",")
        if cell != "term"
    ]
    assert len(terms) > 30
    unused = [term for term in terms if not re.search(rf"\b{term.replace(' ', '[ _-]?')}s?\b", code)]
    assert unused == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_uses_a_word_that_the_glossary_replaces(page: Path) -> None:
    cells = re.findall(r"^\| ([^|]+) \| ", GLOSSARY.read_text().split(UNUSED)[1], re.MULTILINE)
    words = [word.strip() for cell in cells[1:] for word in cell.split(",")]
    assert len(words) > 5
    prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)
    assert [word for word in words if re.search(rf"\b{word}s?\b", prose, re.IGNORECASE)] == []
