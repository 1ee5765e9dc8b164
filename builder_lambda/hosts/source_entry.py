"""Builds one sdist, in a container or in the function for source builds.

``python -m builder_lambda.hosts.source_entry`` reads
``{"source": ..., "sdist": path, "folder": path}`` from standard input, writes the wheel into the folder, and prints
what :func:`answer` returns. It compiles with the compiler of the machine.
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
"""Characters of a log in an answer. Lambda allows six million bytes; JSON escapes take six."""


def answer(
    builder: WheelBuilder, source: SourceDistribution, content: bytes, keep: Callable[[BuiltWheel], object]
) -> dict[str, object]:
    """Build a wheel, pass it to ``keep``, and return its file name. A failed build returns its log or its error."""
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
    with redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as work:  # only the answer may be printed there
        reply = answer(
            WheelBuilderOnDemand(Path(work), os.environ, "system"),
            source,
            Path(text_of(asked, "sdist")).read_bytes(),
            lambda wheel: (folder / wheel.filename).write_bytes(wheel.content),
        )
    json.dump(reply, sys.stdout)


if __name__ == "__main__":
    main()
