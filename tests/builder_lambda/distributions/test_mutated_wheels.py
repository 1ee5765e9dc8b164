"""No mutation of a wheel is accepted that another reader of zip archives could not unpack to what RECORD declares.

``make fuzz`` runs more of them: ``PYTHON_LAYERS_MUTATIONS`` is their number. ``unzip -t`` then
tests each archive that is made, if it is there. It does not test the wheels: it refuses some that ``zipfile`` unpacks.
"""

import base64
import csv
import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import pytest

from builder_lambda.archive.archive import Archive
from builder_lambda.contract.targets import Target
from builder_lambda.distributions.distribution import Distribution
from builder_lambda.errors.archives import LayerTooLarge
from builder_lambda.errors.wheels import InvalidWheel
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.12", "x86_64")
MUTATIONS = int(os.environ.get("PYTHON_LAYERS_MUTATIONS", "4000"))
UNZIP = shutil.which("unzip") if "PYTHON_LAYERS_MUTATIONS" in os.environ else None

FILES: dict[str, bytes | str] = {
    "demo/__init__.py": "VALUE = 1\n" * 20,
    "demo/lib.so": bytes(range(256)) * 3,
    "demo/empty.txt": "",
    "demo-1.0.data/scripts/run": "#!python\nprint(1)\n",
}


def _streamed(wheel: MadeWheel, *, is_large: bool) -> MadeWheel:
    """Return the wheel with data descriptors, and with sizes in zip64 fields if it is large."""

    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise io.UnsupportedOperation

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

    stream = Unseekable()
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as to:
        for info in source.infolist():
            with to.open(info.filename, "w", force_zip64=is_large) as member:
                member.write(source.read(info))
    return MadeWheel(filename=wheel.filename, content=stream.getvalue())


DEFLATED = make_wheel(files=FILES)
WHEELS = [
    DEFLATED,
    make_wheel(files=FILES, method=zipfile.ZIP_STORED),
    _streamed(DEFLATED, is_large=False),
    _streamed(DEFLATED, is_large=True),
]


def _mutated(content: bytes, choice: random.Random) -> bytes:
    changed = bytearray(content)
    headers = [at for sign in (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\7\x08") for at in _places(content, sign)]
    for _ in range(choice.choice((1, 1, 1, 2, 3, 8))):
        at = choice.randrange(len(changed))
        if choice.random() < 0.5:  # headers are small, and most checks are of them
            at = min(choice.choice(headers) + choice.randrange(60), len(changed) - 1)
        kind = choice.randrange(6)
        if kind == 0:
            changed[at] ^= 1 << choice.randrange(8)
        elif kind == 1:
            changed[at] = choice.choice((0, 1, 8, 0x7F, 0xFF, choice.randrange(256)))
        elif kind == 2:
            changed[at : at + 4] = choice.choice((0, 1, 10, 0xFFFFFFFF, choice.randrange(1 << 32))).to_bytes(
                4, "little"
            )
        elif kind == 3:
            other = choice.randrange(len(changed))
            length = choice.randrange(1, 40)
            changed[at : at + length] = changed[other : other + length]
        elif kind == 4:
            del changed[at : at + choice.randrange(1, 8)]
        else:
            changed[at:at] = choice.randbytes(choice.randrange(1, 8))
        if not changed:
            break
    return bytes(changed)


def _places(content: bytes, sign: bytes) -> list[int]:
    found, at = [], content.find(sign)
    while at >= 0:
        found.append(at)
        at = content.find(sign, at + 1)
    return found


def _accepted(wheel: MadeWheel) -> bytes | None:
    """Return the archive of a wheel as a layer has it, or ``None`` if the wheel is refused."""
    try:
        distribution = Distribution.of_wheel(wheel.locked(), bytearray(wheel.content), TARGET)
        distribution.check(distribution.entries.values())
        archive = Archive.merge([distribution.finished({})])
    except (InvalidWheel, LayerTooLarge):
        return None
    stream = io.BytesIO()
    archive.write(stream)
    return stream.getvalue()


def _assert_unpacks_to_its_record(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        unpacked = {name: archive.read(name) for name in names if not name.endswith("/")}
    record = next(text for name, text in unpacked.items() if name.endswith(".dist-info/RECORD"))
    prefix = "python/" if all(name.startswith("python/") for name in names) else ""
    for row in csv.reader(io.StringIO(record.decode())):
        name, declared, size = row if row else ("", "", "")
        if declared and prefix + name in unpacked:
            text = unpacked[prefix + name]
            algorithm, _, digest = declared.partition("=")
            assert base64.urlsafe_b64decode(digest + "==") == hashlib.new(algorithm, text).digest(), name
            assert not size.isdecimal() or int(size) == len(text), name


def _unzip(option: str, folder: Path, content: bytes) -> subprocess.CompletedProcess[bytes]:
    path = folder / "tested.zip"
    path.write_bytes(content)
    return subprocess.run([str(UNZIP), option, path], capture_output=True, timeout=60, check=False)


def test_no_mutation_is_accepted_that_others_unpack_differently(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 32) if UNZIP else 12
    choice = random.Random(seed)  # noqa: S311 - it chooses mutations
    counts = Counter[str]()
    for number in range(MUTATIONS):
        honest = choice.choice(WHEELS)
        wheel = MadeWheel(filename=honest.filename, content=_mutated(honest.content, choice))
        archive = _accepted(wheel)
        counts["refused" if archive is None else "accepted"] += 1
        if archive is None:
            continue
        try:
            _assert_unpacks_to_its_record(wheel.content)
            _assert_unpacks_to_its_record(archive)
            if UNZIP:
                assert _unzip("-tqq", tmp_path, archive).returncode == 0
        except (AssertionError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            kept = Path(os.environ.get("PYTHON_LAYERS_MUTATED", tmp_path)) / f"{seed}-{number}.whl"
            kept.write_bytes(wheel.content)
            pytest.fail(f"mutation {number} of seed {seed} is accepted ({kept}): {error!r}")
    sys.stdout.write(f"seed {seed}: {dict(counts)}\n")
    assert counts["refused"]
    assert counts["accepted"]


@pytest.mark.parametrize("wheel", WHEELS)
def test_honest_wheels_are_accepted(wheel: MadeWheel) -> None:
    archive = _accepted(wheel)
    assert archive is not None
    _assert_unpacks_to_its_record(wheel.content)
    _assert_unpacks_to_its_record(archive)
