"""Who may import whom, read off the source: packages in floors, no circles, few imports inside functions."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.source_tree import ROOT, imports_of, modules, ours, package_of

CORE = ("errors", "contract")
ARROWS: dict[str, tuple[str, ...]] = {
    # The table in builder_lambda/DESIGN.md. Each package may import those of its row, and itself.
    "errors": (),
    "contract": ("errors",),
    "archive": CORE,
    "requirements": CORE,
    "distributions": (*CORE, "archive"),
    "locks": (*CORE, "requirements"),
    "code": (*CORE, "archive", "distributions"),
    "inspection": (*CORE, "archive"),
    "ports": (*CORE, "archive", "requirements"),
    "slimming": (*CORE, "archive", "distributions", "ports"),
    "bytecode": (*CORE, "archive", "distributions", "ports"),
    "stores": (*CORE, "archive", "requirements", "ports"),
    "indexes": (*CORE, "archive", "distributions", "requirements", "locks", "ports", "stores"),
    "resolvers": (*CORE, "archive", "distributions", "requirements", "locks", "ports", "indexes"),
    "sdists": (
        *CORE, "archive", "distributions", "requirements", "locks", "inspection", "ports", "bytecode", "slimming",
        "stores", "indexes",
    ),
    "pipeline": (
        *CORE, "archive", "distributions", "requirements", "locks", "code", "ports", "slimming", "bytecode", "stores",
        "indexes", "resolvers", "sdists",
    ),
    "hosts": (
        *CORE, "archive", "distributions", "requirements", "locks", "ports", "bytecode", "stores", "indexes",
        "resolvers", "sdists", "pipeline",
    ),
}  # fmt: skip
"""What each package of ``builder_lambda`` may import."""

COMPONENT_ARROWS: dict[str, tuple[str, ...]] = {
    "engine": (),
    "hosts": (),
    "attachment": (),
    "dynamic": ("engine", "hosts", "attachment"),
    "builder": ("engine", "hosts"),
    "layer": ("engine", "hosts", "dynamic", "builder"),
    "function": ("engine", "hosts", "attachment", "dynamic", "builder", "layer"),
    "deploy": ("engine", "hosts"),
}
CLI_ARROWS: dict[str, tuple[str, ...]] = {
    "output": (),
    "doctor": (),
    "inputs": ("output",),
    "work": ("inputs", "output"),
    "tables": ("output", "work", "doctor"),
    "commands": ("doctor", "inputs", "output", "work", "tables"),
}
ROOMS = {"builder_lambda": ARROWS, "components": COMPONENT_ARROWS, "layer_cli": CLI_ARROWS}
FLOORS = {
    "builder_lambda": set[str](),
    "layer_deployment": {"builder_lambda"},
    "components": {"builder_lambda", "layer_deployment"},
    "layer_cli": {"builder_lambda", "layer_deployment"},
}
"""What each top-level package may import of the others."""

ACTING = {"boto3", "botocore", "os", "random", "socket", "subprocess", "tempfile", "time", "urllib3", "urllib.request"}
MAY_ACT = {
    "archive.mapped_memory", "bytecode", "code", "hosts", "indexes", "locks.local_files", "locks.uv",
    "pipeline.measuring", "requirements.files", "requirements.local_wheels", "requirements.project_file", "resolvers",
    "sdists", "stores",
}  # fmt: skip
"""Packages and modules of ``builder_lambda`` that may touch the world; all others are pure."""

PURE = {"sdists.checks", "sdists.choice", "sdists.normal_form", "sdists.reasons", "sdists.variables"}
MAY_USE_BOTO3 = {"components.dynamic", "components.hosts", "components.attachment"}

_BOUNDARY = "behind it is all that a known build does not need"
_BESIDE = "imported while a download runs"
_PRELOADED = "imported while uv runs, which starts without waiting for it"
_TABLE = "--json needs no table, and rich takes longer than a known build"
_NO_AWS = "an optional dependency: the extra 'aws'"
LATE_IMPORTS: dict[str, str] = {
    "builder_lambda.contract.index_options:__post_init__": "most requests name no index",
    "builder_lambda.contract.index_options:from_mapping": "most requests name no index",
    "builder_lambda.hosts.handler:_answer": _BOUNDARY,
    "builder_lambda.hosts.handler:_ports": "the start of a function imports no AWS client",
    "builder_lambda.hosts.local_indexes:open_now": "wheels of the cache need no index",
    "builder_lambda.hosts.local_ports:indexes": _BOUNDARY,
    "builder_lambda.indexes.connections:_opened": _BESIDE,
    "builder_lambda.indexes.logins:_aws": _NO_AWS,
    "builder_lambda.indexes.simple:_files_of": "most builds list no project",
    "builder_lambda.indexes.uv_log:_download": _BESIDE,
    "builder_lambda.locks.given:_parsed": "the readers of other tools' locks import pydantic and poetry-core",
    "builder_lambda.pipeline.build:new_build": _BOUNDARY,
    "builder_lambda.pipeline.resolve:query_of": "a first resolution has no lock",
    "builder_lambda.pipeline.resolve:resolve": _PRELOADED,
    "builder_lambda.pipeline.resolve:resolver_for": "most requests have no local wheels and no source builds",
    "builder_lambda.requirements.files:_lines_of": "requirements without a file need no parser of files",
    "builder_lambda.resolvers.index_resolver:resolve": _PRELOADED,
    "builder_lambda.resolvers.uv:_compile": "a first resolution has no lock",
    "builder_lambda.resolvers.uv:resolve": _PRELOADED,
    "builder_lambda.sdists.on_demand:_builder": "most resolutions build nothing from source",
    "builder_lambda.sdists.resolver:_wheel": "most resolutions build nothing from source",
    "builder_lambda.slimming.plan:_matcher": "only include and exclude patterns need pathspec",
    "layer_cli.__main__:_run": "an interruption of the imports is reported like any other",
    "layer_cli.commands.build:build": _TABLE,
    "layer_cli.commands.cache:info": _TABLE,
    "layer_cli.commands.diff:diff": _TABLE,
    "layer_cli.commands.doctor:doctor": _TABLE,
    "layer_cli.commands.inspect:inspect": _TABLE,
    "layer_cli.commands.lock:lock": _TABLE,
    "layer_cli.doctor.aws:find_aws": _NO_AWS,
    "layer_cli.inputs.indexes:read_indexes": "most commands name no index",
    "layer_cli.inputs.locks:store_given_lock": "a lock that was read before is not read again",
    "layer_cli.inputs.requirement_reading:read_all": "only a project needs pydantic",
    "layer_cli.inputs.requirements:read": "a lock needs no requirements",
    "layer_cli.output.progress:_shared_display": "only a terminal needs rich",
    "layer_cli.work.built_layer:_stored": "most layers have no own modules",
    "layer_cli.work.built_layer:resolve": "a lock needs no resolver",
}
"""Every function that imports when it is called, with the reason."""

MOST_LATE_IMPORTS = 25
"""In builder_lambda and components together."""


def test_each_top_level_package_imports_only_those_below_it() -> None:
    wrong = [
        (module, imported.module)
        for module in modules()
        for imported in imports_of(module)
        if (top := imported.module.partition(".")[0]) in {*FLOORS, "python_layers", "local_aws", "tests"}
        and top != module.partition(".")[0]
        and top not in FLOORS[module.partition(".")[0]]
    ]
    assert wrong == []


@pytest.mark.parametrize("top", ROOMS)
def test_arrows_between_packages_are_those_of_the_table(top: str) -> None:
    arrows = {
        (package_of(module), package_of(other))
        for module in modules()
        for imported in imports_of(module)
        if module.startswith(f"{top}.") and (other := ours(imported.module)) and other.startswith(f"{top}.")
    }
    inside = {(one.removeprefix(f"{top}."), other.removeprefix(f"{top}.")) for one, other in arrows if one != other}
    rooms = ROOMS[top]
    assert {arrow for arrow in inside if arrow[0] in rooms and arrow[1] not in rooms[arrow[0]]} == set()
    assert {room for room, _ in inside} <= {*rooms, top}


@pytest.mark.parametrize("top", ROOMS)
def test_every_package_is_in_the_table_and_its_init_imports_nothing(top: str) -> None:
    packages = {path.parent.name for path in (ROOT / top).glob("*/__init__.py")}
    assert packages == set(ROOMS[top])
    assert [module for name in packages for module in imports_of(f"{top}.{name}")] == []


@pytest.mark.parametrize("package", sorted({package_of(m) for m in modules() if package_of(m).count(".") == 1}))
def test_other_packages_import_the_public_modules_of_a_package_and_no_others(package: str) -> None:
    imported = {
        other.removeprefix(f"{package}.")
        for module in modules()
        if package_of(module) != package
        for each in imports_of(module)
        if (other := ours(each.module)) and other.startswith(f"{package}.")
    }
    assert imported == _public_modules_of(package)


def _public_modules_of(package: str) -> set[str]:
    """Return the modules after ``Public:`` in the docstring of a package; none if it has no such line."""
    docstring = ast.get_docstring(ast.parse(modules()[package].read_text())) or ""
    listed = docstring.partition("Public:")[2]
    if listed.strip() == "every module.":
        return {module.removeprefix(f"{package}.") for module in modules() if module.startswith(f"{package}.")}
    return set(re.findall(r"``(\w+)``", listed))


def test_the_tables_have_no_circle() -> None:
    for rooms in ROOMS.values():
        assert len([*TopologicalSorter(rooms).static_order()]) == len(rooms)


def test_no_module_is_in_a_circle_of_any_kind_of_import() -> None:
    graph = {
        module: {other for imported in imports_of(module) if (other := ours(imported.module)) and other != module}
        for module in modules()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_only_adapters_touch_the_world() -> None:
    def may_act(name: str) -> bool:
        return name not in PURE and (name in MAY_ACT or name.partition(".")[0] in MAY_ACT)

    acting = {
        (module, imported.module)
        for module in modules()
        for imported in imports_of(module)
        if module.startswith("builder_lambda.")
        and not imported.is_for_types
        and not may_act(module.removeprefix("builder_lambda."))
        and any(imported.module == name or imported.module.startswith(f"{name}.") for name in ACTING)
    }
    assert acting == set()


def test_late_imports_are_few_and_each_has_a_reason() -> None:
    late = [
        (module, imported)
        for module in modules()
        for imported in imports_of(module)
        if imported.function and not imported.is_for_types
    ]
    assert {f"{module}:{imported.function}" for module, imported in late} == set(LATE_IMPORTS)
    lines = {(module, imported.line) for module, imported in late if not module.startswith("layer_")}
    assert len(lines) <= MOST_LATE_IMPORTS


def test_only_dynamic_resources_and_hosts_use_boto3() -> None:
    users = {
        package_of(module)
        for module in modules()
        for imported in imports_of(module)
        if module.startswith("components.") and imported.module.partition(".")[0] in {"boto3", "botocore"}
    }
    assert users <= MAY_USE_BOTO3


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("components")])
def test_components_are_relative_inside_themselves_with_real_annotations(module: str) -> None:
    # In the wheel the package is called python_layers: an absolute import of `components` would not be found there.
    text = modules()[module].read_text()
    assert "from components" not in text
    assert "import components" not in text
    assert "from __future__ import annotations" not in text, "Pulumi reads the annotations of components at run time"


@pytest.mark.parametrize("folder", ["builder_lambda", "components", "layer_cli", "layer_deployment", "local_aws"])
def test_no_module_is_over_400_lines(folder: str) -> None:
    assert not [path.name for path in (ROOT / folder).rglob("*.py") if len(path.read_text().splitlines()) > 400]


def test_the_process_of_dynamic_resources_imports_no_component() -> None:
    # Every run of Pulumi starts one; pulumi_aws alone would double its time.
    names = ("layer_build", "layer_replica", "layer_attachment")
    program = f"import sys, {', '.join(f'components.dynamic.{name}' for name in names)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"pulumi_aws", "pydantic", "uv"} & set(run.stdout.split())


def test_every_name_of_the_facade_is_there_and_no_other() -> None:
    import components

    assert all(getattr(components, name) is not None for name in components.__all__)
    with pytest.raises(AttributeError, match="module 'components' has no attribute 'no_such_name'"):
        _ = components.no_such_name  # type: ignore[attr-defined]  # that is the point
