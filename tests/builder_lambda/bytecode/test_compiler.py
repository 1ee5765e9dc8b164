"""Bytecode is valid on arrival, and the same bytes however and wherever it is compiled."""

import json
import random
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.bytecode.compiler import BytecodeCompiler, batches, bytecode_path
from builder_lambda.bytecode.interpreter import Interpreter, find_interpreter
from builder_lambda.ports.compiled import Bytecode, NotCompiled, Source
from tests.builder_lambda.interpreters import VERSIONS, interpreter_or_skip

DELICATE = (
    # Everything that is known to make marshal write other bytes in another process: sets (by hash, by address, shared
    # or not), strings of one letter, names that the interpreter or a neighbour also has.
    b"def f(x, engine='cython'):\n    return x in {'engine', 'min_count', 'engine_kwargs'}\n",
    b"def g(x):\n    return x in {'engine', 'min_count', 'kwargs'} or x in {'engine', 'min_count', 'kwargs'}\n",
    b"def h(x):\n    return x in {None, 'a', 1, 2.5, (None, 'b')} and x not in {..., None, b'z', 'decimal'}\n",
    b"import decimal\nSEPARATORS = ['}', ';', '_', ',']\ndef append(decimal, hypothesis): return f'{decimal}}}'\n",
    b"class A:\n    def names(self): return 'engine', 'min_count', '}', {1, True + 0, 'append'}\n",
    b"x in {1, 2, 3} or x in {1.0, 2, 3} or x in {True, 2, 3}\n",
    b"def k(x):\n    return [x in {'decimal', '}'} for y in {'engine', None}]\n",
)

MOUNTED_AT = "/opt/python/"


def delicate_sources() -> list[Source]:
    return [Source(f"package/module_{number}.py", content) for number, content in enumerate(DELICATE)]


@pytest.fixture(scope="module", params=VERSIONS)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    return interpreter_or_skip(request.param)


@pytest.fixture(scope="module")
def own_interpreter() -> Interpreter:
    return find_interpreter(f"{sys.version_info.major}.{sys.version_info.minor}")


def compile_one(interpreter: Interpreter, *sources: Source, prefix: str = MOUNTED_AT) -> Bytecode:
    with BytecodeCompiler(interpreter, prefix=prefix) as compiler:
        return compiler.compile(sources)


def run(interpreter: Interpreter, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([interpreter.path, *arguments], capture_output=True, text=True, check=True, cwd=cwd)


def test_the_runtime_loads_the_bytecode_and_never_looks_at_the_source(interpreter: Interpreter, tmp_path: Path) -> None:
    compiled = compile_one(interpreter, Source("demo.py", b"ORIGIN = 'bytecode'\n"))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / compiled.files[0].path).write_bytes(compiled.files[0].content)
    (tmp_path / "demo.py").write_bytes(b"ORIGIN = 'another source, of another time'\n")

    done = run(interpreter, "-B", "-v", "-c", "import demo; print(demo.ORIGIN)", cwd=tmp_path)

    assert done.stdout == "bytecode\n"
    assert f"# {tmp_path / compiled.files[0].path} matches {tmp_path / 'demo.py'}" in done.stderr


def test_the_header_says_unchecked_and_has_the_hash_of_the_source(interpreter: Interpreter, tmp_path: Path) -> None:
    content = b"VALUE = 1\n"
    compiled = compile_one(interpreter, Source("demo.py", content)).files[0].content
    program = (
        "import importlib.util as u, json, sys\n"
        f"print(json.dumps([u.MAGIC_NUMBER.hex(), u.source_hash({content!r}).hex()]))"
    )
    magic, digest = json.loads(run(interpreter, "-c", program, cwd=tmp_path).stdout)

    assert compiled[:16].hex() == f"{magic}01000000{digest}"


@pytest.mark.parametrize("prefix", [MOUNTED_AT, "/opt/python/lib/python3.13/site-packages/", "/var/task/"])
def test_bytecode_names_the_path_at_run_time(interpreter: Interpreter, tmp_path: Path, prefix: str) -> None:
    compiled = compile_one(interpreter, Source("pack\u00e4ge/demo.py", b"def f(): pass\n"), prefix=prefix)
    (tmp_path / "demo.pyc").write_bytes(compiled.files[0].content)
    program = (
        "import json, marshal\ncode = marshal.loads(open('demo.pyc', 'rb').read()[16:])\n"
        "print(json.dumps([code.co_filename, code.co_consts[0].co_filename]))"
    )

    assert json.loads(run(interpreter, "-c", program, cwd=tmp_path).stdout) == [f"{prefix}pack\u00e4ge/demo.py"] * 2


