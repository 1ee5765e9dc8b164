"""What the README shows is run."""

import re
import sys
from pathlib import Path
from typing import Any

import components
from tests.conftest import RecordingEngine

ROOT = Path(__file__).parent.parent


def test_the_example_of_the_readme_makes_what_it_says(
    engine: RecordingEngine, monkeypatch: Any, tmp_path: Path
) -> None:
    code = tmp_path / "builder.zip"
    code.write_bytes(b"the builder's archive")
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(example.splitlines()) <= 20
    # The package is called python_layers where it is installed; the builder's own archive is not made for this.
    monkeypatch.setitem(sys.modules, "python_layers", components)
    example = example.replace(
        'runtimes=["python3.13"]', f'runtimes=["python3.13"], code=__import__("pathlib").Path("{code}")'
    )
    made = engine.deploy(lambda: exec(compile(example, "README.md", "exec"), {}))  # noqa: S102 - our own text
    versions = {name for name, resource in made.items() if resource.typ == "aws:lambda/layerVersion:LayerVersion"}
    assert versions == {
        f"web-python313-{architecture}-{region}-version"
        for architecture in ("x86_64", "arm64")
        for region in ("eu-west-1", "us-east-1")
    }


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z]+)(?:`|  )", (ROOT / "README.md").read_text()))
    assert {"up", "test", "down"} <= named <= targets
