import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from builder_lambda import LayerError
from builder_lambda.contract.options import BuildOptions
from builder_lambda.errors.requirements import InvalidRequirements
from components.configuration import InvalidSettings
from components.dynamic.statements import ShareWith
from components.settings import Settings, read_settings


def settings(folder: Path, **config: Any) -> Settings:
    texts = {
        f"python-layers:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in {"regions": ["eu-west-1"], **config}.items()
    }
    pulumi.runtime.set_all_config(texts)
    return read_settings(pulumi.Config("python-layers"), folder)


def message(folder: Path, **config: Any) -> str:
    with pytest.raises(LayerError) as raised:
        settings(folder, **config)
    return str(raised.value)


def dropped_in(folder: Path, name: str, text: str) -> None:
    path = folder / "layers" / name / "requirements.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text)


def test_a_layer_of_the_configuration(tmp_path: Path) -> None:
    read = settings(
        tmp_path,
        layers={
            "web": {"requirements": ["httpx", "orjson>=3"], "runtimes": ["python3.12"], "architectures": ["arm64"]}
        },
        share_with={"accounts": ["111122223333"]},
        keep_old_versions=False,
    )
    web = read.layers["web"]
    assert web.source.requirements.requirement_lines == ("httpx", "orjson>=3")
    assert (web.runtimes, web.architectures) == (("python3.12",), ("arm64",))
    assert read.builder.runtimes == ("python3.12",)
    assert read.share_with == ShareWith(accounts=("111122223333",))
    assert read.keep_old_versions is False


def test_a_folder_is_a_layer(tmp_path: Path) -> None:
    dropped_in(tmp_path, "http", "requests==2.32.3\n")
    read = settings(tmp_path, runtimes=["python3.11"])
    assert list(read.layers) == ["http"]
    assert read.layers["http"].source.requirements.requirement_lines == ("requests==2.32.3",)
    assert read.layers["http"].runtimes == ("python3.11",)


def test_a_folder_can_be_given_its_own_runtimes(tmp_path: Path) -> None:
    dropped_in(tmp_path, "http", "requests\n")
    read = settings(tmp_path, layers={"http": {"runtimes": ["python3.11", "python3.12"]}})
    assert read.builder.runtimes == ("python3.11", "python3.12")


def test_the_environment_of_the_builder_may_name_an_index(tmp_path: Path) -> None:
    environment = {"UV_INDEX_URL": "https://index.example.invalid/simple"}
    assert settings(tmp_path, builder={"environment": environment}).builder.environment == environment


def test_options_of_a_layer_override_those_of_the_stack(tmp_path: Path) -> None:
    dropped_in(tmp_path, "http", "requests\n")
    read = settings(
        tmp_path,
        options={"slim": "safe", "bytecode": False},
        layers={"http": {"options": {"bytecode": True, "size_budget": 1000000}}},
    )
    assert read.layers["http"].options == BuildOptions(slim="safe", bytecode=True, size_budget=1_000_000)


def test_errors_of_options_upgrade_and_modules_are_reported_together(tmp_path: Path) -> None:
    dropped_in(tmp_path, "http", "requests\n")
    text = message(
        tmp_path,
        options={"slim": "a lot"},
        layers={"http": {"options": {}}, "web": {"requirements": ["httpx"], "modules": ["nowhere"]}},
        upgrade=["no/name"],
    )
    assert "slim: must be one of none, safe, small" in text
    assert "nowhere" in text
    assert "no/name" in text


def test_own_modules_a_project_and_a_lock_are_named_by_path(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("ANSWER = 42\n")
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "pyproject.toml").write_text('[project]\nname = "service"\ndependencies = ["httpx"]\n')
    read = settings(
        tmp_path,
        layers={
            "own": {"project": "service", "modules": ["tools.py"]},
            "locked": {"lock": "service/uv.lock", "groups": ["web"]},
        },
        exclude_newer="7 days",
        upgrade=["all"],
    )
    assert read.layers["own"].source.requirements.requirement_lines == ("httpx",)
    assert [module.source.name for module in read.layers["own"].source.modules] == ["tools"]
    assert read.layers["locked"].source.lock == tmp_path / "service" / "uv.lock"
    assert (read.exclude_newer, read.upgrade) == ("7 days", "all")


def test_builder_defaults_are_one_cpu_and_the_longest_timeout(tmp_path: Path) -> None:
    builder = settings(tmp_path).builder
    assert (builder.memory_mb, builder.timeout_seconds, builder.architecture) == (1769, 900, "x86_64")


def test_hosts_of_all_layers_and_of_one(tmp_path: Path) -> None:
    read = settings(
        tmp_path,
        builder={"host": "auto", "host_order": ["local", "codebuild"], "image": "own", "network": "host"},
        layers={"web": {"requirements": ["httpx"], "host": "container"}, "data": {"requirements": ["idna"]}},
    )
    assert (read.builder.host, read.builder.host_order, read.builder.hosts) == (
        "auto",
        ("local", "codebuild"),
        ("container",),
    )
    assert (read.builder.image, read.builder.network) == ("own", "host")
    assert (read.layers["web"].host, read.layers["data"].host) == ("container", None)


def test_the_default_host_is_the_builder_function(tmp_path: Path) -> None:
    builder = settings(tmp_path).builder
    assert (builder.host, builder.hosts, builder.host_order) == ("lambda", (), ("local", "lambda", "container"))


