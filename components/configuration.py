"""Configuration: the values of ``Pulumi.<stack>.yaml``, checked by type.

The only reader of ``pulumi.Config``. ``Pulumi.yaml`` documents each key.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import pulumi
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from builder_lambda.contract.targets import ARCHITECTURES, RUNTIMES
from builder_lambda.errors.base import LayerError
from layer_deployment.names import HOSTS, Host

from .dynamic.statements import ShareWith, invalid_principals
from .hosts.aws_session import lambda_regions
from .hosts.build_container import SAM_IMAGE
from .hosts.hosts import HOST_ORDER


class InvalidSettings(LayerError, code="invalid-settings"):
    """The stack's configuration cannot be used. Holds all problems."""

    summary = "the configuration of the stack cannot be used"
    cause = "a typing error in Pulumi.<stack>.yaml"
    remedy = "correct these keys; Pulumi.yaml describes each, with its type and default"

    problems: tuple[str, ...]

    def _details(self) -> tuple[str, ...]:
        return self.problems


def _supported(value: str, known: Sequence[str], what: str) -> str:
    if value not in known:
        near = difflib.get_close_matches(value, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(sorted(known))}"
        raise ValueError(f"{value!r} is not {what}: {hint}")
    return value


Region = Annotated[str, AfterValidator(lambda value: _supported(value, [*lambda_regions()], "a region with Lambda"))]
Runtime = Annotated[str, AfterValidator(lambda value: _supported(value, RUNTIMES, "a supported runtime"))]
Machine = Annotated[str, AfterValidator(lambda value: _supported(value, ARCHITECTURES, "a supported architecture"))]
HostName = Annotated[Host, BeforeValidator(lambda value: _supported(str(value), HOSTS, "a host"))]
LayerName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,100}$")]


class Group(BaseModel):
    """Keys that belong together. Other keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class BuilderSettings(Group):
    """Where layers are built, and the builder functions."""

    architecture: Machine = "x86_64"
    memory_mb: int = Field(default=1769, ge=128, le=10240)
    timeout_seconds: int = Field(default=900, ge=1, le=900)
    log_retention_days: int = Field(default=14, ge=1)
    environment: Mapping[str, str] = Field(default_factory=dict)
    host: HostName = "lambda"
    host_order: tuple[HostName, ...] = HOST_ORDER
    image: str = SAM_IMAGE
    network: str | None = None


class ShareSettings(Group):
    """Who else may use the layers."""

    accounts: tuple[str, ...] = ()
    organization: str | None = None
    everyone: bool = False

    @property
    def share_with(self) -> ShareWith:
        """The same, as components take it."""
        return ShareWith(accounts=self.accounts, organization=self.organization, everyone=self.everyone)


class LayerSettings(Group):
    """One layer. Keys that it leaves out are taken from the stack."""

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


class Configuration(Group):
    """The configuration of a stack."""

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

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with values of the right type, one sentence each."""
        yield from (f"share_with: {problem}" for problem in invalid_principals(self.share_with.share_with))
        known = lambda_regions()
        partitions = {known[region]: region for region in self.regions}
        if len(partitions) > 1:
            yield f"regions: {' and '.join(sorted(partitions.values()))} are in partitions that share no accounts"
        if "auto" in self.builder.host_order or not self.builder.host_order:
            yield "builder.host_order: name at least one host, and not auto itself"
        for key in ("regions", "runtimes", "architectures"):
            if not getattr(self, key):
                yield f"{key}: at least one is needed"


def read_configuration(config: pulumi.Config) -> Configuration:
    """Return the configuration of the stack.

    :raises InvalidSettings: with all keys that are unknown or of a wrong type.
    """
    keys = Configuration.model_fields.keys() - {"exclude_newer"}
    given = {key: value for key in keys if (value := config.get_object(key)) is not None}
    given["exclude_newer"] = config.get("exclude_newer") or None  # a date, which is no JSON
    try:
        return Configuration.model_validate(given)
    except ValidationError as error:
        raise InvalidSettings(problems=tuple(_sentence(each) for each in error.errors())) from error


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"
