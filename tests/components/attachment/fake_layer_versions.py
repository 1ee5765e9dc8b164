"""The layer versions of Lambda in memory, as one account sees them; their archives are on a server of this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.components.archive_server import ArchiveServer
from tests.components.fakes import refusal

ACCOUNT = "111122223333"


@dataclass(frozen=True, kw_only=True)
class _Version:
    answer: dict[str, Any]
    is_shared: bool


class FakeLayerVersions:
    """What ``GetLayerVersionByArn`` answers; ``asked`` has every ARN that it was asked for."""

    def __init__(self, server: ArchiveServer, *, region: str = "eu-west-1") -> None:
        self.server = server
        self.region = region
        self.asked: list[str] = []
        self._versions: dict[str, _Version] = {}

    def publish(
        self,
        name: str,
        content: bytes,
        *,
        account: str = ACCOUNT,
        shared: bool = True,
        runtimes: Sequence[str] = (),
        architectures: Sequence[str] = (),
    ) -> str:
        arn = f"arn:aws:lambda:{self.region}:{account}:layer:{name}:1"
        answer: dict[str, Any] = {
            "LayerVersionArn": arn,
            "Content": {"Location": self.server.put(f"{account}-{name}", content), "CodeSize": len(content)},
        }
        if runtimes:
            answer["CompatibleRuntimes"] = list(runtimes)
        if architectures:
            answer["CompatibleArchitectures"] = list(architectures)
        self._versions[arn] = _Version(answer=answer, is_shared=shared or account == ACCOUNT)
        return arn

    def delete(self, arn: str) -> None:
        del self._versions[arn]

    def get_layer_version_by_arn(self, *, Arn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        self.asked.append(Arn)
        version = self._versions.get(Arn)
        if version is None:
            raise refusal("GetLayerVersionByArn", "ResourceNotFoundException", 404)
        if not version.is_shared:
            raise refusal("GetLayerVersionByArn", "AccessDeniedException", 403)
        return version.answer
