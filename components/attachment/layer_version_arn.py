"""LayerVersionArn: the parts of the ARN of a layer version."""

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(
    r"arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):layer:(?P<layer>[a-zA-Z0-9-_]+)"
    r"(?::(?P<version>\d+))?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerVersionArn:
    """The ARN of a layer version (AWS: "LayerVersionArn" in the Lambda API reference)."""

    text: str
    region: str
    account: str
    layer: str
    version: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the ARN; ``None`` for other texts, such as the ARN of a layer without a version."""
        hit = _FORM.fullmatch(text)
        if hit is None or hit["version"] is None:
            return None
        return cls(
            text=text, region=hit["region"], account=hit["account"], layer=hit["layer"], version=int(hit["version"])
        )

    @property
    def layer_arn(self) -> str:
        """The ARN of the layer, without the version."""
        return self.text.rpartition(":")[0]


def is_layer_arn(text: str) -> bool:
    """Return whether a text is the ARN of a layer without a version."""
    hit = _FORM.fullmatch(text)
    return hit is not None and hit["version"] is None
