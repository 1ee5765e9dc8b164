"""The stack's layers as values, and as a table."""

import io
from dataclasses import replace

from rich.console import Console

from local_aws.demo.canary import CanaryResult, ImportCheck
from local_aws.demo.published_layers import PublishedLayer, table_of

OUTPUTS = {
    "layers": {
        "http": {
            "python3.13-x86_64": {
                "unpacked_bytes": 2_097_152,
                "size_bytes": 1_048_576,
                "layer_version_arns": {"us-east-1": "arn:us", "eu-west-1": "arn:eu"},
            }
        }
    }
}


def test_outputs_are_read_in_the_order_of_their_names() -> None:
    assert list(PublishedLayer.all_in(OUTPUTS)) == [
        PublishedLayer(
            name="http",
            runtime="python3.13",
            architecture="x86_64",
            unpacked_bytes=2_097_152,
            size_bytes=1_048_576,
            layer_version_arns={"us-east-1": "arn:us", "eu-west-1": "arn:eu"},
        )
    ]


def test_the_table_has_a_line_for_each_layer_target_and_region() -> None:
    broken = ImportCheck(name="idna", version="3.10", modules=("idna",), error="import idna: OSError: no")
    unknown = CanaryResult(
        layer_version_arn="arn:us",
        runtime="python3.13",
        architecture="x86_64",
        status="not-run",
        reason="a reason",
    )
    failed = replace(unknown, layer_version_arn="arn:eu", status="failed", checks=(broken,), reason=None)
    canaries = {"arn:us": unknown, "arn:eu": failed}
    screen = io.StringIO()

    Console(file=screen, width=160).print(table_of(list(PublishedLayer.all_in(OUTPUTS)), canaries))

    lines = [" ".join(line.replace("│", "").split()) for line in screen.getvalue().splitlines() if "arn:" in line]
    assert lines == [
        "http python3.13-x86_64 eu-west-1 arn:eu 2.0 MiB 1.0 MiB idna 3.10: import idna: OSError: no",
        "http python3.13-x86_64 us-east-1 arn:us 2.0 MiB 1.0 MiB not run: a reason",
    ]
