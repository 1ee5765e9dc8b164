"""Resolve and build as a function does it, in a process of its own: wheels from the index, not from a disk.

Arguments: a folder to work in, a runtime, ``bytecode`` or ``plain``, a slim profile, requirements.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from builder_lambda import BuildRequest, ResolveRequest, Target, resolve
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import BuildOptions
from builder_lambda.hosts.index_opener import IndexOpener, open_with_uv
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.pipeline.build import build


def main() -> None:
    place, runtime, bytecode, slim, *requirements = sys.argv[1:]
    folder = Path(place)
    opener = IndexOpener(settings=IndexSettings.of(os.environ))
    opened = open_with_uv(opener, IndexOptions(), folder / "uv-cache")
    ports = replace(local_ports(folder), open_indexes=lambda _options: opened)
    target = Target.parse(runtime, "x86_64")
    lock_sha256 = resolve(ResolveRequest(requirements=tuple(requirements), target=target), ports).lock_sha256
    options = BuildOptions.from_mapping({"bytecode": bytecode == "bytecode", "slim": slim})
    result = build(BuildRequest(name="limit", target=target, lock_sha256=lock_sha256, options=options), ports)
    sys.stdout.write(json.dumps(result.to_mapping()))


if __name__ == "__main__":
    main()