def test_sets_and_names_keep_their_meaning(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    source = (
        b"def f(x):\n"
        b"    return x in {None, 'a', 1, 2.5, (None, 'b'), b'c', 'd\\xe9', 10**20, True, ...}\n"
        b"def g(x):\n    return x in {1.0, 2} or x in {None, 'e'}\n"
    )
    compiled = compile_one(interpreter, Source("demo.py", source)).files[0]
    (tmp_path / compiled.path).write_bytes(compiled.content)
    (tmp_path / "demo.py").touch()
    program = (
        "import demo\nprint([demo.f(x) for x in (None, 'a', 1, 2.5, (None, 'b'), b'c', 'd\\xe9', 10**20, True, ...)])\n"
        "print(demo.f('b'), demo.f(()), demo.g(1), demo.g(None), demo.g('e'), demo.g('f'))"
    )

    done = run(interpreter, "-c", program, cwd=tmp_path)

    assert done.stdout == f"{[True] * 10}\nFalse False True True True False\n"


def test_a_file_gives_the_same_bytes_whatever_is_compiled_with_it(interpreter: Interpreter) -> None:
    sources = delicate_sources()
    together = compile_one(interpreter, *sources)
    alone = [compile_one(interpreter, source).files[0] for source in sources]
    backwards = [Source(f"package/module_{9 - number}.py", content) for number, content in enumerate(DELICATE)]

    assert not together.not_compiled
    assert list(together.files) == alone
    # Another order within a process, told by the code behind the path: paths differ in one digit only.
    swapped = compile_one(interpreter, *backwards)
    assert sorted(_without_number(file.content) for file in swapped.files) == sorted(
        _without_number(file.content) for file in together.files
    )


def _without_number(content: bytes) -> bytes:
    start = content.index(b"package/module_") + len(b"package/module_")
    return content[:start] + content[start + 1 :]


def test_bytes_depend_on_neither_batches_nor_order_nor_environment(
    interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = [Source(f"two/{number:03}.py", f"V = {{'v{number}', None}}\n".encode()) for number in range(60)]
    sources = [*delicate_sources(), *small]
    expected = compile_one(interpreter, *sources)

    monkeypatch.chdir(tmp_path)
    for name, value in {
        "PYTHONHASHSEED": "77",
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C",
        "PYTHONPATH": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "struct.py").write_text("raise SystemExit('the working folder must not be imported from')")
    shuffled = random.Random(5).sample(sources, len(sources))  # noqa: S311 - any order does
    with BytecodeCompiler(interpreter, prefix=MOUNTED_AT) as compiler:
        parts = [compiler.compile(shuffled[start : start + 17]) for start in range(0, 67, 17)]

    assert compile_one(interpreter, *shuffled) == expected
    assert sorted(file for each in parts for file in each.files) == sorted(expected.files)


@given(st.dictionaries(st.text(min_size=1), st.integers(min_value=0, max_value=2_000_000), max_size=300))
def test_batches_hold_every_source_once_and_stay_small(sizes: dict[str, int]) -> None:
    found = batches(sizes)

    assert [path for batch in found for path in batch] == sorted(sizes)
    for batch in found:
        assert 1 <= len(batch) <= 100
        assert len(batch) == 1 or sum(sizes[path] for path in batch) <= 1_500_000


def test_a_copy_of_the_builder_in_another_place_gives_the_same_bytes(
    own_interpreter: Interpreter, tmp_path: Path
) -> None:
    package = Path(__file__).parents[3] / "builder_lambda"
    shutil.copytree(package, tmp_path / "builder_lambda", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "import sys\n"
        "from builder_lambda.bytecode.compiler import *\n"
        "from builder_lambda.bytecode.interpreter import *\n"
        f"interpreter = Interpreter(path={own_interpreter.path!r}, version={own_interpreter.version!r})\n"
        f"with BytecodeCompiler(interpreter, prefix={MOUNTED_AT!r}) as compiler:\n"
        f"    found = compiler.compile([Source('a.py', {DELICATE[2]!r})])\n"
        "sys.stdout.write(found.files[0].content.hex())"
    )

    done = run(own_interpreter, "-c", program, cwd=tmp_path)

    assert bytes.fromhex(done.stdout) == compile_one(own_interpreter, Source("a.py", DELICATE[2])).files[0].content


def test_sources_that_do_not_compile_are_left_out_with_the_reason(
    interpreter: Interpreter, capfd: pytest.CaptureFixture[str]
) -> None:
    compiled = compile_one(
        interpreter,
        Source("good.py", b"pattern = '\\d' is 'x'\n"),  # two warnings
        Source("python2.py", b"x = 1\nprint 'hello'\n"),
        Source("zero.py", b"x = '\0'\n"),
        Source("latin.py", b"# -*- coding: no-such-codec -*-\n"),
    )

    assert [file.path for file in compiled.files] == [bytecode_path("good.py", interpreter.cache_tag)]
    assert [failure.path for failure in compiled.not_compiled] == ["latin.py", "python2.py", "zero.py"]
    assert compiled.not_compiled[0].reason.startswith(
        ("encoding problem: no-such-codec", "unknown encoding: no-such-codec")
    )
    assert compiled.not_compiled[1].reason.startswith("Missing parentheses in call to 'print'")
    assert compiled.not_compiled[1].reason.endswith("(line 2)")
    assert "null bytes" in compiled.not_compiled[2].reason
    assert capfd.readouterr() == ("", "")


def test_encodings_and_byte_order_marks_are_read_as_on_import(interpreter: Interpreter) -> None:
    compiled = compile_one(
        interpreter,
        Source("bom.py", b"\xef\xbb\xbfx = 1\r\n"),
        Source("latin.py", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"),
        Source("empty.py", b""),
    )

    assert not compiled.not_compiled
    assert len(compiled.files) == 3


def test_a_very_large_source_goes_through(own_interpreter: Interpreter) -> None:
    content = b"X = '" + b"x" * 20_000_000 + b"'\n"

    assert compile_one(own_interpreter, Source("large.py", content), Source("small.py", b"")).size > 20_000_000


def test_a_source_that_crashes_the_compiler_fails_alone(own_interpreter: Interpreter, tmp_path: Path) -> None:
    fragile = tmp_path / "python"
    fragile.write_text(
        f"#!{own_interpreter.path}\nimport builtins, os, runpy, sys\n"
        "as_it_was = compile\n"
        "def fragile(source, *words, **options):\n"
        "    return os.abort() if b'CRASH' in source else as_it_was(source, *words, **options)\n"
        "builtins.compile = fragile\n"
        "runpy.run_path(sys.argv[-1], run_name='__main__')\n"
    )
    fragile.chmod(fragile.stat().st_mode | stat.S_IXUSR)
    sources = [Source("a.py", b"A = 1"), Source("b.py", b"B = 'CRASH'"), Source("c.py", b"C = 1")]

    compiled = compile_one(Interpreter(path=str(fragile), version=own_interpreter.version), *sources)

    assert compiled.not_compiled == (NotCompiled(path="b.py", reason="the compiler ended with status -6"),)
    assert compiled.files == compile_one(own_interpreter, sources[0], sources[2]).files


def test_files_are_named_as_the_import_system_looks_for_them() -> None:
    assert bytecode_path("module.py", "cpython-313") == "__pycache__/module.cpython-313.pyc"
    assert bytecode_path("a/b.c.py", "cpython-39") == "a/__pycache__/b.c.cpython-39.pyc"


def test_no_sources_give_no_bytecode(own_interpreter: Interpreter) -> None:
    assert compile_one(own_interpreter) == Bytecode(files=(), not_compiled=())


@pytest.mark.parametrize("prefix", ["opt/python/", "/opt/python", ""])
def test_a_prefix_that_is_not_a_folder_is_refused(own_interpreter: Interpreter, prefix: str) -> None:
    with pytest.raises(ValueError, match="must begin and end with a slash"):
        compile_one(own_interpreter, prefix=prefix)