@pytest.mark.parametrize(
    ("builder", "problem"),
    [
        ({"host": "contaner"}, "builder.host: 'contaner' is not a host: did you mean container?"),
        ({"host_order": ["local", "auto"]}, "builder.host_order: name at least one host, and not auto itself"),
        ({"host_order": []}, "builder.host_order: name at least one host, and not auto itself"),
    ],
)
def test_unknown_hosts_are_refused(tmp_path: Path, builder: dict[str, Any], problem: str) -> None:
    assert problem in message(tmp_path, builder=builder)


def test_all_problems_of_the_configuration_are_reported_together(tmp_path: Path) -> None:
    assert message(
        tmp_path,
        regions=["eu-wst-1"],
        runtimes=["python3.133"],
        builder={"memory": 1024, "timeout_seconds": 901},
        layers={"web": {"architectures": ["arm"]}},
    ) == (
        "invalid-settings: the configuration of the stack cannot be used\n"
        "    regions.0: 'eu-wst-1' is not a region with Lambda: did you mean eu-west-1?\n"
        "    runtimes.0: 'python3.133' is not a supported runtime: did you mean python3.13?\n"
        "    layers.web.architectures.0: 'arm' is not a supported architecture: did you mean arm64?\n"
        "    builder.timeout_seconds: Input should be less than or equal to 900\n"
        "    builder.memory: Extra inputs are not permitted\n"
        "  likely cause: a typing error in Pulumi.<stack>.yaml\n"
        "  what to do: correct these keys; Pulumi.yaml describes each, with its type and default"
    )


def test_malformed_requirements_of_all_layers_are_reported_together(tmp_path: Path) -> None:
    dropped_in(tmp_path, "http", "requests==2.32.3\nflask=>2\n")
    dropped_in(tmp_path, "data", "# numbers\nnumpy>>2\n")
    with pytest.raises(InvalidRequirements) as raised:
        settings(tmp_path, layers={"web": {"requirements": ["httpx", "=="]}})
    assert [(problem.place, problem.line) for problem in raised.value.problems] == [
        ("layers/data/requirements.txt", 2),
        ("layers/http/requirements.txt", 2),
        ("layers.web.requirements", 2),
    ]


def test_problems_of_values_and_of_requirements_are_reported_together(tmp_path: Path) -> None:
    text = message(
        tmp_path, layers={"web": {"requirements": ["=="]}}, share_with={"accounts": [1234], "organization": "acme"}
    )
    assert text.count("what to do") == 2
    assert "share_with: '1234' is not an account id" in text
    assert "share_with: 'acme' is not an organization id" in text
    assert "layers.web.requirements:1" in text


def test_a_missing_requirements_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequirements) as raised:
        settings(tmp_path, layers={"web": {"requirements": "web.txt"}})
    assert [str(problem) for problem in raised.value.problems] == ["web.txt: there is no such file"]


@pytest.mark.parametrize("key", ["regions", "runtimes", "architectures"])
def test_an_empty_list_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(InvalidSettings) as raised:
        settings(tmp_path, **{key: []})
    assert raised.value.problems == (f"{key}: at least one is needed",)


def test_regions_of_different_partitions_share_no_accounts(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as raised:
        settings(tmp_path, regions=["eu-west-1", "cn-north-1"])
    assert raised.value.problems == ("regions: cn-north-1 and eu-west-1 are in partitions that share no accounts",)


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_the_stacks_of_the_repository_have_valid_settings(stack: str) -> None:
    import yaml

    root = Path(__file__).parent.parent.parent
    config = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text())["config"]
    pulumi.runtime.set_all_config({key: json.dumps(value) for key, value in config.items()})
    assert {"data", "http"} <= set(read_settings(pulumi.Config("python-layers"), root).layers)


def test_source_builds_of_a_layer_replace_those_of_the_stack(tmp_path: Path) -> None:
    layers = {
        "every": {"requirements": ["a"]},
        "own": {"requirements": ["b"], "allow_source_builds": "all"},
        "none": {"requirements": ["c"], "allow_source_builds": []},
    }
    read = settings(tmp_path, layers=layers, allow_source_builds=["Crc.Mod"])
    assert {name: layer.allow_source_builds for name, layer in read.layers.items()} == {
        "every": ("crc-mod",),
        "own": "all",
        "none": (),
    }
    assert read.builder.source_builds
    assert not settings(
        tmp_path, layers={"every": {"requirements": ["a"]}}, allow_source_builds=[]
    ).builder.source_builds


def test_an_invalid_name_cannot_be_allowed(tmp_path: Path) -> None:
    text = message(tmp_path, layers={"web": {"requirements": ["a"]}}, allow_source_builds=["no name"])
    assert "allow_source_builds: 'no name' is no project name" in text


def test_a_project_is_read_for_the_runtimes_and_indexes_of_the_stack(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "a"\nrequires-python = ">=3.12"\ndependencies = ["idna"]\n'
        '[tool.uv]\nindex-url = "https://corp.example.invalid/simple"\nexclude-newer = "2024-01-01"\n'
    )
    layers = {"web": {"project": "."}}
    refused = message(tmp_path, layers=layers, runtimes=["python3.11"])
    told = [line.partition(":")[0] for line in refused.splitlines() if not line.startswith(" ")]
    assert told == ["python-not-allowed", "tool-settings-unheeded"]

    environment = {"UV_INDEX_URL": "https://other.example.invalid/simple"}
    index = {"default": {"url": "https://other.example.invalid/simple"}}
    for said in ({"index": index}, {"builder": {"environment": environment}}):
        read = settings(tmp_path, layers=layers, runtimes=["python3.12"], exclude_newer="2024-01-01", **said)
        assert read.layers["web"].source.requirements.requirement_lines == ("idna",)
