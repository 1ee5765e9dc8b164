"""LayerVersionFacts: the facts of a layer version of others, from AWS and from the directory of its archive.

A version never changes, but its owner may delete it or revoke the grant. So every check reads it again.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError
from packaging.utils import canonicalize_name

from builder_lambda.contract.aws_errors import is_denied

from .attachments import Unavailable
from .ranged_file import open_url

_GONE = ("ResourceNotFoundException",)
_DIST_INFO = re.compile(
    r"python/(?:lib/(?P<runtime>python3\.\d+)/site-packages/)?(?P<name>[^/-]+)-(?P<version>[^/-]+)\.dist-info/.*"
)
"""A file of a distribution on Lambda's import path (AWS: "Layer paths for each Lambda runtime")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveDirectory:
    """Facts from the central directory of a layer's archive. Nothing is unpacked."""

    unpacked_bytes: int
    distributions: frozenset[tuple[str | None, str, str]]
    """Runtime (``None``: all), normalised name and version, from the path of the ``.dist-info`` folder."""

    @classmethod
    def read(cls, file: IO[bytes]) -> "ArchiveDirectory":
        """Return the directory of an archive.

        :raises zipfile.BadZipFile: if it is no zip archive.
        """
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        hits = filter(None, (_DIST_INFO.fullmatch(info.filename) for info in infos))
        return cls(
            unpacked_bytes=sum(info.file_size for info in infos if not info.is_dir()),
            distributions=frozenset((hit["runtime"], canonicalize_name(hit["name"]), hit["version"]) for hit in hits),
        )

    def packages(self, runtime: str) -> dict[str, str]:
        """Return name and version of the distributions of a runtime. Those of its own folder win."""
        found = sorted(self.distributions, key=lambda item: (item[0] is not None, *map(str, item)))
        return {name: version for owner, name, version in found if owner in (None, runtime)}


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerVersionFacts:
    """The facts of one layer version."""

    runtimes: tuple[str, ...]
    architectures: tuple[str, ...]
    directory: ArchiveDirectory | None
    not_read: str | None = None
    """The reason why the archive was not read; ``None`` if it was."""


class LayerVersions:
    """The layer versions that an account can read in one region.

    :param client: boto3 Lambda client of the region.
    :param open_file: returns a readable, seekable file for a URL.
    """

    def __init__(self, client: Any, *, open_file: Callable[[str], IO[bytes]] = open_url) -> None:
        self._client = client
        self._open_file = open_file

    def read(self, arn: str) -> LayerVersionFacts | Unavailable:
        """Return the facts of a version, or why it cannot be read."""
        try:
            answer = self._client.get_layer_version_by_arn(Arn=arn)
        except ClientError as error:
            return _unavailable(error)
        except BotoCoreError as error:
            return Unavailable(kind="unanswered", detail=str(error))
        directory, not_read = self._read_directory(answer.get("Content", {}).get("Location"))
        return LayerVersionFacts(
            runtimes=tuple(answer.get("CompatibleRuntimes") or ()),
            architectures=tuple(answer.get("CompatibleArchitectures") or ()),
            directory=directory,
            not_read=not_read,
        )

    def _read_directory(self, location: str | None) -> tuple[ArchiveDirectory | None, str | None]:
        if not location:
            return None, "AWS gives no address of its archive"
        try:
            with self._open_file(location) as file:
                return ArchiveDirectory.read(file), None
        except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
            return None, str(error)


def _unavailable(error: ClientError) -> Unavailable:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _GONE:
        return Unavailable(kind="gone", detail=message)
    if is_denied(error):
        return Unavailable(kind="denied", detail=message)
    return Unavailable(kind="unanswered", detail=f"{code}: {message}")
