"""Refuses requirements and indexes that lead into the builder's own machine, before uv asks for them.

uv makes its own connections, so its hosts are looked up here first. A host that answers differently a moment later is
not noticed: see "What is trusted".
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder_lambda.contract.internal_addresses import is_internal, is_internal_address
from builder_lambda.contract.urls import bare
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.requirements import InvalidRequirements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.pylock import Pylock

    from builder_lambda.ports.ports import Resolver
    from builder_lambda.ports.version_query import VersionQuery


class OutsideOnly:
    """See :class:`~builder_lambda.ports.ports.Resolver`."""

    def __init__(self, resolver: Resolver, indexes: Iterable[str]) -> None:
        """Ask ``resolver``, whose indexes have these URLs."""
        self._resolver = resolver
        self._indexes = tuple(indexes)

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`.

        :raises InvalidRequirements: naming every address that leads into this machine.
        """
        given = [each.value.url for each in query.requirements.requirements if each.value.url and not each.is_local]
        inside = sorted({url for url in (*given, *self._indexes) if leads_inside(url)})
        if inside:
            reason = "leads to the builder's own machine, which is not asked"
            raise InvalidRequirements(problems=tuple(Problem(place=bare(url), reason=reason) for url in inside))
        return self._resolver.resolve(query)


def leads_inside(url: str) -> bool:
    """Return whether the host of a URL is, or has, an address of this machine. An unknown host has none."""
    if is_internal(url):
        return True
    with suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(urlsplit(url).hostname, None, type=socket.SOCK_STREAM)
        return any(is_internal_address(str(address[0])) for *_, address in found)
    return False
