"""Options of a build: the same value in a program, in a request and in a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder_lambda.contract.targets import Target

Layout = Literal["python", "site-packages", "function"]
"""Which of the two folders of a layer that Lambda has on the import path is filled (AWS: "Packaging your layer
content"); or the root of the archive, for a deployment package (AWS: "Working with .zip file archives")."""

Slim = Literal["none", "safe", "small"]
"""How much is left out: nothing; what nothing loads; that, and the symbols of native libraries."""

LAYOUTS: tuple[str, ...] = get_args(Layout)
SLIM_PROFILES: tuple[str, ...] = get_args(Slim)

_LAYERS_AT = "/opt/"
"""Where Lambda unpacks layers (AWS: "Managing Lambda dependencies with layers")."""

_FUNCTION_AT = "/var/task/"
"""Where Lambda unpacks a deployment package (AWS: "Defined runtime environment variables", LAMBDA_TASK_ROOT)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildOptions:
    """The options of one build. Values are checked when one is made, all of them at once.

    :raises InvalidOptions: naming every option that cannot be used.
    """

    layout: Layout = "python"
    bytecode: bool = True
    """Whether compiled files are added, where they fit."""

    slim: Slim = "none"
    include: tuple[str, ...] = ()
    """Patterns of paths that stay, whatever else is said. See ``slimming/plan.py``."""

    exclude: tuple[str, ...] = ()
    """Patterns of paths that are left out, even if something imports them."""

    exclude_runtime_provided: bool = False
    """Whether boto3 and what it needs are left to the runtime, whose versions move."""

    size_budget: int | None = None
    """Most bytes that the layer may unpack to, or ``None`` for Lambda's own limit."""

    def __post_init__(self) -> None:
        """Check the values, as they also come over the wire."""
        problems = _problems(self)
        if problems:
            raise _invalid(problems)

    @property
    def makes_files(self) -> bool:
        """Whether something is made of what wheels bring, and may have been made before."""
        return self.bytecode or self.slim == "small"

    @property
    def subject(self) -> str:
        """What is built, in a sentence."""
        return "deployment package" if self.layout == "function" else "layer"

    def prefix(self, target: Target) -> str:
        """Return the folder inside the archive that packages are put into, with a slash at its end, or nothing."""
        match self.layout:
            case "function":
                return ""
            case "python":
                return "python/"
            case "site-packages":
                return f"python/lib/{target.runtime}/site-packages/"

    def mounted_at(self, target: Target) -> str:
        """Return where that folder is at run time, with a slash at its end."""
        return (_FUNCTION_AT if self.layout == "function" else _LAYERS_AT) + self.prefix(target)

    def to_mapping(self) -> dict[str, object]:
        """Return the options as JSON values. The order of patterns does not matter, so they are sorted."""
        return {
            "layout": self.layout,
            "bytecode": self.bytecode,
            "slim": self.slim,
            "include": sorted(set(self.include)),
            "exclude": sorted(set(self.exclude)),
            "exclude_runtime_provided": self.exclude_runtime_provided,
            "size_budget": self.size_budget,
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> BuildOptions:
        """Return the options that :meth:`to_mapping` described; what it does not name has its default.

        :raises InvalidOptions: naming every option that is unknown or cannot be used.
        """
        unknown = sorted(mapping.keys() - cls.__slots__)
        if unknown:
            reason = f"is not an option; those are {', '.join(cls.__slots__)}"
            raise _invalid([(name, reason) for name in unknown])
        given = {
            name: tuple(cast("Sequence[str]", value)) if isinstance(value, list) else value
            for name, value in mapping.items()
            if value is not None
        }
        budget = given.get("size_budget")
        if isinstance(budget, float) and budget.is_integer():  # Pulumi carries every number as a float
            given["size_budget"] = int(budget)
        return cls(**given)  # type: ignore[arg-type]  # every value is checked when the options are made


def _invalid(problems: Sequence[tuple[str, str]]) -> InvalidOptions:
    return InvalidOptions(problems=tuple(Problem(place=option, reason=reason) for option, reason in problems))


def _problems(options: BuildOptions) -> list[tuple[str, str]]:
    """Return each option that cannot be used, and why."""
    problems = []

    def check(option: str, reason: str, *, is_right: bool) -> None:
        if not is_right:
            problems.append((option, f"{reason}, not {getattr(options, option)!r}"))

    check("layout", f"must be one of {', '.join(LAYOUTS)}", is_right=options.layout in LAYOUTS)
    check("slim", f"must be one of {', '.join(SLIM_PROFILES)}", is_right=options.slim in SLIM_PROFILES)
    for name in ("bytecode", "exclude_runtime_provided"):
        check(name, "must be true or false", is_right=isinstance(getattr(options, name), bool))
    for name in ("include", "exclude"):
        check(name, "must be a list of patterns such as 'botocore/data/ec2/**'", is_right=_are_patterns(options, name))
    budget = cast("object", options.size_budget)
    is_size = isinstance(budget, int) and not isinstance(budget, bool) and budget > 0
    check("size_budget", "must be a number of bytes above 0", is_right=budget is None or is_size)
    return problems


def _are_patterns(options: BuildOptions, name: str) -> bool:
    value = cast("object", getattr(options, name))
    return isinstance(value, tuple) and all(isinstance(item, str) and item for item in value)
