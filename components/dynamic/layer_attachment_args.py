"""LayerAttachmentArgs: the layers of a function, in one region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from ..attachment.attachments import AllowedNames

Props = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class OwnLayer:
    """A layer version of this program. Its facts come from its build, so it is checked before it exists."""

    name: str
    """Name of the layer in messages."""

    region: str
    """Region of the version."""

    runtime: str
    """Runtime of the build."""

    architecture: str
    """Architecture of the build."""

    arn: pulumi.Input[str]
    """ARN of the version."""

    unpacked_bytes: pulumi.Input[float]
    """Size of the files under ``/opt``."""

    packages: pulumi.Input[Mapping[str, str]]
    """Version of each distribution of the lock."""

    package_sizes: pulumi.Input[Mapping[str, Any]] | None = None
    """Distributions of the lock that are in the archive, by name. By default, all of them."""


@dataclass(frozen=True, kw_only=True)
class LayerAttachmentArgs:
    """A function, and the layers to attach to it."""

    function_name: str
    """Name of the function in messages."""

    region: str
    """Region of the function."""

    runtime: str
    """Lambda runtime of the function."""

    architecture: str
    """Lambda architecture of the function."""

    layers: Sequence[OwnLayer | pulumi.Input[str]]
    """Layers of this program and ARNs of other layer versions, in the order of the function."""

    unpacked_bytes: pulumi.Input[float] | None = None
    """Size of the files under ``/var/task``."""

    packages: pulumi.Input[Mapping[str, str]] | None = None
    """Version of each distribution bundled with the function."""

    package_sizes: pulumi.Input[Mapping[str, Any]] | None = None
    """Bundled distributions that are in the deployment package, by name. By default, all of them."""

    allow_different_versions: AllowedNames = ()
    """Distributions that may have several versions: names, or ``all``."""

    def inputs(self) -> Props:
        """Return the inputs of the resource."""
        return {
            "function_name": self.function_name,
            "region": self.region,
            "runtime": self.runtime,
            "architecture": self.architecture,
            "layers": [_layer_inputs(layer) for layer in self.layers],
            "layer_version_arns": [layer.arn if isinstance(layer, OwnLayer) else layer for layer in self.layers],
            "allow_different_versions": (
                "all" if self.allow_different_versions == "all" else list(self.allow_different_versions)
            ),
            **_content_inputs(self),
        }


def _layer_inputs(layer: OwnLayer | pulumi.Input[str]) -> Props:
    if not isinstance(layer, OwnLayer):
        return {"arn": layer}
    return {
        "name": layer.name,
        "region": layer.region,
        "arn": layer.arn,
        "runtime": layer.runtime,
        "architecture": layer.architecture,
        **_content_inputs(layer),
    }


def _content_inputs(content: OwnLayer | LayerAttachmentArgs) -> Props:
    inputs: Props = {}
    if content.unpacked_bytes is not None:
        inputs["unpacked_bytes"] = content.unpacked_bytes
    if content.packages is not None:
        inputs["packages"] = content.packages
    if content.package_sizes is not None:
        # the names are enough, and keep the state small
        inputs["archived"] = pulumi.Output.from_input(content.package_sizes).apply(_names)
    return inputs


def _names(package_sizes: Mapping[str, Any] | None) -> list[str] | None:
    return None if package_sizes is None else sorted(package_sizes)
