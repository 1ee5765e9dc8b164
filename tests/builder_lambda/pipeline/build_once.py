"""Build one layer and print what identifies it. Run by ``test_identity.py`` under other Pythons and circumstances."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.code.modules import pack_module
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.request import BuildRequest, ResolveRequest
from builder_lambda.contract.targets import Target
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.pipeline.build import build
from builder_lambda.pipeline.resolve import resolve


def main(folder: Path, asked: dict[str, object]) -> None:
    target = Target.parse(str(asked["runtime"]), str(asked["architecture"]))
    ports = local_ports(folder)
    ports = replace(ports, compiler=HostCompiler(jobs=int(str(asked["jobs"]))))
    requirements = asked["requirements"]
    assert isinstance(requirements, list)
    lock = resolve(ResolveRequest(requirements=tuple(requirements), target=target), ports)
    module = pack_module(Path(str(asked["module"])))
    ports.store.write_bytes(module.source.key, module.code.zipped())
    options = asked["options"]
    assert isinstance(options, dict)
    result = build(
        BuildRequest(
            name="identity",
            target=target,
            lock_sha256=lock.lock_sha256,
            options=BuildOptions.from_mapping(options),
            modules=(module.source,),
        ),
        ports,
    )
    identity = {
        "lock_sha256": lock.lock_sha256,
        "content_hash": result.content_hash,
        "code_sha256": result.code_sha256,
        "python_version": result.report.bytecode.python_version,
        "not_compiled": len(result.report.bytecode.not_compiled),
    }
    sys.stdout.write(json.dumps({"identity": identity, "archive": str(folder / result.archive_key)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
