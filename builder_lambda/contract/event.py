"""The event of a builder: one request, checked before anything happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from builder_lambda.contract.request import BuildRequest, ResolveRequest
from builder_lambda.contract.request_forms import BUILD, RESOLVE, problems_of
from builder_lambda.errors.options import InvalidRequest
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 50
"""How many problems an answer names."""


def request_of(event: object) -> ResolveRequest | BuildRequest:
    """Return the request of an event: ``{"resolve": ...}`` or ``{"build": ...}``.

    :raises InvalidRequest: naming everything that has another form.
    :raises LayerError: of the values, see :meth:`ResolveRequest.from_mapping` and :meth:`BuildRequest.from_mapping`.
    """
    match event:
        case {"resolve": Mapping() as asked, **rest} if not rest:
            _check(tuple(problems_of(RESOLVE, asked, place="resolve")))
            return ResolveRequest.from_mapping(asked)
        case {"build": Mapping() as asked, **rest} if not rest:
            _check(tuple(problems_of(BUILD, asked, place="build")))
            return BuildRequest.from_mapping(asked)
        case _:
            reason = "an event is an object with either 'resolve' or 'build', which is an object"
            raise InvalidRequest(problems=(Problem(place="event", reason=reason),))


def _check(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidRequest(problems=tuple(problems[:_SHOWN]))
