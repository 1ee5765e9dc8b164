"""How fast a builder that is already running answers for a layer that it built before.

`python -m benchmarks.warm_builder CACHE LOCK RUNTIME ARCHITECTURE` prints the seconds of one answer. The builder is the
function's own code, with a folder in place of S3: what S3 takes to answer comes on top.
"""

import sys
import time
from pathlib import Path

from benchmarks.contender import Case
from benchmarks.measured_process import measure
from benchmarks.ours import KNOWN
from builder_lambda import BuildRequest, Target
from builder_lambda.contract.options import BuildOptions
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.indexes.simple import listing_of_machine
from builder_lambda.pipeline.build import build
from layer_cli.inputs.locks import store_given_lock


def answer_seconds(case: Case, folder: Path) -> float:
    """Return the seconds of one answer of a warm builder, over the cache of the contender with a known key.

    :raises benchmarks.measured_process.ProcessFailed: if the builder fails.
    """
    cache = case.warm / KNOWN.name
    words = (sys.executable, "-m", "benchmarks.warm_builder", str(cache), str(case.lock))
    environ = {**case.tools.environ, "PYTHONPATH": str(case.tools.root)}
    took = measure((*words, case.runtime, case.tools.architecture), folder=folder, environ=environ)
    return float(took.output)


def main() -> None:
    """Build twice and print what the second time took."""
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
