"""Settings: what a stack's configuration says, read once and whole, all faults reported together.

The only reader of ``pulumi.Config``. ``Pulumi.yaml`` documents each key.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pulumi
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from builder_lambda import (
    ARCHITECTURES,
    RUNTIMES,
    Architecture,
    IndexOptions,
    LayerError,
    Requirements,
    Target,
    parse_requirements,
)
from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.source_policy import AllowSourceBuilds, allow_source_builds_of
from builder_lambda.contract.upgrade import Upgrade, upgrade_of
from builder_lambda.errors.several import one_error
from builder_lambda.requirements.local_wheels import LocalWheels
from builder_lambda.requirements.project_overrides import ProjectOverrides

from .builder.layer_builder import LayerBuilderArgs, names_indexes
from .dynamic.statements import ShareWith, invalid_principals
from .hosts.aws_session import lambda_regions
from .hosts.build_container import SAM_IMAGE
from .hosts.hosts import HOST_ORDER, HOSTS, Host
from .layer.layer_source import LayerSource

_KEYS = (
    "regions",
    "runtimes",
    "architectures",
    "layers",
    "options",
    "index",
    "upgrade",
    "allow_source_builds",
    "share_with",
    "builder",
    "keep_old_versions",
)
_REQUIREMENTS_FILE = "requirements.txt"


class InvalidSettings(LayerError, code="invalid-settings"):
    """The stack's configuration has faults. Holds all of them."""

    cause = "a typing error in Pulumi.<stack>.yaml"
    remedy = "mend these keys; Pulumi.yaml describes each, with its type and default"

    faults: tuple[str, ...]

    def _what(self) -> str:
        return "the configuration of the stack cannot be used"

    def _details(self) -> tuple[str, ...]:
        return self.faults


def _supported(value: str, known: Sequence[str], what: str) -> str:
    if value not in known:
        near = difflib.get_close_matches(value, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
        raise ValueError(f"{value!r} is not {what}: {hint}")
    return value


Region = Annotated[
    str, AfterValidator(lambda value: _supported(value, tuple(lambda_regions()), "a region with Lambda"))
]
Runtime = Annotated[str, AfterValidator(lambda value: _supported(value, RUNTIMES, "a supported runtime"))]
Machine = Annotated[str, AfterValidator(lambda value: _supported(value, ARCHITECTURES, "a supported architecture"))]
HostName = Annotated[Host, BeforeValidator(lambda value: _supported(str(value), HOSTS, "a host that builds"))]
LayerName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,100}$")]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class BuilderSettings(_Group):
    """The builder functions."""

    architecture: Machine = "x86_64"
    memory_mb: int = Field(default=1769, ge=128, le=10240)
    timeout_seconds: int = Field(default=900, ge=1, le=900)
    log_retention_days: int = Field(default=14, ge=1)
    environment: Mapping[str, str] = Field(default_factory=dict)
    host: HostName = "lambda"
    host_order: tuple[HostName, ...] = HOST_ORDER
    image: str = SAM_IMAGE
    network: str | None = None


class ShareSettings(_Group):
    """Who else may use the layers."""

    accounts: tuple[str, ...] = ()
    organization: str | None = None
    everyone: bool = False


class LayerSettings(_Group):
    """One layer; what it does not say is said for all layers."""

    requirements: tuple[str, ...] | str | None = None
    project: str | None = None
    lock: str | None = None
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    options: Mapping[str, Any] = Field(default_factory=dict)
    runtimes: tuple[Runtime, ...] | None = None
    architectures: tuple[Machine, ...] | None = None
    host: HostName | None = None
    allow_source_builds: tuple[str, ...] | Literal["all"] | None = None


