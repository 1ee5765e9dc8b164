"""What the options of a build do to the archive, through the whole pipeline in memory."""

import json
import zipfile
from dataclasses import replace
from importlib import metadata
from io import BytesIO
from pathlib import Path

import pytest

from builder_lambda import BuildRequest, BuildResult, Ports, ResolveRequest, Target, resolve
from builder_lambda.archive import archive
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.report import Size
from builder_lambda.contract.request import ModuleSource
from builder_lambda.errors.archives import EmptyLayer, LayerTooLarge, OverSizeBudget
from builder_lambda.errors.code import ModuleMissing
from builder_lambda.pipeline.build import build
from tests.builder_lambda.fakes import MarkingCompiler, MemoryArchives, MemoryIndex, indexes_of, memory_ports
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")
WEB = make_wheel(
    "web",
    files={
        "web/__init__.py": "from web.tests import data\n",
        "web/bad.py": "broken syntax\n",
        "web/tests/__init__.py": "",
        "web/tests/data.py": "x = 1\n",
        "web/tests/test_web.py": "def test() -> None: ...\n" * 20,
        "web/web.pyi": "x: int\n" * 20,
        "web-1.0.data/scripts/tool.py": "#!python\n",
    },
)
PLAIN = make_wheel("plain", files={"plain.py": "y = 2\n"})


def built(ports: Ports, options: BuildOptions | None = None, *modules: ModuleSource) -> BuildResult:
    lock = resolve(ResolveRequest(requirements=("web",), target=TARGET), ports).lock_sha256
    return build(
        BuildRequest(
            name="web", target=TARGET, lock_sha256=lock, options=options or BuildOptions(), modules=tuple(modules)
        ),
        ports,
    )


def store_of(ports: Ports) -> MemoryArchives:
    assert isinstance(ports.store, MemoryArchives)
    return ports.store


def files_of(ports: Ports, result: BuildResult) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(store_of(ports).archives[result.archive_key])) as read:
        return {name: read.read(name) for name in read.namelist()}


def asked(ports: Ports) -> list[str]:
    assert isinstance(ports.compiler, MarkingCompiler)
    return ports.compiler.asked


class TestBytecode:
    def test_is_in_the_archive_for_the_place_where_lambda_mounts_it(self) -> None:
        ports = memory_ports(PLAIN)
        result = built(ports)

        files = files_of(ports, result)
        assert files["python/__pycache__/plain.cpython-312.pyc"] == b"3.12.1 /opt/python/plain.py y = 2\n"
        report = result.report.bytecode
        assert (report.included, report.python_version, report.size.files) == (True, "3.12.1", 1)

    def test_is_listed_in_record_without_a_hash(self) -> None:
        ports = memory_ports(PLAIN)
        record = files_of(ports, built(ports))["python/plain-1.0.dist-info/RECORD"].decode().splitlines()
        assert record[0] == "__pycache__/plain.cpython-312.pyc,,"
        assert "plain-1.0.dist-info/RECORD,," in record

    def test_is_not_made_of_scripts_nor_of_what_does_not_compile(self) -> None:
        ports = memory_ports(WEB)
        result = built(ports)

        assert result.report.bytecode.not_compiled == {"web/bad.py": "invalid syntax (line 1)"}
        files = files_of(ports, result)
        assert "python/web/bad.py" in files
        assert [name for name in files if name.startswith("python/bin/")] == ["python/bin/tool.py"]

    def test_is_left_out_where_the_options_say_so_and_then_no_interpreter_is_looked_for(self) -> None:
        ports = replace(memory_ports(PLAIN), compiler=MarkingCompiler("3.9.0"))  # would complain of 3.12
        result = built(ports, BuildOptions(bytecode=False))

        assert not any(name.endswith(".pyc") for name in files_of(ports, result))
        assert result.report.bytecode.left_out_because == "the options leave it out"

    def test_is_left_out_with_a_word_where_it_would_not_fit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        without = built(memory_ports(PLAIN), BuildOptions(bytecode=False))
        monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", without.unpacked_bytes + 10)
        ports = memory_ports(PLAIN)
        result = built(ports)

        assert result.content_hash == without.content_hash
        assert not result.report.bytecode.included
        assert result.report.bytecode.left_out_because is not None
        assert "bytes with it; Lambda allows" in result.report.bytecode.left_out_because

    def test_a_layer_that_is_too_large_without_it_is_refused_before_anything_is_compiled(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 10)
        ports = memory_ports(PLAIN)
        with pytest.raises(LayerTooLarge):
            built(ports)
        assert asked(ports) == []

    def test_patch_release_is_a_part_of_the_key_only_where_there_is_bytecode(self) -> None:
        store = MemoryArchives()
        results = [
            built(memory_ports(PLAIN, store=store, compiler=MarkingCompiler(version)), BuildOptions(bytecode=compiled))
            for version in ("3.12.1", "3.12.2")
            for compiled in (True, False)
        ]
        assert len({result.content_hash for result in results}) == 3
        assert results[1] == results[3]
        assert len([key for key in store.texts if key.startswith("results/")]) == 3


