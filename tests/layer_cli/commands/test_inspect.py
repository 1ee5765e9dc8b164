from tests.builder_lambda.layer_zip import TIMESTAMP, UNCHECKED, X86_64, distribution, elf, pyc, write_layer
from tests.layer_cli.shell import Shell

WEB = distribution("web", "1.0", {"web/__init__.py": b"x = 1\n" * 400, "web/a.so": elf(X86_64)})
WEB["python/web/__pycache__/__init__.cpython-313.pyc"] = pyc(UNCHECKED)
CORE = distribution("core", "2.0", {"core.py": b"y = 2\n", "other.py": b""})
CORE["python/__pycache__/core.cpython-313.pyc"] = pyc(TIMESTAMP)


def test_the_contents_of_an_archive_are_shown(shell: Shell) -> None:
    write_layer(shell.folder / "layer.zip", WEB, CORE, {"python/mine/a.txt": b"text"})

    result = shell.run("inspect", "layer.zip")

    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        "layer.zip: python/, x86_64, CodeSha256 t6GsglH7F9Xw4+GlJiYQ58P3sSfhOZMEDSP++B//E7s=",
        "",
        "package       version  bytecode             native    files     packed   unpacked  of limit",
        "─" * 91,
        "core          2.0      stale 3.13 (1 of 2)  -             5  170 bytes  170 bytes     <0.1%",
        "web           1.0      valid 3.13           1 x86_64      5     2.6 kB     2.6 kB     <0.1%",
        "python/mine/  -        -                    -             1    4 bytes    4 bytes     <0.1%",
        "",
        "total                                                    11     4.3 kB     2.8 kB     <0.1%",
        "Lambda allows 262.1 MB unpacked for a function with all its layers.",
        "warning: bytecode is tied to the dates of its sources (1 file); Lambda will most likely compile them again",
    ]


def test_json_has_the_contents_and_more(shell: Shell) -> None:
    write_layer(shell.folder / "layer.zip", WEB)

    result = shell.json("inspect", "layer.zip")

    (web,) = result.pop("distributions")
    assert (web.pop("size_bytes") > 0, result.pop("size_bytes") > 0, len(result.pop("code_sha256"))) == (True, True, 44)
    unpacked = sum(map(len, WEB.values()))
    assert web == {
        "name": "web",
        "version": "1.0",
        "files": 5,
        "unpacked_bytes": unpacked,
        "bytecode": {"state": "unchecked", "pythons": ["3.13"], "compiled": 1, "sources": 1},
        "native": [{"path": "python/web/a.so", "machine": "x86_64", "python": None}],
    }
    assert result == {
        "archive": "layer.zip",
        "unpacked_bytes": unpacked,
        "limit_bytes": 262_144_000,
        "share_of_limit": round(unpacked / 262_144_000, 6),
        "files": 5,
        "layout": "python",
        "machines": ["x86_64"],
        "others": [],
        "warnings": [],
    }


def test_a_file_that_is_not_an_archive_ends_with_1(shell: Shell) -> None:
    shell.write("layer.zip", "hello")

    result = shell.run("inspect", "layer.zip")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "unreadable-archive: the archive 'layer.zip' cannot be read: File is not a zip file\n"
    )


def test_names_in_an_archive_are_not_read_as_markup(shell: Shell) -> None:
    write_layer(shell.folder / "layer.zip", {"python/[red]x.txt": b""})

    assert "python/[red]x.txt" in shell.run("inspect", "layer.zip").stdout