class _Configuration(_Group):
    regions: tuple[Region, ...]
    runtimes: tuple[Runtime, ...] = ("python3.13",)
    architectures: tuple[Machine, ...] = ("x86_64",)
    layers: Mapping[LayerName, LayerSettings] = Field(default_factory=dict)
    options: Mapping[str, Any] = Field(default_factory=dict)
    index: Mapping[str, Any] = Field(default_factory=dict)
    exclude_newer: str | None = None
    upgrade: tuple[str, ...] | str = ()
    allow_source_builds: tuple[str, ...] | Literal["all"] = ()
    share_with: ShareSettings = Field(default_factory=ShareSettings)
    builder: BuilderSettings = Field(default_factory=BuilderSettings)
    keep_old_versions: bool = True


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer that is to exist."""

    source: LayerSource
    options: BuildOptions
    runtimes: tuple[str, ...]
    architectures: tuple[Architecture, ...]
    host: Host | None = None
    allow_source_builds: AllowSourceBuilds = ()


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

    :param folder: what paths of requirements files are relative to, and where ``layers/<name>/`` is looked for.
    :raises LayerError: that tells all faults of configuration and requirements files.
    """
    try:
        configuration = _Configuration.model_validate(
            {
                **{key: value for key in _KEYS if (value := config.get_object(key)) is not None},
                "exclude_newer": config.get("exclude_newer") or None,
            }
        )
    except ValidationError as error:
        raise InvalidSettings(faults=tuple(_sentence(fault) for fault in error.errors())) from error

    share_with = ShareWith(
        accounts=configuration.share_with.accounts,
        organization=configuration.share_with.organization,
        everyone=configuration.share_with.everyone,
    )
    faults = [f"share_with: {reason}" for reason in invalid_principals(share_with)]
    faults += _more_than_one_partition(configuration.regions)
    if "auto" in configuration.builder.host_order or not configuration.builder.host_order:
        faults.append("builder.host_order: name hosts in their order; auto itself is none")
    faults += [
        f"{key}: at least one is needed"
        for key in ("regions", "runtimes", "architectures")
        if not getattr(configuration, key)
    ]
    errors: list[LayerError] = []
    index, upgrade = IndexOptions(), upgrade_of(())
    try:
        index = IndexOptions.from_mapping(configuration.index)
        upgrade = upgrade_of("all" if "all" in configuration.upgrade else configuration.upgrade)
        if configuration.exclude_newer:
            ExcludeNewer.parse(configuration.exclude_newer)
    except LayerError as error:
        errors.append(error)
    layers = {}
    for name, layer in _with_dropped_in(configuration.layers, folder).items():
        try:
            layers[name] = Layer(
                source=_read(name, layer, folder, _overrides(layer, configuration)),
                options=BuildOptions.from_mapping({**configuration.options, **layer.options}),
                runtimes=layer.runtimes or configuration.runtimes,
                architectures=_architectures(layer.architectures or configuration.architectures),
                host=layer.host,
                allow_source_builds=_allowed(layer.allow_source_builds, configuration.allow_source_builds),
            )
        except LayerError as error:
            errors.append(error)
    if faults:
        errors.append(InvalidSettings(faults=tuple(faults)))
    if errors:
        raise one_error(errors)

    builder = configuration.builder
    return Settings(
        builder=LayerBuilderArgs(
            regions=configuration.regions,
            runtimes=tuple(dict.fromkeys(runtime for layer in layers.values() for runtime in layer.runtimes))
            or configuration.runtimes,
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
        ),
        layers=layers,
        exclude_newer=configuration.exclude_newer,
        upgrade=upgrade,
        share_with=share_with,
        keep_old_versions=configuration.keep_old_versions,
    )


def _with_dropped_in(configured: Mapping[str, LayerSettings], folder: Path) -> dict[str, LayerSettings]:
    found = sorted(path.parent.name for path in (folder / "layers").glob(f"*/{_REQUIREMENTS_FILE}"))
    return {**{name: LayerSettings() for name in found}, **configured}


def _read(name: str, layer: LayerSettings, folder: Path, overrides: ProjectOverrides) -> LayerSource:
    requirements: Path | Requirements | None = None
    if isinstance(layer.requirements, tuple):
        requirements = parse_requirements(
            layer.requirements, source=f"layers.{name}.requirements", local_wheels=LocalWheels(folder)
        )
    elif layer.requirements or layer.project:
        requirements = folder / str(layer.requirements or layer.project)
    elif not layer.lock:
        requirements = folder / "layers" / name / _REQUIREMENTS_FILE
    return LayerSource.read(
        requirements,
        lock=folder / layer.lock if layer.lock else None,
        groups=layer.groups,
        extras=layer.extras,
        modules=[folder / module for module in layer.modules],
        base=folder,
        overrides=overrides,
    )


def _overrides(layer: LayerSettings, configuration: _Configuration) -> ProjectOverrides:
    return ProjectOverrides(
        targets=[
            Target.parse(runtime, architecture)
            for runtime in layer.runtimes or configuration.runtimes
            for architecture in layer.architectures or configuration.architectures
        ],
        names_indexes=bool(configuration.index) or names_indexes(IndexOptions(), configuration.builder.environment),
        limits_age=bool(configuration.exclude_newer),
    )


def _allowed(layer: Sequence[str] | None, everywhere: Sequence[str]) -> AllowSourceBuilds:
    given = everywhere if layer is None else layer
    return allow_source_builds_of("all" if "all" in given else given)


def _architectures(names: Sequence[str]) -> tuple[Architecture, ...]:
    return tuple(Target.parse(RUNTIMES[-1], name).architecture for name in names)


def _more_than_one_partition(regions: Sequence[str]) -> Iterator[str]:
    known = lambda_regions()
    partitions = {known[region]: region for region in regions}
    if len(partitions) > 1:
        yield f"regions: {' and '.join(sorted(partitions.values()))} are in partitions that share no accounts"


def _sentence(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg'].removeprefix('Value error, ')}"
