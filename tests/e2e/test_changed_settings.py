"""Every setting of a deployed stack can be changed by an ordinary ``pulumi up`` with its preview, and back.

One stack walks through the table, from each row to the next and at last back to the first. After each step its preview
is clean. No content is ever published twice.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.e2e.index_server import served, write_index, write_wheel
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
WEB = {"requirements": ["idna==3.10"]}
BASE: dict[str, Any] = {"layers": {"web": WEB}, "keep_old_versions": True}

CHANGES: dict[str, dict[str, Any]] = {
    "another home": {"regions": ["eu-west-1", "us-east-1"]},
    "a region more, from another home": {"regions": ["ap-southeast-2", "us-east-1", "eu-west-1"]},
    "a region less": {"regions": ["us-east-1"]},
    "another host": {"builder": {"host": "local"}},
    "hosts in an order": {"builder": {"host": "auto", "host_order": ["lambda", "local"]}},
    "CodeBuild": {"builder": {"host": "codebuild"}},
    "an image and a network for containers": {
        "builder": {"host": "auto", "host_order": ["lambda"], "image": "build-{runtime}", "network": "build"}
    },
    "another machine": {"builder": {"architecture": "arm64", "memory_mb": 512, "timeout_seconds": 60}},
    "other functions": {
        "builder": {"memory_mb": 2048, "log_retention_days": 30, "environment": {"UV_HTTP_TIMEOUT": "60"}}
    },
    "a private index": {
        "index": {"extra": [{"name": "team", "url": "{index}", "secret_arn": "{secret}"}]},
        "layers": {"web": {"requirements": ["idna==3.10", "team-tools==1.0"]}},
        "builder": {"environment": {"ALLOW_INTERNAL_INDEXES": "1"}},
    },
    "source builds": {"allow_source_builds": ["crcmod"], "layers": {"web": WEB}},
    "source builds of a layer": {"layers": {"web": {**WEB, "allow_source_builds": "all"}}},
    "an age of packages": {"exclude_newer": "2026-01-01"},
    "an upgrade": {"upgrade": ["idna"]},
    "options": {"options": {"bytecode": False, "slim": "small", "include": ["*.md"], "exclude": ["*.txt"]}},
    "more options": {"options": {"layout": "site-packages", "exclude_runtime_provided": True, "size_budget": 10**6}},
    "architectures": {"architectures": ["x86_64", "arm64"]},
    "runtimes": {"runtimes": ["python3.9"]},
    "settings of a layer": {
        "layers": {
            "web": {
                "project": "project",
                "extras": ["more"],
                "groups": ["work"],
                "modules": ["own_module.py"],
                "options": {"bytecode": False},
                "runtimes": ["python3.12"],
                "architectures": ["arm64"],
                "host": "local",
            }
        }
    },
    "a lock": {"layers": {"web": {"lock": "pylock.toml"}}},
    "an account": {"share_with": {"accounts": ["999988887777"]}},
    "an organization": {"share_with": {"organization": "o-a1b2c3d4e5"}},
    "everyone": {"share_with": {"everyone": True}},
    "old versions go": {"keep_old_versions": False},
}
"""What differs from :data:`BASE` after each step."""

PROJECT = """\
[project]
name = "web"
version = "1"
dependencies = ["idna==3.10"]
optional-dependencies.more = ["six==1.16.0"]

[dependency-groups]
work = ["certifi==2024.8.30"]
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a private index with one package, and return its URL."""
    folder = tmp_path_factory.mktemp("index")
    wheel = write_wheel(folder, "team_tools", "1.0", {"team_tools.py": b"VALUE = 1\n"})
    write_index(folder, {"team-tools": wheel})
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def deployed(stack: Stack, runtime: str) -> Stack:
    """Return the stack of the first row, with the files that other rows name."""
    (stack.program / "project").mkdir()
    (stack.program / "project" / "pyproject.toml").write_text(PROJECT)
    (stack.program / "own_module.py").write_text("VALUE = 1\n")
    lock = [sys.executable, "-m", "layer_cli", "lock", "idna==3.10", "--runtime", runtime]
    subprocess.run([*lock, "-o", stack.program / "pylock.toml"], cwd=ROOT, check=True, capture_output=True)
    stack.up(**BASE)
    return stack


@pytest.fixture(scope="module")
def secret(deployed: Stack) -> str:
    """Return the ARN of a login."""
    made = deployed.client("secretsmanager").create_secret(
        Name="index-login", SecretString='{"username": "team", "password": "made-up"}'
    )
    return str(made["ARN"])


def contents(stack: Stack) -> Counter[tuple[str, str, str]]:
    """Return how many versions have a content: region, layer, description."""
    found: Counter[tuple[str, str, str]] = Counter()
    for region in REGIONS:
        client = stack.client("lambda", region)
        for layer in client.list_layers()["Layers"]:
            versions = client.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"]
            found.update((region, layer["LayerName"], version["Description"]) for version in versions)
    return found


def filled(value: Any, **names: str) -> Any:
    """Return settings with values for ``{index}`` and ``{secret}``."""
    if isinstance(value, Mapping):
        return {key: filled(each, **names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, **names) for each in value]
    return names.get(value.strip("{}"), value) if isinstance(value, str) else value


SOME = ("another home", "a private index", "source builds")
"""The steps that need the most of a builder: enough for each run of the tests."""


@pytest.mark.parametrize("names", [SOME, pytest.param(tuple(CHANGES), marks=pytest.mark.wide)], ids=["some", "all"])
def test_settings_can_be_changed_and_back(deployed: Stack, index: str, secret: str, names: tuple[str, ...]) -> None:
    for name in (*names, "as it was"):
        settings = {**BASE, **filled(CHANGES.get(name, {}), index=index, secret=secret)}
        changed = deployed.change(**settings)
        assert changed.status == 0, f"{name}:\n{changed.messages}"
        deployed.say("preview", "--expect-no-changes", **settings)
        doubled = [key for key, count in contents(deployed).items() if count > 1]
        assert not doubled, f"{name}: published twice: {doubled}"
        regions = settings.get("regions", ["us-east-1", "eu-west-1"])
        for target in deployed.layers()["web"].values():
            assert sorted(target["layer_version_arns"]) == sorted(regions), name


def test_every_documented_setting_is_changed() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    documented = {
        key for row in re.findall(r"^\| (.+?) \|", page, re.MULTILINE) for key in re.findall(r"`([a-z_.<>A-Z]+)`", row)
    }
    changed = {key for change in (BASE, *CHANGES.values()) for key in keys(change)}
    assert documented - changed == set()


def keys(settings: Mapping[str, Any], start: str = "") -> Iterator[str]:
    """Yield the keys as the page writes them."""
    for name, value in settings.items():
        key = f"{start}{'<name>' if start == 'layers.' else name}"
        yield key
        if isinstance(value, Mapping) and key != "index":
            yield from keys(value, f"{key}.")
