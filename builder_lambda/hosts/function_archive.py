"""The code archive of the builder function, made by the code that is in it.

The same bytes on every machine: pinned wheels, and of this package the modules that the handler reaches.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from builder_lambda import PLACES
from builder_lambda.archive.archive import Archive
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.targets import ARCHITECTURES, RUNTIMES
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.distributions.wheel_layout import installed_entries
from builder_lambda.errors.options import UnsupportedTarget
from builder_lambda.hosts.entries import MODULES
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.locks.selection import check_hashes, select_wheels
from builder_lambda.pipeline.results import BUILDER_VERSION
from builder_lambda.ports.version_query import VersionQuery
from builder_lambda.requirements.files import read_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import Ports

_PACKAGE = "builder_lambda"
_SOURCE = Path(__file__).parent.parent
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


def deployed_modules() -> tuple[str, ...]:
    """Return the files that the entries use at any depth, as sorted paths relative to this package."""
    found, waiting = set[str](), [module.removeprefix(f"{_PACKAGE}.") for module in MODULES]
    while waiting:
        path = _path_of(waiting.pop())
        if path is not None and path not in found:
            found.add(path)
            waiting += _parents(path)
            waiting += _used_by(path)
    return tuple(sorted(found))


def _path_of(module: str) -> str | None:
    """Return the file of a module or package, relative to this package; ``None`` if it is a name inside a module."""
    stem = module.replace(".", "/")
    candidates = (f"{stem}.py", f"{stem}/__init__.py") if stem else ("__init__.py",)
    return next((path for path in candidates if (_SOURCE / path).is_file()), None)


def _parents(path: str) -> Iterator[str]:
    """Yield the packages that Python imports before the module."""
    yield from (".".join(folder.parts) for folder in PurePosixPath(path).parents)


def _used_by(path: str) -> Iterator[str]:
    """Yield what a module uses at run time: what it imports, and a script beside it that it runs."""
    folder = PurePosixPath(path).parent
    for node in _at_run_time(ast.parse((_SOURCE / path).read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] == _PACKAGE:
                within = module.partition(".")[2]
                yield within
                yield from (f"{within}.{name.name}".removeprefix(".") for name in names)
                if not within:
                    yield from (PLACES[name.name] for name in names if name.name in PLACES)
            case ast.Import(names=names):
                yield from (name.name.partition(".")[2] for name in names if name.name.partition(".")[0] == _PACKAGE)
            case ast.Constant(value=str(value)) if value.endswith("_worker.py"):
                yield ".".join((*folder.parts, value.removesuffix(".py")))


def _at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node but those of imports for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _at_run_time(node)


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
    indexes = ports.open_indexes(IndexOptions())
    wheels = select_wheels(indexes.resolver.resolve(VersionQuery(requirements=pins, target=target)), target)
    hashes = pins.hashes(target.environment)
    unpinned = sorted({wheel.name for wheel in wheels} - hashes.keys())
    if unpinned:
        raise RuntimeError(f"requirements.txt of the builder lacks pins for {unpinned}")
    check_hashes(wheels, hashes)
    fetched = indexes.wheels.fetch(wheels)
    files = [WheelFile(wheel.filename, content) for wheel, content in zip(wheels, fetched, strict=True)]
    distributions = [installed_entries(file, interpreter=target.interpreter) for file in files]
    return Archive.merge([own, *distributions], prefix="")
