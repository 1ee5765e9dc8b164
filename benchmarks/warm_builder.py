"""Measures how fast a running builder answers for a layer that it built before.

`python -m benchmarks.warm_builder CACHE LOCK RUNTIME ARCHITECTURE` prints the seconds of one answer. The builder is the
code of the builder function, with a folder in place of S3. The time of S3 comes on top.
"""

import sys
import time
from pathlib import Path

from benchmarks.measured_process import measure
from benchmarks.ours import KNOWN
from benchmarks.tool import Case
from builder_lambda import BuildRequest, Target
from builder_lambda.contract.options import BuildOptions
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.indexes.simple import listing_of_machine
from builder_lambda.pipeline.build import build
from layer_cli.inputs.locks import store_given_lock


def answer_seconds(case: Case, folder: Path) -> float:
    """Return the seconds of one answer of a warm builder, with the cache of :data:`benchmarks.ours.KNOWN`.

    :raises benchmarks.measured_process.ProcessFailed: if the builder fails.
    """
    cache = case.warm / KNOWN.name
    words = (sys.executable, "-m", "benchmarks.warm_builder", str(cache), str(case.lock))
    environ = {**case.toolbox.environ, "PYTHONPATH": str(case.toolbox.root)}
    took = measure((*words, case.runtime, case.toolbox.architecture), folder=folder, environ=environ)
    return float(took.output)


def main() -> None:
    """Build twice, and print the seconds of the second build."""
    cache, lock, runtime, architecture = sys.argv[1:]
    ports = local_ports(Path(cache))
    target = Target.parse(runtime, architecture)
    request = BuildRequest(
        name=f"layer-{target.slug}",
        target=target,
        lock_sha256=store_given_lock(Path(lock), target, ports.store, listing=listing_of_machine),
        options=BuildOptions(slim="safe"),
    )
    build(request, ports)
    began = time.perf_counter()
    build(request, ports)
    sys.stdout.write(f"{time.perf_counter() - began}\n")


if __name__ == "__main__":
    main()