class TestLayout:
    def test_site_packages_carry_the_version_in_archive_and_bytecode(self) -> None:
        ports = memory_ports(PLAIN)
        files = files_of(ports, built(ports, BuildOptions(layout="site-packages")))
        folder = "python/lib/python3.12/site-packages/"
        assert all(name.startswith(folder) for name in files)
        compiled = files[f"{folder}__pycache__/plain.cpython-312.pyc"]
        assert compiled == f"3.12.1 /opt/{folder}plain.py y = 2\n".encode()


class TestSlimming:
    def test_tells_what_went_and_what_came_back(self) -> None:
        ports = memory_ports(WEB)
        result = built(ports, BuildOptions(slim="safe", bytecode=False))

        files = files_of(ports, result)
        assert "python/web/tests/data.py" in files
        assert "python/web/tests/test_web.py" not in files
        assert "python/web-1.0.dist-info/WHEEL" not in files
        slim = result.report.slim
        assert slim.left_out["tests"].files == 1
        assert slim.left_out["tests"].unpacked_bytes == len("def test() -> None: ...\n" * 20)
        assert {(file.path, file.needed_by) for file in slim.put_back} >= {("web/tests/data.py", "web/__init__.py")}

    @pytest.mark.parametrize("bytecode", [True, False])
    def test_what_is_left_still_tells_its_files_and_what_it_is_imported_as(
        self, tmp_path: Path, bytecode: bool
    ) -> None:
        ports = memory_ports(WEB)
        result = built(ports, BuildOptions(slim="safe", bytecode=bytecode))
        with zipfile.ZipFile(BytesIO(store_of(ports).archives[result.archive_key])) as read:
            read.extractall(tmp_path)

        (web,) = metadata.distributions(path=[str(tmp_path / "python")])
        listed = {str(file) for file in web.files or ()}
        assert listed == {name.removeprefix("python/") for name in files_of(ports, result)}
        assert {file.split("/")[0] for file in listed} >= {"web"}, "there is no top_level.txt to say so"

    def test_patterns_take_out_and_keep_in(self) -> None:
        ports = memory_ports(WEB)
        options = BuildOptions(slim="safe", include=("*.pyi",), exclude=("web/bad.py",), bytecode=False)
        files = files_of(ports, built(ports, options))
        assert "python/web/web.pyi" in files
        assert "python/web/bad.py" not in files

    def test_what_is_left_out_is_not_compiled(self) -> None:
        ports = memory_ports(WEB)
        built(ports, BuildOptions(slim="safe"))
        assert "web/tests/test_web.py" not in asked(ports)

    def test_what_comes_back_is_compiled_once_and_has_its_bytecode(self) -> None:
        ports = memory_ports(WEB)
        files = files_of(ports, built(ports, BuildOptions(slim="safe")))
        assert asked(ports).count("web/tests/data.py") == 1
        assert "python/web/tests/__pycache__/data.cpython-312.pyc" in files


