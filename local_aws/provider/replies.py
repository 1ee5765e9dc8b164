"""Convert between our values and the messages of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.runtime.proto import provider_pb2

from local_aws.provider import wire
from local_aws.provider.diff import Change
from local_aws.provider.inputs import Naming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.struct_pb2 import Struct

    from local_aws.provider.diff import Difference
    from local_aws.provider.errors import Problem
    from local_aws.provider.wire import Props

_PropertyDiff = provider_pb2.PropertyDiff
_DiffResponse = provider_pb2.DiffResponse
_Autonaming = provider_pb2.CheckRequest.AutonamingOptions

_KINDS = {
    (Change.ADD, False): _PropertyDiff.ADD,
    (Change.ADD, True): _PropertyDiff.ADD_REPLACE,
    (Change.DELETE, False): _PropertyDiff.DELETE,
    (Change.DELETE, True): _PropertyDiff.DELETE_REPLACE,
    (Change.UPDATE, False): _PropertyDiff.UPDATE,
    (Change.UPDATE, True): _PropertyDiff.UPDATE_REPLACE,
}


def naming(request: provider_pb2.CheckRequest) -> Naming:
    """Return the naming rules in a ``Check`` request."""
    logical_name = request.name or request.urn.rsplit("::", 1)[-1]
    if not request.HasField("autonaming"):
        return Naming(logical_name=logical_name, seed=request.randomSeed)
    options = request.autonaming
    return Naming(
        logical_name=logical_name,
        seed=request.randomSeed,
        is_disabled=options.mode == _Autonaming.DISABLE,
        proposed=options.proposed_name,
    )


def check_response(inputs: Struct, problems: Iterable[Problem]) -> provider_pb2.CheckResponse:
    """Return checked inputs with their problems."""
    failures = [provider_pb2.CheckFailure(property=problem.path, reason=problem.reason) for problem in problems]
    return provider_pb2.CheckResponse(inputs=inputs, failures=failures)


def diff_response(found: Difference, stables: Iterable[str]) -> provider_pb2.DiffResponse:
    """Return a difference. ``stables`` are the outputs that an update does not change."""
    return _DiffResponse(
        changes=_DiffResponse.DIFF_SOME if found.changes else _DiffResponse.DIFF_NONE,
        diffs=sorted(found.changed),
        replaces=found.replaces,
        stables=[] if found.replaces else sorted(stables),
        deleteBeforeReplace=found.deletes_before_replace,
        detailedDiff={
            path: _PropertyDiff(kind=_KINDS[change, found.is_replacing(path)], inputDiff=True)
            for path, change in found.changes.items()
        },
        hasDetailedDiff=True,
    )


def config_diff_response(olds: Props, news: Props) -> provider_pb2.DiffResponse:
    """Return what changed in a provider's configuration."""
    changed = sorted(name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name))
    return _DiffResponse(
        changes=_DiffResponse.DIFF_SOME if changed else _DiffResponse.DIFF_NONE,
        diffs=changed,
        detailedDiff={
            name: _PropertyDiff(kind=_KINDS[_change(name, olds, news), False], inputDiff=True) for name in changed
        },
        hasDetailedDiff=True,
    )


def _change(name: str, olds: Props, news: Props) -> Change:
    if name not in olds:
        return Change.ADD
    return Change.UPDATE if name in news else Change.DELETE


def invoke_response(answer: Props) -> provider_pb2.InvokeResponse:
    """Return the result of a function."""
    # the name of the field is a Python keyword
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(wire.encode(answer))
    return response
