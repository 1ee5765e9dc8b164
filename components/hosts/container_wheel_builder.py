"""ContainerWheelBuilder: builds a wheel from an sdist in a container of the target's build image.

This runs the package's code, with the compiler and headers of the image. The container sees the sdist and an empty
folder. It has a network, because build requirements come from the index, but no logins.
"""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from builder_lambda.archive.mapped_memory import WheelBytes
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.hosts.container_engine import Mount
from builder_lambda.hosts.entries import SOURCE_MODULE
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken, SourceDistribution

from .build_container import BuildContainer
from .index_variables import INDEX_VARIABLES

_SDIST = "/python-layers/sdist"
_MADE = "/python-layers/made"
_CERTIFICATES = "/python-layers/certificates.pem"
_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")


class ContainerWheelBuilder:
    """See :class:`builder_lambda.ports.ports.WheelBuilder`. It runs on the target's platform, emulated if necessary.

    :param environ: variables that name the index of build requirements.
    """

    def __init__(self, container: BuildContainer, environ: Mapping[str, str] = os.environ) -> None:
        self._container = container
        self._environ = environ

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """See :class:`builder_lambda.ports.ports.WheelBuilder`.

        :raises LayerError: also of ``builder_lambda.errors.hosts``, if the container fails.
        """
        with tempfile.TemporaryDirectory() as folder:
            sdist, made = Path(folder, "sdist"), Path(folder, "made")
            sdist.mkdir()
            made.mkdir()
            (sdist / source.filename).write_bytes(content)
            mounts = [Mount(folder=sdist, at=_SDIST), Mount(folder=made, at=_MADE, writable=True)]
            environ = self._indexes()
            if certificates := self._certificates():
                mounts.append(Mount(folder=certificates, at=_CERTIFICATES))
                environ["SSL_CERT_FILE"] = _CERTIFICATES
            reply = self._container.ask(
                SOURCE_MODULE,
                {"source": source.to_mapping(), "sdist": f"{_SDIST}/{source.filename}", "folder": _MADE},
                target=source.target,
                mounts=mounts,
                environ=environ,
                network=self._container.settings.network,
            )
            if "error" in reply:
                raise error_from_mapping(reply["error"])
            if "log" in reply:
                raise SourceBuildBroken(reply["log"])
            filename = Path(reply["filename"]).name
            return BuiltWheel(filename=filename, content=(made / filename).read_bytes())

    def _indexes(self) -> dict[str, str]:
        """Return the index variables that are set, with logins removed."""
        return {name: _LOGIN.sub("", self._environ[name]) for name in INDEX_VARIABLES if self._environ.get(name)}

    def _certificates(self) -> Path | None:
        """Return the file of certificates that replaces the usual ones on this machine, if there is one."""
        path = Path(self._environ.get("SSL_CERT_FILE") or "/")
        return path.resolve() if path.is_file() else None
