"""Settings: what a stack deploys, read from its configuration and the files that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pulumi

from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.source_policy import AllowSourceBuilds, allow_source_builds_of
from builder_lambda.contract.targets import RUNTIMES, Architecture, Target
from builder_lambda.contract.upgrade import Upgrade, upgrade_of
from builder_lambda.requirements.local_wheels import LocalWheels
from builder_lambda.requirements.project_overrides import ProjectOverrides
from builder_lambda.requirements.requirements import Requirements, parse_requirements
from layer_deployment.names import Host

from .builder.layer_builder_args import LayerBuilderArgs
from .configuration import Configuration, InvalidSettings, LayerSettings, read_configuration
from .dynamic.statements import ShareWith
from .engine.collected_errors import CollectedErrors
from .hosts.index_variables import names_indexes
from .layer.layer_source import LayerSource

_REQUIREMENTS_FILE = "requirements.txt"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of the stack."""

    source: LayerSource
    options: BuildOptions
    runtimes: tuple[str, ...]
    architectures: tuple[Architecture, ...]
    host: Host | None
    allow_source_builds: AllowSourceBuilds


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the program deploys."""

    builder: LayerBuilderArgs
    layers: Mapping[str, Layer]
    exclude_newer: str | None
    upgrade: Upgrade
    share_with: ShareWith
    keep_old_versions: bool


def read_settings(config: pulumi.Config, folder: Path) -> Settings:
    """Return the settings of the stack.

    :param folder: base of relative paths. Its subfolders ``layers/<name>`` are layers too.
    :raises LayerError: with all problems of configuration and requirements files.
    """
    configuration = read_configuration(config)
    errors = CollectedErrors()
    index = errors.attempt(lambda: IndexOptions.from_mapping(configuration.index))
    upgrade = errors.attempt(lambda: upgrade_of(_names_or_all(configuration.upgrade)))
    if age := configuration.exclude_newer:
        errors.attempt(lambda: ExcludeNewer.parse(age))
    found = {
        name: errors.attempt(partial(_layer, name, layer, configuration, folder))
        for name, layer in _all_layers(configuration, folder).items()
    }
    if problems := tuple(configuration.problems()):
        errors.add(InvalidSettings(problems=problems))
    errors.raise_all()
    layers = {name: layer for name, layer in found.items() if layer is not None}
    return Settings(
        builder=_builder(configuration, layers, index or IndexOptions()),
        layers=layers,
        exclude_newer=configuration.exclude_newer,
        upgrade=upgrade or (),
        share_with=configuration.share_with.share_with,
        keep_old_versions=configuration.keep_old_versions,
    )


def _all_layers(configuration: Configuration, folder: Path) -> Mapping[str, LayerSettings]:
    """Return the layers of the configuration, and those that are only folders."""
    folders = sorted(path.parent.name for path in (folder / "layers").glob(f"*/{_REQUIREMENTS_FILE}"))
    return {**{name: LayerSettings() for name in folders}, **configuration.layers}


def _layer(name: str, layer: LayerSettings, configuration: Configuration, folder: Path) -> Layer:
    errors = CollectedErrors()
    source = errors.attempt(lambda: _source(name, layer, folder, _overrides(layer, configuration)))
    options = errors.attempt(lambda: BuildOptions.from_mapping({**configuration.options, **layer.options}))
    named = configuration.allow_source_builds if layer.allow_source_builds is None else layer.allow_source_builds
    allowed = errors.attempt(lambda: allow_source_builds_of(_names_or_all(named)))
    errors.raise_all()
    return Layer(
        source=source or LayerSource(),
        options=options or BuildOptions(),
        runtimes=layer.runtimes or configuration.runtimes,
        architectures=_architectures(layer.architectures or configuration.architectures),
        host=layer.host,
        allow_source_builds=allowed or (),
    )


def _source(name: str, layer: LayerSettings, folder: Path, overrides: ProjectOverrides) -> LayerSource:
    return LayerSource.read(
        _requirements(name, layer, folder),
        lock=folder / layer.lock if layer.lock else None,
        groups=layer.groups,
        extras=layer.extras,
        modules=[folder / module for module in layer.modules],
        base=folder,
        overrides=overrides,
    )


def _requirements(name: str, layer: LayerSettings, folder: Path) -> Path | Requirements | None:
    if isinstance(layer.requirements, tuple):
        source = f"layers.{name}.requirements"
        return parse_requirements(layer.requirements, source=source, local_wheels=LocalWheels(folder))
    if path := layer.requirements or layer.project:
        return folder / path
    return None if layer.lock else folder / "layers" / name / _REQUIREMENTS_FILE


def _overrides(layer: LayerSettings, configuration: Configuration) -> ProjectOverrides:
    return ProjectOverrides(
        targets=[
            Target.parse(runtime, architecture)
            for runtime in layer.runtimes or configuration.runtimes
            for architecture in layer.architectures or configuration.architectures
        ],
        names_indexes=bool(configuration.index) or names_indexes(IndexOptions(), configuration.builder.environment),
        limits_age=bool(configuration.exclude_newer),
    )


def _builder(configuration: Configuration, layers: Mapping[str, Layer], index: IndexOptions) -> LayerBuilderArgs:
    builder = configuration.builder
    runtimes = dict.fromkeys(runtime for layer in layers.values() for runtime in layer.runtimes)
    return LayerBuilderArgs(
        regions=configuration.regions,
        runtimes=tuple(runtimes) or configuration.runtimes,
        architecture=_architectures((builder.architecture,))[0],
        memory_mb=builder.memory_mb,
        timeout_seconds=builder.timeout_seconds,
        log_retention_days=builder.log_retention_days,
        environment=builder.environment,
        index=index,
        host=builder.host,
        source_builds=any(layer.allow_source_builds for layer in layers.values()),
        hosts=tuple(dict.fromkeys(layer.host for layer in layers.values() if layer.host)),
        host_order=builder.host_order,
        image=builder.image,
        network=builder.network,
    )


def _names_or_all(given: Sequence[str]) -> object:
    return "all" if "all" in given else given


def _architectures(names: Sequence[str]) -> tuple[Architecture, ...]:
    return tuple(Target.parse(RUNTIMES[-1], name).architecture for name in names)
