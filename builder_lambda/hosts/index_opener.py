"""Put together what leads to package indexes: for those of the machine, and for those that a request names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.logins import RuntimeLogins
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.indexes.wheel_spool import WheelSpool
from builder_lambda.ports.ports import IndexPorts
from builder_lambda.resolvers.explaining import ExplainingResolver
from builder_lambda.resolvers.glibc import GlibcResolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.indexes.wheel_spool import Spool
    from builder_lambda.ports.ports import Resolver


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedIndexes:
    """What there is of some indexes before there is a resolver."""

    settings: IndexSettings
    listing: SimpleIndex
    wheels: HttpWheelIndex


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexOpener:
    """Opens indexes. Nothing is asked, and no login looked up, before a port is used."""

    settings: IndexSettings
    """Of the machine."""

    resolver: Callable[[OpenedIndexes], Resolver]
    """Makes the resolver for some indexes."""

    logins: RuntimeLogins
    room: Callable[[], Spool] = WheelSpool

    def __call__(self, options: IndexOptions) -> IndexPorts:
        """Return the ports for what a request says about indexes; those of the machine if it says nothing."""
        settings = self.settings.opened(options, self.logins.login)
        connections = IndexConnections(settings.certificates)
        listing = SimpleIndex(settings=settings, connections=connections)
        wheels = HttpWheelIndex(settings=settings, connections=connections, room=self.room)
        resolver = self.resolver(OpenedIndexes(settings=settings, listing=listing, wheels=wheels))
        return IndexPorts(
            resolver=ExplainingResolver(GlibcResolver(resolver, listing), listing),
            wheels=AddressingWheelIndex(wheels, listing),
            listing=listing,
        )


def index_opener(
    settings: IndexSettings,
    resolver: Callable[[OpenedIndexes], Resolver],
    client: Callable[[str, str], Any] | None = None,
    *,
    room: Callable[[], Spool] = WheelSpool,
) -> IndexOpener:
    """Return the opener for a machine with these settings, whose logins are where its variables and role lead.

    :param client: makes a client of an AWS service in a region; boto3's by default.
    :param room: returns where the wheels of one build go.
    """
    logins = RuntimeLogins(environ=settings.environ, netrc_file=settings.netrc_file, client=client)
    return IndexOpener(settings=settings, resolver=resolver, logins=logins, room=room)
