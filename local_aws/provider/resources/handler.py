"""The interface of a resource type: its traits, and its operations on AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

from local_aws.provider.schema import ResourceSchema, resource_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Json, Props


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoName:
    """The rules for a generated name, ``<logical name>-<7 hex digits>``, if the program gives no name."""

    property: str
    maximum_length: int
    prefix_property: str | None = None
    """The input with a prefix of the name. The handler then adds a unique suffix."""

    is_lower_case: bool = False
    has_suffix: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """Facts about a type from terraform-provider-aws that are missing in ``pulumi_aws``.

    Paths of nested properties are dotted, without the indices of lists.
    """

    module: str
    """The module of the class in ``pulumi_aws``."""

    name: str
    """The name of the class."""

    supported: Set[str]
    """The inputs that the stand-in supports. It refuses any other."""

    replaces_on: Set[str]
    """The inputs whose change requires a replacement."""

    computed: Set[str] = frozenset()
    """The inputs that AWS fills in when the program gives none."""

    defaults: Mapping[str, Json] = field(default_factory=dict)
    """The inputs that the plugin fills in."""

    auto_name: AutoName | None = None
    policies: Set[str] = frozenset()
    """The inputs that are JSON policies."""

    sets: Set[str] = frozenset()
    """The lists whose order does not matter."""

    is_regional: bool = True
    deletes_before_replace: bool = False

    @property
    def schema(self) -> ResourceSchema:
        """The schema of the type in ``pulumi_aws``."""
        return resource_schema(self.module, self.name)

    @property
    def has_tags(self) -> bool:
        """Whether the type has tags and the output ``tagsAll``."""
        return "tags" in self.supported


class ResourceHandler(Protocol):
    """One resource type on AWS."""

    traits: ClassVar[Traits]
    """The facts about the type."""

    def check(self, inputs: Props) -> Iterable[Problem]:  # noqa: ARG002 - types with rules use it
        """Return the problems that the real plugin finds before it calls AWS. Unknown values pass."""
        return ()

    def recomputed(self, changed: Set[str], inputs: Props) -> Set[str]:  # noqa: ARG002 - some types use them
        """Return the outputs that are unknown until an update of ``changed`` is done."""
        return frozenset()

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the resource and return its id.

        :raises AwsCallFailed: if nothing was created.
        :raises PartiallyCreated: if it was created, but does not match ``inputs``.
        """

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the current state of the resource at AWS, or ``None`` if it is gone.

        A property that AWS can tell is always there, even when it is empty. ``known`` is what was true of it before:
        all that there is for properties that AWS does not tell; empty when the thing is imported.

        :raises InvalidImportId: if ``identifier`` does not have the form of the type.
        """

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Change the resource to match ``inputs`` in ``changed``. Finish a creation that failed."""

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Delete the resource. It is no error if it is already gone."""
