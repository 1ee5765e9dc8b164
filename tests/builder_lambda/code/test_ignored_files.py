"""The rules of ``.gitignore`` files, compared with git itself."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder_lambda.code.folder import pack_code

NAMES = ("a", "b", "ab", "a.x", "b.y", "sp ace")
FOLDERS = st.lists(st.sampled_from(NAMES), max_size=3).map("/".join)
PARTS = st.sampled_from([*NAMES, "*", "**", "?", "a*", "*.x", "[ab]", "[!a]", "[a-b].?", r"sp\ ace", r"\a"])


@st.composite
def patterns(draw: st.DrawFn) -> str:
    parts = "/".join(draw(st.lists(PARTS, min_size=1, max_size=3)))
    negation, start = draw(st.sampled_from(["", "", "!"])), draw(st.sampled_from(["", "", "/"]))
    end = draw(st.sampled_from(["", "", "/", " "]))
    return f"{negation}{start}{parts}{end}"


LINES = st.lists(patterns() | st.sampled_from(["", "# comment", "*"]), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        yield Path(folder) / ".git"


def of_git(repository: Path, code: Path) -> list[str]:
    command = [
        "git",
        f"--git-dir={repository}",
        f"--work-tree={code}",
        "ls-files",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=code).stdout
    return _generated(listed.split("\0"))


def of_ours(code: Path) -> list[str]:
    (code / "app.py").write_text("")  # a folder without code is an error
    return _generated(pack_code(code, include=["/app.py"]).files)


def _generated(paths: Iterable[str]) -> list[str]:
    return sorted(path for path in paths if path and path != "app.py" and not path.endswith(".gitignore"))


@example(paths=["a/a.x/a"], ignores={"": ["[a-b].?", "!a"]})  # a rule for a folder says nothing of what is in it
@example(paths=["a/b"], ignores={"": ["a/**", "!b"]})  # everything in a folder is not the folder
@example(paths=["a/a/a"], ignores={"": ["a/a", "!*/"]})  # any folder, not only the outermost
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paths=st.lists(st.tuples(FOLDERS, st.sampled_from(NAMES)).map("/".join), min_size=1, max_size=8),
    ignores=st.dictionaries(FOLDERS, LINES, min_size=1, max_size=3),
)
def test_files_that_git_ignores_are_not_code(
    paths: list[str], ignores: Mapping[str, list[str]], repository: Path
) -> None:
    with tempfile.TemporaryDirectory() as name:
        code = Path(name)
        for path in paths:
            file = code / path.strip("/")
            if any(parent.is_file() for parent in file.parents) or file.exists():
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("")
        for folder, lines in ignores.items():
            if (code / folder).is_dir():
                (code / folder / ".gitignore").write_text("\n".join(lines))

        theirs = of_git(repository, code)
        assert of_ours(code) == theirs
