"""The payload of a function, through the whole pipeline in memory: own code at the root, with or without packages."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from builder_lambda import BuildRequest, BuildResult, Ports, ResolveRequest, Target, resolve
from builder_lambda.archive import archive
from builder_lambda.code.folder import pack_code
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.report import Size
from builder_lambda.errors.archives import ConflictingFiles, LayerTooLarge, OverSizeBudget
from builder_lambda.errors.code import ModuleMissing
from builder_lambda.pipeline.build import build
from tests.builder_lambda.fakes import MarkingCompiler, MemoryArchives, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")
PAYLOAD = BuildOptions(layout="function")
WEB = make_wheel(
    "web",
    files={
        "web/__init__.py": "w = 1\n",
        "web-1.0.dist-info/entry_points.txt": "[console_scripts]\nserve = web:main\n",
    },
)


@pytest.fixture
def code(tmp_path: Path) -> PackedCode:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "app.py").write_text("a = 1\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    return pack_code(folder)


def stored(code: PackedCode, ports: Ports) -> str:
    ports.store.write_bytes(code.key, code.zipped())
    return code.sha256


def lock(ports: Ports) -> str:
    return resolve(ResolveRequest(requirements=("web",), target=TARGET), ports).lock_sha256


def files_of(ports: Ports, result: BuildResult) -> dict[str, bytes]:
    assert isinstance(ports.store, MemoryArchives)
    with zipfile.ZipFile(BytesIO(ports.store.archives[result.archive_key])) as read:
        return {name: read.read(name) for name in read.namelist()}


def test_own_code_alone_needs_no_lock(code: PackedCode) -> None:
    ports = memory_ports()
    request = BuildRequest(name="api", target=TARGET, function_code_sha256=stored(code, ports), options=PAYLOAD)
    result = build(request, ports)

    files = files_of(ports, result)
    assert sorted(files) == ["__pycache__/app.cpython-312.pyc", "app.py", "run.sh"]
    assert files["__pycache__/app.cpython-312.pyc"] == b"3.12.1 /var/task/app.py a = 1\n"
    assert (result.packages, result.lock_sha256) == ({}, None)
    assert result.report.modules["function code"].files == 3
    assert result.archive_key == f"archives/api/{result.content_hash}.zip"
    assert BuildResult.from_mapping(json.loads(json.dumps(result.to_mapping()))) == result
    assert BuildRequest.from_mapping(json.loads(json.dumps(request.to_mapping()))) == request
    assert build(request, ports) == result, "what was built before is known"


def test_packages_are_beside_the_code_with_scripts_in_bin(code: PackedCode) -> None:
    ports = memory_ports(WEB)
    request = BuildRequest(
        name="api", target=TARGET, lock_sha256=lock(ports), function_code_sha256=stored(code, ports), options=PAYLOAD
    )
    result = build(request, ports)
    files = files_of(ports, result)
    assert {"app.py", "bin/serve", "web/__init__.py", "web-1.0.dist-info/METADATA"} <= files.keys()
    assert files["bin/serve"].startswith(b"#!/var/lang/bin/python3.12\n")
    assert files["web/__pycache__/__init__.cpython-312.pyc"] == b"3.12.1 /var/task/web/__init__.py w = 1\n"
    assert set(result.packages) == {"web"}
    assert result.unpacked_bytes == sum(map(len, files.values()))


def test_a_layer_and_a_payload_of_one_wheel_have_bytecode_of_their_own() -> None:
    ports = memory_ports(WEB)
    request = BuildRequest(name="api", target=TARGET, lock_sha256=lock(ports))
    layer = files_of(ports, build(request, ports))
    payload = files_of(ports, build(replace(request, options=PAYLOAD), ports))
    assert b"/opt/python/web/__init__.py" in layer["python/web/__pycache__/__init__.cpython-312.pyc"]
    assert b"/var/task/web/__init__.py" in payload["web/__pycache__/__init__.cpython-312.pyc"]


def test_bytecode_of_code_that_stays_is_not_made_again(code: PackedCode) -> None:
    ports = memory_ports(WEB)
    own = stored(code, ports)
    build(BuildRequest(name="a", target=TARGET, function_code_sha256=own, options=PAYLOAD), ports)
    assert isinstance(ports.compiler, MarkingCompiler)
    assert ports.compiler.asked == ["app.py"]
    build(BuildRequest(name="b", target=TARGET, function_code_sha256=own, options=PAYLOAD), ports)
    assert ports.compiler.asked == ["app.py"]


def test_code_and_a_package_that_bring_one_path_conflict(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "__init__.py").write_text("mine = 1\n")
    ports = memory_ports(WEB)
    own = stored(pack_code(tmp_path), ports)
    with pytest.raises(ConflictingFiles, match=r"web/__init__\.py: function code and web 1\.0"):
        build(
            BuildRequest(name="a", target=TARGET, lock_sha256=lock(ports), function_code_sha256=own, options=PAYLOAD),
            ports,
        )


def test_code_that_is_not_in_the_store_is_told(code: PackedCode) -> None:
    with pytest.raises(ModuleMissing, match="does not have the module 'function code'"):
        build(BuildRequest(name="a", target=TARGET, function_code_sha256=code.sha256, options=PAYLOAD), memory_ports())


def test_limits_are_told_of_the_payload(code: PackedCode, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = memory_ports()
    request = BuildRequest(
        name="a", target=TARGET, function_code_sha256=stored(code, ports), options=replace(PAYLOAD, size_budget=10)
    )
    with pytest.raises(OverSizeBudget, match="the deployment package unpacks to 46 bytes; its size_budget is 10"):
        build(request, ports)
    free = replace(request, options=replace(PAYLOAD, bytecode=False))
    assert build(free, ports).unpacked_bytes == 16
    with pytest.raises(OverSizeBudget, match="the deployment package unpacks to 16 bytes; its size_budget is 10"):
        build(replace(free, options=replace(free.options, size_budget=10)), ports)  # known by now
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 15)
    with pytest.raises(LayerTooLarge, match="the deployment package unpacks to 16 bytes; Lambda allows 15"):
        build(replace(free, name="b"), ports)


def test_what_is_known_of_layers_stays_known() -> None:
    # Keys of results from before there was own code: another form would have every layer built anew.
    request = BuildRequest(name="web", target=TARGET, lock_sha256="10c4")
    assert set(request.identity()) == {"name", "target", "lock_sha256", "options", "modules"}


def test_the_report_has_the_size_of_the_code(code: PackedCode) -> None:
    ports = memory_ports()
    request = BuildRequest(
        name="a", target=TARGET, function_code_sha256=stored(code, ports), options=replace(PAYLOAD, bytecode=False)
    )
    assert build(request, ports).report.modules == {"function code": Size(files=2, size_bytes=16, unpacked_bytes=16)}
