"""The published layers of the program: read from its output `layers`, and shown as a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from rich.table import Table
from rich.text import Text

from local_aws.demo.canary import CanaryResult

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class PublishedLayer:
    """One layer for one target, in all of its regions."""

    name: str
    runtime: str
    architecture: str
    unpacked_bytes: int
    size_bytes: int
    layer_version_arns: Mapping[str, str]
    """Region -> layer version ARN."""

    @classmethod
    def all_in(cls, outputs: Mapping[str, Any]) -> Iterator[Self]:
        """Yield the layers in the stack's outputs, sorted by name and target.

        :raises KeyError: if the output has another form.
        """
        for name, targets in sorted(outputs.get("layers", {}).items()):
            for target, layer in sorted(targets.items()):
                runtime, _, architecture = target.partition("-")
                yield cls(
                    name=name,
                    runtime=runtime,
                    architecture=architecture,
                    unpacked_bytes=int(layer["unpacked_bytes"]),
                    size_bytes=int(layer["size_bytes"]),
                    layer_version_arns=layer["layer_version_arns"],
                )


def table_of(layers: list[PublishedLayer], canaries: Mapping[str, CanaryResult]) -> Table:
    """Return a table with one row for each layer, target and region.

    :param canaries: by layer version ARN.
    """
    table = Table(title="Layers on the embedded AWS", title_justify="left")
    for heading in ("Layer", "Target", "Region", "Version ARN"):
        table.add_column(heading, overflow="fold")
    for heading in ("Unpacked", "Zipped"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Canary", overflow="fold")
    for layer in layers:
        for region, arn in sorted(layer.layer_version_arns.items()):
            table.add_row(
                layer.name,
                f"{layer.runtime}-{layer.architecture}",
                region,
                arn,
                _mebibytes(layer.unpacked_bytes),
                _mebibytes(layer.size_bytes),
                _result(canaries[arn]),
            )
    return table


def _mebibytes(size: int) -> str:
    return f"{size / _MEBIBYTE:.1f} MiB"


def _result(result: CanaryResult) -> Text:
    return Text(str(result), style={"passed": "green", "failed": "bold red", "not-run": "yellow"}[result.status])
