import platform
import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.import_time import ImportFailed, NoNamespace, UnpackedLayer, private_namespace
from benchmarks.layer_set import LayerSet
from local_aws.environments.interpreters import Interpreter


@pytest.fixture
def layer(tmp_path: Path) -> UnpackedLayer:
    try:
        namespace = private_namespace()
    except NoNamespace:
        pytest.skip("this machine has no mount namespaces")
    archive = tmp_path / "layer.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("python/from_layer.py", "assert __file__ == '/opt/python/from_layer.py', __file__\n")
    interpreter = Interpreter(
        runtime=f"python3.{sys.version_info.minor}",
        # not the virtual environment's: that may lie below /tmp, which the namespace hides
        executable=Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}"),
        version=platform.python_version(),
        prefix=Path(sys.base_prefix),
    )
    return UnpackedLayer.of(
        archive, root=tmp_path / "opt", interpreter=interpreter, namespace=namespace, keeps_dates=True
    )


def importing(statements: str) -> LayerSet:
    return LayerSet(name="test", requirements=(), imports=statements)


def test_a_layer_is_imported_from_opt_and_not_changed(layer: UnpackedLayer) -> None:
    assert layer.import_seconds(importing("import from_layer")) > 0
    assert [path.name for path in (layer.folders.opt / "python").iterdir()] == ["from_layer.py"]


def test_a_layer_that_cannot_be_imported_gives_the_reason(layer: UnpackedLayer) -> None:
    with pytest.raises(ImportFailed, match=r"^ModuleNotFoundError: No module named 'not_in_layer'$"):
        layer.import_seconds(importing("import not_in_layer"))
