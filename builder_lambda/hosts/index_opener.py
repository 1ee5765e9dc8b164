"""Composes what leads to package indexes: those of the machine, or those that a request names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.internal_addresses import ALLOW_INTERNAL_INDEXES, is_internal
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem
from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.logins import RuntimeLogins
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.indexes.wheel_spool import WheelSpool
from builder_lambda.ports.ports import IndexPorts
from builder_lambda.resolvers.index_resolver import IndexResolver
from builder_lambda.resolvers.outside_only import OutsideOnly
from builder_lambda.resolvers.uv import UvResolver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.login_rules import LoginRules
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.indexes.wheel_spool import Spool
    from builder_lambda.ports.ports import Resolver


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedIndexes:
    """The adapters of some indexes, over shared connections."""

    settings: IndexSettings
    connections: IndexConnections
    listing: SimpleIndex
    wheels: HttpWheelIndex

    def ports(self, resolver: Resolver) -> IndexPorts:
        """Return the ports, with ``resolver`` to choose versions."""
        return IndexPorts(
            resolver=IndexResolver(resolver, self.listing),
            wheels=AddressingWheelIndex(self.wheels, self.listing),
            listing=self.listing,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexOpener:
    """Opens indexes. No index is asked, and no login looked up, before an adapter is used."""

    settings: IndexSettings
    """Of the machine."""

    client: Callable[[str, str], Any] | None = None
    """Makes a client of an AWS service in a region, for logins; boto3's by default."""

    rules: LoginRules | None = None
    """The logins that requests may name; ``None`` allows all, where the user runs the build."""

    allows_internal: bool = True
    """Whether an index may be at an address of this machine or of its services."""

    spool: Callable[[], Spool] = WheelSpool
    """Returns where the wheels of one build go."""

    def open(self, options: IndexOptions) -> OpenedIndexes:
        """Return the adapters for what a request says about indexes; those of the machine if it says nothing.

        :raises IndexLoginNotAllowed: if the request names logins that the rules do not allow.
        :raises InvalidOptions: if an index is at an address of this machine, and that is not allowed.
        """
        if self.rules is not None:
            self.rules.check(options)
        machine = self.settings
        logins = RuntimeLogins(environ=machine.environ, netrc_file=machine.netrc_file, client=self.client)
        settings = machine.opened(options, logins.login)
        if not self.allows_internal:
            _refuse_internal(settings)
        connections = IndexConnections(settings.certificates, refuses_internal=not self.allows_internal)
        return OpenedIndexes(
            settings=settings,
            connections=connections,
            listing=SimpleIndex(settings=settings, connections=connections),
            wheels=HttpWheelIndex(settings=settings, connections=connections, spool=self.spool),
        )


def _refuse_internal(settings: IndexSettings) -> None:
    reason = f"its address leads to the builder's own machine; {ALLOW_INTERNAL_INDEXES}=1 allows it on an embedded AWS"
    inside = [index.name for index in settings.indexes if is_internal(index.url)]
    if inside:
        raise InvalidOptions(problems=tuple(Problem(place=f"index {name!r}", reason=reason) for name in inside))


def open_with_uv(opener: IndexOpener, options: IndexOptions, cache: Path) -> IndexPorts:
    """Return the ports to indexes whose versions uv chooses, with its cache in the folder ``cache``."""
    opened = opener.open(options)
    resolver: Resolver = UvResolver(settings=opened.settings, cache=cache, listing=opened.listing)
    if not opener.allows_internal:
        resolver = OutsideOnly(resolver, [index.url for index in opened.settings.indexes])
    return opened.ports(resolver)
