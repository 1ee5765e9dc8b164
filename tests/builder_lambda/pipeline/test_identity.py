"""The same bytes on every machine: one layer, built under Pythons and circumstances that must not matter.

Each case is a process of its own that changes one circumstance; all must come to what the first came to.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uv

from builder_lambda.bytecode.interpreter import find_interpreter
from builder_lambda.errors.builder_function import InterpreterMissing

pytestmark = pytest.mark.index

ROOT = Path(__file__).parents[3]
PINS = ROOT / "builder_lambda" / "requirements.txt"
REQUIREMENTS = ["PyYAML==6.0.3", "charset-normalizer==3.5.2", "markupsafe==3.0.3", "idna==3.20"]
ASKED: dict[str, object] = {
    "runtime": "python3.12",
    "architecture": "x86_64",
    "requirements": REQUIREMENTS,
    "jobs": 2,
    "options": {"slim": "small"},
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One circumstance that differs from the first build's."""

    host: str = f"{sys.version_info[0]}.{sys.version_info[1]}"
    environ: dict[str, str] = field(default_factory=dict)
    asked: dict[str, object] = field(default_factory=dict)
    other_folder: bool = False
    other_user: bool = False
    """In a name space of its own, since what this user has installed need not be open to another."""
    before: Callable[[Path], None] | None = None
    """Done to the folder of caches, which was then filled by an earlier build."""


AS_SOMEBODY = ("unshare", "--user", "--map-user=4711", "--map-group=4711")


def forget_results(folder: Path) -> None:
    for name in ("results", "archives"):
        shutil.rmtree(folder / name)


def spoil_caches(folder: Path) -> None:
    """Cut short what is in the caches, one way or another."""
    forget_results(folder)
    spoiled = [path for name in ("fragments", "wheels") for path in (folder / name).rglob("*") if path.is_file()]
    assert len(spoiled) >= 2 * len(REQUIREMENTS), "nothing is tested where nothing was cached"
    for number, path in enumerate(sorted(spoiled)):
        content = path.read_bytes()
        path.write_bytes((b"", content[:-20], content[: len(content) // 2])[number % 3])


CASES = {
    "Python 3.11": Case(host="3.11"),
    "Python 3.12": Case(host="3.12"),
    "Python 3.13": Case(host="3.13"),
    "hash seed": Case(environ={"PYTHONHASHSEED": "4711"}),
    "time zone and locale": Case(environ={"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
    "plain locale": Case(environ={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "settings of Python": Case(
        environ={"PYTHONOPTIMIZE": "2", "PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": "9"}
    ),
    "working folder": Case(other_folder=True),
    "user and rights of new files": Case(other_user=True, environ={"USER": "somebody", "LOGNAME": "somebody"}),
    "one job": Case(asked={"jobs": 1}),
    "order of requirements": Case(asked={"requirements": REQUIREMENTS[::-1]}),
    "warm caches": Case(before=forget_results),
    "damaged caches": Case(before=spoil_caches),
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module of one's own; its folder's place and its files' times must not matter either."""
    folder = tmp_path_factory.mktemp("own") / "shared"
    folder.mkdir()
    (folder / "__init__.py").write_text("CHOICES = {'a', 'b', 'c'}\n\n\ndef is_one(x):\n    return x in {'d', 'e'}\n")
    return folder


def python_of(host: str, pytestconfig: pytest.Config) -> Path:
    """Return an interpreter of this version with what the builder needs, made once and kept with pytest's cache."""
    if host == Case.host:
        return Path(sys.executable)
    try:
        found = find_interpreter(host)
    except InterpreterMissing:
        pytest.skip(f"Python {host} is not on this machine")
    key = hashlib.sha256(PINS.read_bytes() + found.version.encode()).hexdigest()[:16]
    assert pytestconfig.cache is not None
    venv = pytestconfig.cache.mkdir("identity-venvs") / f"{host}-{key}"
    python = venv / "bin" / "python"
    if not (venv / "complete").exists():
        tool = uv.find_uv_bin()
        subprocess.run([tool, "venv", "--quiet", "--clear", "--python", found.path, venv], check=True)
        install: list[str | Path] = [tool, "pip", "install", "--quiet", "--python", python]
        subprocess.run([*install, "--require-hashes", "-r", PINS], check=True)
        (venv / "complete").touch()
    return python


def built(case: Case, folder: Path, module: Path, python: Path) -> dict[str, object]:
    """Build in a process of its own, check that the archive is what it is said to be, and return its identity."""
    if case.before is not None:
        built(Case(), folder, module, python)
        case.before(folder)
    if case.other_folder:
        module = shutil.copytree(module, folder / "elsewhere" / module.name)
    program = Path(__file__).with_name("build_once.py")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    asked = {**ASKED, "module": str(module), **case.asked}
    words: list[str | Path] = [python, program, folder, json.dumps(asked)]
    if case.other_user:
        words = [*AS_SOMEBODY, "sh", "-c", 'umask 077; test "$(id -u)" = 4711 && exec "$@"', "sh", *words]
    run = subprocess.run(
        words,
        cwd=folder.parent if case.other_folder else ROOT,
        env={**environ, "PYTHONPATH": str(ROOT), **case.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    digest = hashlib.sha256(Path(answer["archive"]).read_bytes()).digest()
    assert answer["identity"]["code_sha256"] == base64.b64encode(digest).decode()
    identity: dict[str, object] = answer["identity"]
    return identity


@pytest.fixture(scope="module")
def expected(module: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    try:
        find_interpreter("3.12")
    except InterpreterMissing:
        pytest.skip("Python 3.12, which the layer is compiled for, is not on this machine")
    return built(Case(), tmp_path_factory.mktemp("first") / "store", module, Path(sys.executable))


@pytest.mark.parametrize("name", CASES)
def test_layer_is_the_same_whatever_the(
    name: str, expected: dict[str, object], module: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    case = CASES[name]
    if case.other_user and subprocess.run([*AS_SOMEBODY, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine gives no user name spaces, so that there is no other user")
    assert built(case, tmp_path / "store", module, python_of(case.host, pytestconfig)) == expected


def test_what_does_matter_does(expected: dict[str, object], module: Path, tmp_path: Path) -> None:
    """Else all of the above could be equal because nothing is compared."""
    other = built(Case(asked={"options": {"slim": "none"}}), tmp_path / "store", module, Path(sys.executable))
    assert other["lock_sha256"] == expected["lock_sha256"]
    assert other["content_hash"] != expected["content_hash"]
    assert other["code_sha256"] != expected["code_sha256"]