class TestRuntimeProvided:
    def test_sdk_is_neither_fetched_nor_packed(self) -> None:
        wheels = [make_wheel(name, files={f"{name}.py": ""}) for name in ("boto3", "botocore", "urllib3", "web")]
        ports = memory_ports(*wheels)
        result = built(ports, BuildOptions(exclude_runtime_provided=True, bytecode=False))

        assert result.report.runtime_provided == ("boto3", "botocore", "urllib3")
        assert list(result.packages) == ["web"]
        index = indexes_of(ports).wheels
        assert isinstance(index, MemoryIndex)
        assert index.fetched == ["web-1.0-py3-none-any.whl"]

    def test_what_a_package_that_stays_requires_stays_with_it(self) -> None:
        metadata = "Metadata-Version: 2.1\nName: web\nVersion: 1.0\nRequires-Dist: urllib3>=1\n"
        sdk = [make_wheel(name, files={f"{name}.py": ""}) for name in ("boto3", "urllib3")]
        ports = memory_ports(make_wheel("web", files={"web.py": ""}, metadata_text=metadata), *sdk)
        result = built(ports, BuildOptions(exclude_runtime_provided=True, bytecode=False))

        assert result.report.runtime_provided == ("boto3",)
        assert sorted(result.packages) == ["urllib3", "web"]
        assert result.report.notes == ("urllib3 stays because web requires it, although the runtime includes it",)

    def test_layer_of_nothing_but_the_sdk_is_refused_as_aws_would_refuse_it(self) -> None:
        ports = memory_ports(make_wheel("boto3", files={"boto3.py": ""}))
        with pytest.raises(EmptyLayer) as caught:
            built(ports, BuildOptions(exclude_runtime_provided=True, bytecode=False))

        assert str(caught.value) == (
            "empty-layer: nothing is left to put into the layer\n"
            "  likely cause: the runtime provides all packages (exclude_runtime_provided), "
            "or exclude leaves out all files\n"
            "  what to do: remove this layer, or exclude fewer files"
        )
        assert store_of(ports).archives == {}


class TestSizeBudget:
    def test_layer_over_it_is_refused_with_the_biggest_and_nothing_is_stored(self) -> None:
        ports = memory_ports(PLAIN)
        with pytest.raises(OverSizeBudget) as caught:
            built(ports, BuildOptions(size_budget=100, bytecode=False))

        size = caught.value.unpacked_bytes
        assert str(caught.value) == (
            f"over-size-budget: the layer unpacks to {size} bytes; its size_budget is 100\n"
            "          0.0 MB  plain 1.0\n"
            "  likely cause: the packages above are the biggest\n"
            "  what to do: leave out or slim what is not needed, or raise size_budget"
        )
        assert store_of(ports).archives == {}

    def test_known_build_is_held_to_it_too_and_the_key_does_not_change(self) -> None:
        ports = memory_ports(PLAIN)
        first = built(ports)
        assert built(ports, BuildOptions(size_budget=first.unpacked_bytes)) == first
        with pytest.raises(OverSizeBudget) as caught:
            built(ports, BuildOptions(size_budget=first.unpacked_bytes - 1))
        assert caught.value.biggest == (("plain 1.0", first.unpacked_bytes),)


class TestOwnModules:
    def test_one_that_is_not_in_the_store_is_told_of(self) -> None:
        with pytest.raises(ModuleMissing) as caught:
            built(memory_ports(PLAIN), None, ModuleSource(name="shared", sha256="ab"))
        assert str(caught.value) == (
            "module-missing: the archive store does not have the module 'shared' (ab)\n"
            "  likely cause: the archive bucket was emptied or replaced since the module was stored\n"
            "  what to do: run again, which stores the module, then builds"
        )


def test_report_is_beside_the_archive() -> None:
    ports = memory_ports(PLAIN)
    result = built(ports)

    text = store_of(ports).texts[f"archives/web/{result.content_hash}.report.json"]
    assert BuildResult.from_mapping(json.loads(text)) == result
    assert result.report.limit_share == round(result.unpacked_bytes / 262_144_000, 6)
    assert isinstance(result.report.bytecode.size, Size)


def test_surprises_are_noted() -> None:
    ports = memory_ports(make_wheel(files={"demo/A.txt": "", "demo/a.txt": "", "demo.pth": "import demo\n"}))
    assert built(ports, BuildOptions(bytecode=False)).report.notes == (
        "demo/A.txt and demo/a.txt differ by case only; Lambda has both, a disk that ignores case would not",
        "demo.pth has no effect: Python reads .pth files in its own site folders only, not in a layer",
    )
