"""What a resource type must bring: its traits, and five operations over AWS."""

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
    """How a type is named when the program gives no name: ``<logical name>-<7 hex digits>``."""

    property: str
    maximum_length: int
    prefix_property: str | None = None
    """The input that asks AWS's side for a unique suffix instead."""

    is_lower_case: bool = False
    has_suffix: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What terraform-provider-aws knows of a type and ``pulumi_aws`` does not say.

    Paths of nested properties are dotted, without the indices of lists.
    """

    module: str
    """Where the class is, within ``pulumi_aws``."""

    name: str
    """The class."""

    supported: Set[str]
    """The inputs that the stand-in acts on; any other is refused."""

    replaces_on: Set[str]
    """The inputs whose change makes a new thing."""

    computed: Set[str] = frozenset()
    """The inputs that AWS fills in when the program gives none."""

    defaults: Mapping[str, Json] = field(default_factory=dict)
    """The inputs that the plugin fills in."""

    auto_name: AutoName | None = None
    policies: Set[str] = frozenset()
    """The inputs that are JSON policies."""

    sets: Set[str] = frozenset()
    """The lists whose order means nothing."""

    is_regional: bool = True
    deletes_before_replace: bool = False

    @property
    def schema(self) -> ResourceSchema:
        """What ``pulumi_aws`` says of the type."""
        return resource_schema(self.module, self.name)

    @property
    def has_tags(self) -> bool:
        """Whether the type has tags, and with them the output ``tagsAll``."""
        return "tags" in self.supported


class ResourceHandler(Protocol):
    """One resource type over AWS."""

    traits: ClassVar[Traits]
    """What is particular about the type."""

    def check(self, inputs: Props) -> Iterable[Problem]:  # noqa: ARG002 - for the types that have rules
        """Return what AWS would refuse and the real plugin finds before it asks; unknown values pass."""
        return ()

    def recomputed(self, changed: Set[str], inputs: Props) -> Set[str]:  # noqa: ARG002 - for the types that need it
        """Return the outputs that an update of ``changed`` makes unknown until it is done."""
        return frozenset()

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the thing and return its id.

        :raises AwsCallFailed: if nothing was made.
        :raises PartiallyCreated: if it was made, but is not as asked.
        """

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return what AWS says of the thing now, or ``None`` if it is gone.

        A property that AWS can tell is always there, even when it is empty. ``known`` is what was true of it before:
        all that there is for properties that AWS does not tell; empty when the thing is imported.

        :raises InvalidImportId: when ``identifier`` has not the type's form.
        """

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Make the inputs ``changed`` of the thing be as in ``inputs``; finish what a failed creation left open."""

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove the thing; one that is already gone is fine."""
