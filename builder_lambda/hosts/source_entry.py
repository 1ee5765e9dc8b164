"""Build one sdist where there is nothing but it: in a container, or in the function for source builds.

``python -m builder_lambda.hosts.source_entry`` reads
``{"source": ..., "sdist": path, "folder": path}`` from standard input,
writes the wheel into the folder, and answers on standard output as :func:`answer` does. It compiles with the compiler
of the machine.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.contract.json_values import mapping_of, text_of
from builder_lambda.errors.base import LayerError
from builder_lambda.ports.source_build import SourceBuildBroken, SourceDistribution
from builder_lambda.sdists.on_demand import WheelBuilderOnDemand

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder_lambda.ports.ports import WheelBuilder
    from builder_lambda.ports.source_build import BuiltWheel

_LONGEST_LOG = 2_000_000
"""Characters of a log that are handed on: an answer of Lambda holds six million bytes, and JSON writes some as six."""


def answer(
    builder: WheelBuilder, source: SourceDistribution, content: bytes, keep: Callable[[BuiltWheel], object]
) -> dict[str, object]:
    """Build, have the wheel kept, and return its file name; or the log, or the fault, of a build that failed."""
    try:
        wheel = builder.build(source, content)
    except SourceBuildBroken as error:
        return {"log": error.log[-_LONGEST_LOG:]}
    except LayerError as error:
        return {"error": error.to_mapping()}
    keep(wheel)
    return {"filename": wheel.filename}


def main() -> None:
    """Answer the request on standard input."""
    asked = json.load(sys.stdin)
    source = SourceDistribution.from_mapping(mapping_of(asked, "source"))
    folder = Path(text_of(asked, "folder"))
    with redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as work:  # the answer is all that may be on it
        reply = answer(
            WheelBuilderOnDemand(Path(work), os.environ, "system"),
            source,
            Path(text_of(asked, "sdist")).read_bytes(),
            lambda wheel: (folder / wheel.filename).write_bytes(wheel.content),
        )
    json.dump(reply, sys.stdout)


if __name__ == "__main__":
    main()
