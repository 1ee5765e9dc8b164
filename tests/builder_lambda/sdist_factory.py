"""Make small source distributions whose build backend is in them, so that building one needs no index."""

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace

from builder_lambda import Target
from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.ports.source_build import SourceDistribution
from tests.builder_lambda.wheel_factory import MadeWheel

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

BACKEND = """\
import base64, hashlib, json, os, pathlib, sys, zipfile

NAME, VERSION, TAG = {name!r}, {version!r}, {tag!r}


def get_requires_for_build_wheel(config_settings=None):
    return []


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
{more}
    info = f"{{NAME}}-{{VERSION}}.dist-info"
    files = {{
        f"{{NAME}}.py": f"PYTHON = {{sys.version_info[:2]!r}}\\n",
        f"{{info}}/METADATA": f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\n{requires}",
        f"{{info}}/WHEEL": f"Wheel-Version: 1.0\\nGenerator: demo\\nRoot-Is-Purelib: true\\nTag: {{TAG}}\\n",
    }}
    filename = f"{{NAME}}-{{VERSION}}-{{TAG}}.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, filename), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)  # with the time of now
        wheel.writestr(f"{{info}}/RECORD", "".join(f"{{path}},,\\n" for path in (*files, f"{{info}}/RECORD")))
    return filename
"""


@dataclass(frozen=True, kw_only=True)
class MadeSdist(MadeWheel):
    """Is served like a wheel by what serves wheels."""

    name: str
    version: str

    def indexed(self) -> IndexedFile:
        return IndexedFile(
            filename=self.filename, url=f"https://files.example.invalid/{self.filename}", sha256=self.sha256
        )

    def for_target(self, target: Target) -> SourceDistribution:
        return SourceDistribution(
            name=self.name, version=self.version, filename=self.filename, sha256=self.sha256, target=target
        )

    def locked(self, base: str = "https://wheels.example"):  # type: ignore[no-untyped-def]  # as its base has it
        return replace(super().locked(base), version=self.version)


def make_sdist(
    name: str = "demo",
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    build: str = "pass",
    requires: str = "",
    files: Mapping[str, str] | None = None,
) -> MadeSdist:
    """Return an sdist.

    :param tag: of the wheel that it builds.
    :param build: what its backend does before that, as Python.
    :param requires: what the wheel requires.
    :param files: further files.
    """
    more = "\n".join(f"    {line}" for line in build.splitlines())
    needs = f"Requires-Dist: {requires}\\n" if requires else ""
    members = {
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND.format(name=name, version=version, tag=tag, more=more, requires=needs),
        **(files or {}),
    }
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path, text in members.items():
            info = tarfile.TarInfo(f"{name}-{version}/{path}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return MadeSdist(filename=f"{name}-{version}.tar.gz", content=stream.getvalue(), name=name, version=version)
