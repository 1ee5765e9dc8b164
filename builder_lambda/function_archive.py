"""The code archive of the builder function, made by the code that is in it.

The same bytes on every machine: pinned wheels, and of this package the modules that the handler reaches.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda import PLACES
from builder_lambda.archive import Archive
from builder_lambda.archive_entry import ArchiveEntry
from builder_lambda.build import BUILDER_VERSION
from builder_lambda.errors import UnsupportedTarget
from builder_lambda.local_ports import local_ports
from builder_lambda.requirement_files import read_requirements
from builder_lambda.targets import ARCHITECTURES, RUNTIMES
from builder_lambda.wheel_file import WheelFile
from builder_lambda.wheel_layout import installed_entries
from builder_lambda.wheels import check_hashes, select_wheels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.ports import Ports
    from builder_lambda.targets import Target

_PACKAGE = "builder_lambda"
_SOURCE = Path(__file__).parent
_ENTRIES = ("handler", "source_handler", "container_entry", "codebuild_entry")
"""Where the code is entered: by Lambda in its two functions, and by containers and CodeBuild. All have one archive."""

_RUNTIMES = tuple(runtime for runtime in RUNTIMES if int(runtime.rpartition(".")[2]) >= 11)
"""The code itself needs Python 3.11; it builds layers for older runtimes all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionArchive:
    """The builder function's code, as a file."""

    path: Path
    sha256: str
    """Base64 of the sha256 of the file: Lambda's ``CodeSha256``, and Pulumi's ``source_code_hash``."""


def build_function_archive(target: Target, folder: Path, ports: Ports | None = None) -> FunctionArchive:
    """Return the code archive of a builder function that runs on ``target``, from ``folder`` if it is there.

    :param ports: what to resolve and fetch with; by default this machine's index, with caches below ``folder``.
    :raises UnsupportedTarget: if the builder cannot run on the target.
    :raises LayerError: if its requirements cannot be resolved or fetched.
    """
    if target.runtime not in _RUNTIMES:
        raise UnsupportedTarget(
            runtime=target.runtime,
            architecture=target.architecture,
            runtimes=_RUNTIMES,
            architectures=ARCHITECTURES,
            reason="the builder's own code needs Python 3.11; a builder of any runtime builds layers for all runtimes",
        )
    own = tuple(_own_entries())
    path = folder / f"builder-{target.slug}-{_key(target, own)[:32]}.zip"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        archive = _archive(target, own, ports or local_ports(folder))
        part = path.with_suffix(".part")
        with part.open("wb") as stream:
            archive.write(stream)
        part.replace(path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").digest()
    return FunctionArchive(path=path, sha256=base64.b64encode(digest).decode())


def deployed_modules(roots: Sequence[str] = _ENTRIES) -> tuple[str, ...]:
    """Return the modules of this package that ``roots`` use, at any depth, as file names in order."""
    found, waiting = set[str](), [*roots, "__init__"]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imported_modules(ast.parse((_SOURCE / f"{module}.py").read_text(encoding="utf-8")))
    return tuple(sorted(f"{module}.py" for module in found))


def _imported_modules(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of this package that are used at run time: imported, or named as a file to run.

    Imports for type checkers do not count.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith(f"{_PACKAGE}."):
                yield module.removeprefix(f"{_PACKAGE}.")
            case ast.ImportFrom(module=module, names=names) if module == _PACKAGE:
                yield from (PLACES[name.name] for name in names if name.name in PLACES)
            case ast.Import(names=names):
                within = (name.name for name in names if name.name.startswith(f"{_PACKAGE}."))
                yield from (name.removeprefix(f"{_PACKAGE}.") for name in within)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("_worker.py"):
            yield node.value.removesuffix(".py")
        yield from _imported_modules(node)


def _own_entries() -> Iterator[ArchiveEntry]:
    for name in deployed_modules():
        yield ArchiveEntry.of(f"{_PACKAGE}/{name}", (_SOURCE / name).read_bytes(), owner=_PACKAGE)


def _key(target: Target, own: tuple[ArchiveEntry, ...]) -> str:
    """Return what the archive is known by: own sources, pins, target, and the version of the code that lays it out."""
    parts = {
        "own": {entry.path: entry.sha256 for entry in own},
        "pins": hashlib.sha256((_SOURCE / "requirements.txt").read_bytes()).hexdigest(),
        "target": target.slug,
        "builder_version": BUILDER_VERSION,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _archive(target: Target, own: tuple[ArchiveEntry, ...], ports: Ports) -> Archive:
    pins = read_requirements(_SOURCE / "requirements.txt")
    wheels = select_wheels(ports.resolver.resolve(pins, target), target)
    hashes = pins.hashes(target.environment)
    unpinned = sorted({wheel.name for wheel in wheels} - hashes.keys())
    if unpinned:
        raise RuntimeError(f"requirements.txt of the builder lacks pins for {unpinned}")
    check_hashes(wheels, hashes)
    files = [WheelFile(wheel.filename, data) for wheel, data in zip(wheels, ports.index.fetch(wheels), strict=True)]
    distributions = [installed_entries(file, interpreter=target.interpreter) for file in files]
    return Archive.merge([own, *distributions], prefix="")
