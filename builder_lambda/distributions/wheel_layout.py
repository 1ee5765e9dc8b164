"""Lay out the members of a wheel like an installer, and create the files that an installer creates.

Pure. The paths are those of ``pip install --target``: purelib, platlib and data are the root of the layer, scripts go
to ``bin/``, headers to ``include/<project>/``. Created files are the same on every machine and at any time. Rules:
"Binary distribution format" and "Recording installed projects" of the packaging specifications.
"""

from __future__ import annotations

import base64
import configparser
import csv
import io
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.member_paths import why_refused
from builder_lambda.errors.wheels import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder_lambda.distributions.wheel_file import WheelFile

_INSTALLER = b"python-layers\n"
_SIGNATURES = ("RECORD", "RECORD.jws", "RECORD.p7s")
"""RECORD is written again, which invalidates the signatures."""

_SCRIPT = """\
#!{interpreter}
import sys
from {module} import {name}
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit({attribute}())
"""


def installed_entries(wheel: WheelFile, *, interpreter: str) -> tuple[ArchiveEntry, ...]:
    """Return the files that installing ``wheel`` creates, ordered by path, with RECORD and INSTALLER.

    :param interpreter: the path in the first line of scripts.
    :raises InvalidWheel: if the wheel cannot be installed.
    """
    entries = {entry.path: entry for entry in _members(wheel, interpreter)}
    for path, content in _entry_point_scripts(wheel, interpreter):
        entries[path] = ArchiveEntry.of(path, content, owner=wheel.owner, mode=0o755)
    installer = ArchiveEntry.of(f"{wheel.dist_info}/INSTALLER", _INSTALLER, owner=wheel.owner)
    entries[installer.path] = installer
    return with_record(entries.values(), wheel.dist_info)


def with_record(
    entries: Iterable[ArchiveEntry], dist_info: str, *, compiled: Iterable[ArchiveEntry] = ()
) -> tuple[ArchiveEntry, ...]:
    """Return the entries of a distribution with the RECORD that lists them, ordered by path.

    :param compiled: bytecode. Like pip's, RECORD lists it without hashes, so that RECORD is the same for every patch
        release of the interpreter.
    """
    path = f"{dist_info}/RECORD"
    made = {entry.path: entry for entry in compiled}
    found = {entry.path: entry for entry in entries} | made
    found.pop(path, None)
    owner = next(iter(found.values())).owner
    found[path] = ArchiveEntry.of(path, _record(found, made, path), owner=owner)
    return tuple(found[path] for path in sorted(found))


def _members(wheel: WheelFile, interpreter: str) -> Iterator[ArchiveEntry]:
    origins: dict[str, str] = {}
    signatures = {f"{wheel.dist_info}/{name}" for name in _SIGNATURES}
    scripts = f"{wheel.data}/scripts/"
    for member in wheel.members:
        if member in signatures:
            continue
        path = _destination(wheel, member)
        _check_place(wheel, member, path)
        if path in origins:
            raise InvalidWheel(
                filename=wheel.filename, reason=f"its members {origins[path]!r} and {member!r} have one place"
            )
        origins[path] = member
        is_script = member.startswith(scripts)
        if is_script and _has_placeholder(wheel, member):
            content = wheel.read(member)
            first_line_end = content.find(b"\n") if b"\n" in content else len(content)
            content = f"#!{interpreter}".encode() + content[first_line_end:]
            yield ArchiveEntry.of(path, content, owner=wheel.owner, mode=0o755)
        else:
            yield _copied(wheel, member, path, is_executable=is_script)


def _has_placeholder(wheel: WheelFile, member: str) -> bool:
    return wheel.members[member].file_size < 1_000_000 and wheel.read(member).startswith(b"#!python")


def _copied(wheel: WheelFile, member: str, path: str, *, is_executable: bool) -> ArchiveEntry:
    info = wheel.members[member]
    executable = is_executable or (info.external_attr >> 16) & 0o111
    return ArchiveEntry(
        path=path,
        mode=0o755 if executable else 0o644,
        method=info.compress_type,
        crc32=info.CRC,
        packed=wheel.packed(member),
        size=info.file_size,
        sha256=wheel.declared_sha256(member) or wheel.sha256_of(member),
        owner=wheel.owner,
    )


def _destination(wheel: WheelFile, member: str) -> str:
    folder, _, below = member.partition("/")
    if folder != wheel.data or not below:
        return member
    scheme, _, rest = below.partition("/")
    prefixes = {
        "purelib": "",
        "platlib": "",
        "data": "",
        "scripts": "bin/",
        "headers": f"include/{wheel.name}/",
    }
    if scheme not in prefixes or not rest:
        raise InvalidWheel(filename=wheel.filename, reason=f"its member {member!r} has no place to go to")
    return prefixes[scheme] + rest


def _check_place(wheel: WheelFile, member: str, path: str) -> None:
    """Refuse a place that no member may have, and one where ``importlib.metadata`` looks for another project."""
    reason = why_refused(path)
    folder, _, below = path.partition("/")
    stem, dot, suffix = folder.lower().rpartition(".")
    if reason is None and below and dot and folder != wheel.dist_info:
        if suffix == "dist-info":
            reason = "would be the metadata of another distribution"
        elif suffix == "egg-info" and canonicalize_name(stem.partition("-")[0]) != wheel.name:
            reason = "would be the metadata of another project"
    if reason:
        raise InvalidWheel(filename=wheel.filename, reason=f"its member {member!r} {reason}")


def _entry_point_scripts(wheel: WheelFile, interpreter: str) -> Iterator[tuple[str, bytes]]:
    path = f"{wheel.dist_info}/entry_points.txt"
    if path not in wheel.members:
        return
    parser = configparser.ConfigParser(delimiters=("=",), strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as the standard library documents it: names keep their case
    try:
        parser.read_string(wheel.read(path).decode("utf-8"))
    except (UnicodeDecodeError, configparser.Error) as error:
        raise InvalidWheel(filename=wheel.filename, reason=f"its {path!r} cannot be read") from error
    for group in ("console_scripts", "gui_scripts"):
        for name, value in parser.items(group) if parser.has_section(group) else ():
            point = EntryPoint(name, value, group)
            match = EntryPoint.pattern.match(value)
            if match is None or not point.attr or "/" in name or not name:
                raise InvalidWheel(filename=wheel.filename, reason=f"its entry point {name!r} cannot be read")
            reason = why_refused(name) or why_refused(f"bin/{name}")
            if reason:
                raise InvalidWheel(filename=wheel.filename, reason=f"its entry point {name!r} {reason}")
            script = _SCRIPT.format(
                interpreter=interpreter, module=point.module, name=point.attr.partition(".")[0], attribute=point.attr
            )
            yield f"bin/{name}", script.encode()


def _record(entries: dict[str, ArchiveEntry], compiled: dict[str, ArchiveEntry], record: str) -> bytes:
    rows = [
        (path, f"sha256={_base64(entry.sha256)}", str(entry.size))
        for path, entry in entries.items()
        if path not in compiled
    ]
    rows += [(path, "", "") for path in (*compiled, record)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sorted(rows))
    return text.getvalue().encode()


def _base64(sha256: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(sha256)).rstrip(b"=").decode()
