import base64
import hashlib
from pathlib import Path

import pytest

from builder_lambda.errors.archives import UnreadableArchive
from builder_lambda.inspection.contents import LayerContents, PartContents
from builder_lambda.inspection.reading import read_layer
from tests.builder_lambda.layer_zip import (
    AARCH64,
    CHECKED,
    MAGIC_311,
    TIMESTAMP,
    UNCHECKED,
    X86_64,
    distribution,
    elf,
    pyc,
    write_layer,
)

WEB = distribution("web", "1.0", {"web/__init__.py": b"x = 1\n", "bin/web": b"#!\n"})
CORE = distribution("core", "2.0", {"core.py": b"y = 2\n" * 50, "_core.abi3.so": elf(X86_64)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "layer.zip"


def read(path: Path, *parts: dict[str, bytes]) -> LayerContents:
    return read_layer(write_layer(path, *parts))


def part_of(contents: LayerContents, name: str) -> PartContents:
    (part,) = [part for part in contents.parts if part.name == name]
    return part


def test_distributions_are_told_with_their_sizes(path: Path) -> None:
    contents = read(path, WEB, CORE)

    assert [part.title for part in contents.distributions] == ["core 2.0", "web 1.0"]
    assert contents.others == ()
    web = part_of(contents, "web")
    assert (web.files, web.unpacked_bytes) == (4, sum(map(len, WEB.values())))
    assert contents.files == len(WEB) + len(CORE)
    assert contents.unpacked_bytes == sum(map(len, [*WEB.values(), *CORE.values()]))
    assert contents.size_bytes == path.stat().st_size
    assert sum(part.size_bytes for part in contents.parts) < contents.size_bytes
    assert contents.code_sha256 == base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    assert (contents.layout, contents.warnings) == ("python", ())
    assert contents.share_of_limit == contents.unpacked_bytes / 262_144_000


def test_bytecode_belongs_to_the_distribution_of_its_source(path: Path) -> None:
    files = {"python/web/__pycache__/__init__.cpython-313.pyc": pyc(UNCHECKED)}
    files["python/__pycache__/core.cpython-313.pyc"] = pyc(CHECKED)

    contents = read(path, WEB, CORE, files)

    assert contents.others == ()
    web, core = part_of(contents, "web").bytecode, part_of(contents, "core").bytecode
    assert (web.state, web.pythons, web.compiled, web.sources) == ("unchecked", ("3.13",), 1, 1)
    assert core.state == "checked"


@pytest.mark.parametrize(
    ("files", "state", "pythons"),
    [
        ([], "none", ()),
        ([pyc(UNCHECKED)], "unchecked", ("3.13",)),
        ([pyc(TIMESTAMP)], "timestamp", ("3.13",)),
        ([pyc(TIMESTAMP), pyc(UNCHECKED, MAGIC_311)], "mixed", ("3.11", "3.13")),
        ([pyc(UNCHECKED, 3999)], "unchecked", ("unknown",)),
        ([b"too short"], "damaged", ()),
        ([b"x" * 40], "damaged", ()),
    ],
)
def test_the_state_of_bytecode_is_read_off_its_headers(
    path: Path, files: list[bytes], state: str, pythons: tuple[str, ...]
) -> None:
    compiled = {f"python/web/__pycache__/m{number}.cpython-313.pyc": content for number, content in enumerate(files)}

    bytecode = part_of(read(path, WEB, compiled), "web").bytecode

    assert (bytecode.state, bytecode.pythons, bytecode.compiled) == (state, pythons, len(files))


def test_bytecode_that_depends_on_dates_is_warned_of(path: Path) -> None:
    contents = read(path, WEB, {"python/web/__pycache__/__init__.cpython-313.pyc": pyc(TIMESTAMP)})

    assert contents.warnings == (
        "bytecode is tied to the dates of its sources (1 file); Lambda will most likely compile them again",
    )


@pytest.mark.parametrize(
    ("name", "head", "machine", "python"),
    [
        ("a.cpython-313-x86_64-linux-gnu.so", elf(X86_64), "x86_64", "3.13"),
        ("a.abi3.so", elf(AARCH64), "aarch64", None),
        ("libz.so.1.2", elf(AARCH64), "aarch64", None),
        ("a.so", elf(3), "i386", None),
        ("a.so", elf(8, order=">"), "ELF machine 8", None),
        ("a.cpython-311-darwin.so", b"\xcf\xfa\xed\xfe" + bytes(30), "macOS", "3.11"),
        ("a.cp310-win_amd64.pyd", b"MZ" + bytes(30), "Windows", "3.10"),
        ("a.so", b"INPUT ( libz.so.1 )", "unknown", None),
    ],
)
def test_native_libraries_are_told_with_their_machine(
    path: Path, name: str, head: bytes, machine: str, python: str | None
) -> None:
    contents = read(path, distribution("web", "1.0", {f"web/{name}": head}))

    (library,) = part_of(contents, "web").native
    assert (library.path, library.machine, library.python) == (f"python/web/{name}", machine, python)


def test_libraries_that_lambda_cannot_load_are_warned_of(path: Path) -> None:
    libraries = {"w/a.so": elf(X86_64), "w/b.so": elf(AARCH64), "w/c.so": b"\xcf\xfa\xed\xfe" + bytes(30)}

    contents = read(path, distribution("w", "1.0", libraries))

    assert contents.machines == ("aarch64", "macOS", "x86_64")
    assert contents.warnings == (
        "Lambda cannot load its libraries for macOS",
        "it mixes libraries for x86_64 and aarch64; a function can load only one kind",
    )


def test_the_versioned_folder_is_a_layout_too(path: Path) -> None:
    root = "python/lib/python3.12/site-packages/"

    contents = read(path, distribution("web", "1.0", {"web/__init__.py": b""}, root=root))

    assert (contents.layout, [part.title for part in contents.parts]) == ("site-packages", ["web 1.0"])


def test_an_archive_without_the_folder_is_warned_of(path: Path) -> None:
    contents = read_layer(_write_flat(path))

    assert contents.layout == "none"
    assert contents.warnings == (
        "nothing is below python/: Lambda's import path finds it in a deployment package, not in a layer",
    )
    assert [part.title for part in contents.parts] == ["web 1.0"]


def _write_flat(path: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        for name, content in distribution("web", "1.0", {"web/__init__.py": b""}, root="").items():
            archive.writestr(name, content)
    return path


def test_what_no_distribution_lists_is_told_by_its_place(path: Path) -> None:
    files = {"python/web/added.py": b"", "python/mine/a.py": b"12", "python/mine/b.py": b"", "python/one.py": b""}

    contents = read(path, WEB, files, {"lib/libx.so": elf(X86_64), "README": b"text"})

    assert part_of(contents, "web").files == 5, "a file in a folder that only web uses is web's"
    others = [(part.name, part.version, part.files) for part in contents.others]
    assert others == [("README", None, 1), ("lib/", None, 1), ("python/mine/", None, 2), ("python/one.py", None, 1)]


def test_distributions_without_record_are_found_by_their_names(path: Path) -> None:
    dateutil = distribution("python-dateutil", "2.9", {"dateutil/__init__.py": b""}, record=False)
    yaml = distribution("PyYAML", "6.0", {"yaml/__init__.py": b""}, record=False)
    yaml["python/PyYAML-6.0.dist-info/top_level.txt"] = b"_yaml\nyaml\n"
    extensions = distribution("typing-extensions", "4.1", {"typing_extensions.py": b""}, record=False)
    libraries = {"python/numpy.libs/libz.so": elf(X86_64)}
    numpy = distribution("numpy", "2.0", {"numpy/__init__.py": b""}, record=False)
    compiled = {"python/__pycache__/typing_extensions.cpython-313.pyc": pyc(UNCHECKED)}

    contents = read(path, dateutil, yaml, extensions, numpy, libraries, compiled)

    assert contents.others == ()
    found = {part.name: part.files for part in contents.distributions}
    assert found == {"numpy": 3, "python-dateutil": 2, "pyyaml": 3, "typing-extensions": 3}


def test_a_distribution_that_is_there_twice_is_warned_of(path: Path) -> None:
    contents = read(path, WEB, distribution("web", "0.9", {"web/old.py": b""}))

    assert [part.title for part in contents.distributions] == ["web 0.9", "web 1.0"]
    assert contents.warnings == ("web is in it 2 times; its files cannot be told apart",)


def test_other_content_has_another_digest_and_other_dates_have_not(path: Path, tmp_path: Path) -> None:
    first = part_of(read(path, WEB), "web").digest

    assert part_of(read(tmp_path / "same.zip", dict(reversed(WEB.items()))), "web").digest == first
    changed = WEB | {"python/web/__init__.py": b"x = 2\n"}
    assert part_of(read(tmp_path / "other.zip", changed), "web").digest != first


def test_what_is_no_archive_is_told(path: Path) -> None:
    path.write_text("hello")

    with pytest.raises(UnreadableArchive) as caught:
        read_layer(path)

    assert str(caught.value) == (
        f"unreadable-archive: the archive {str(path)!r} cannot be read: File is not a zip file\n"
        "  likely cause: it is not a zip archive, or it was truncated or changed in transit\n"
        "  what to do: give the path of a layer archive, or download or build it again"
    )


def test_an_archive_with_a_damaged_member_is_told(path: Path) -> None:
    write_layer(path, WEB)
    content = bytearray(path.read_bytes())
    start = content.index(b"METADATA") + len("METADATA")
    content[start : start + 30] = bytes(30)
    path.write_bytes(content)

    with pytest.raises(UnreadableArchive):
        read_layer(path)


def test_a_path_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(UnreadableArchive, match="No such file"):
        read_layer(path)
