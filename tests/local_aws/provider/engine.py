"""A small engine: drives the stand-in over gRPC in the order in which Pulumi's engine does."""

from __future__ import annotations

import itertools
import json
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import grpc
from google.protobuf import empty_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]  # ships no types
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local_aws.provider import wire
from local_aws.provider.resource_types import HANDLERS
from local_aws.provider.servicer import Provider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local_aws.provider.resources.handler import ResourceHandler
    from local_aws.provider.wire import Json, Props

_COUNTER = itertools.count()


class Failed(Exception):
    """An operation failed; with what the engine would keep of the resource."""

    def __init__(self, message: str, kept: provider_pb2.ErrorResourceInitFailed | None) -> None:
        self.message = message
        self.kept = kept
        super().__init__(message)


@dataclass(kw_only=True)
class Resource:
    """What the engine's state holds of one resource."""

    token: str
    name: str
    id: str = ""
    inputs: Props = field(default_factory=dict)
    outputs: Props = field(default_factory=dict)
    is_gone: bool = False

    @property
    def urn(self) -> str:
        return f"urn:pulumi:test::project::{self.token}::{self.name}"


@dataclass(frozen=True, kw_only=True)
class Diff:
    """What a ``Diff`` answered."""

    changes: bool
    replaces: tuple[str, ...]
    detailed: Mapping[str, str]
    deletes_before_replace: bool
    stables: tuple[str, ...]


class Engine:
    """One provider process, configured."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    def configure(self, config: Mapping[str, Json]) -> None:
        with _failures():
            # the engine sends what is no string as JSON
            texts = {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in config.items()
                if value is not None
            }
            self.stub.Configure(provider_pb2.ConfigureRequest(args=wire.encode(texts)))

    def check(self, resource: Resource, program: Props) -> tuple[Props, dict[str, str]]:
        with _failures():
            reply = self.stub.Check(
                provider_pb2.CheckRequest(
                    urn=resource.urn,
                    type=resource.token,
                    name=resource.name,
                    olds=wire.encode(resource.inputs),
                    news=wire.encode(program),
                    randomSeed=resource.name.encode(),
                )
            )
        return wire.decode(reply.inputs), {failure.property: failure.reason for failure in reply.failures}

    def checked(self, resource: Resource, program: Props) -> Props:
        inputs, failures = self.check(resource, program)
        assert failures == {}
        return inputs

    def diff(self, resource: Resource, program: Props, ignored: tuple[str, ...] = ()) -> Diff:
        with _failures():
            reply = self.stub.Diff(
                provider_pb2.DiffRequest(
                    id=resource.id,
                    urn=resource.urn,
                    type=resource.token,
                    olds=wire.encode(resource.outputs),
                    old_inputs=wire.encode(resource.inputs),
                    news=wire.encode(self.checked(resource, program)),
                    ignoreChanges=ignored,
                )
            )
        kinds = provider_pb2.PropertyDiff.Kind
        return Diff(
            changes=reply.changes == provider_pb2.DiffResponse.DIFF_SOME,
            replaces=tuple(reply.replaces),
            detailed={path: kinds.Name(found.kind) for path, found in sorted(reply.detailedDiff.items())},
            deletes_before_replace=reply.deleteBeforeReplace,
            stables=tuple(reply.stables),
        )

    def create(self, token: str, name: str, program: Props) -> Resource:
        resource = Resource(token=token, name=name)
        inputs = self.checked(resource, program)
        with _failures():
            reply = self.stub.Create(
                provider_pb2.CreateRequest(urn=resource.urn, type=token, name=name, properties=wire.encode(inputs))
            )
        assert reply.id
        resource.id, resource.inputs, resource.outputs = reply.id, inputs, wire.decode(reply.properties)
        return resource

    def preview_create(self, token: str, program: Props, name: str = "thing") -> Props:
        resource = Resource(token=token, name=name)
        with _failures():
            reply = self.stub.Create(
                provider_pb2.CreateRequest(
                    urn=resource.urn, type=token, properties=wire.encode(self.checked(resource, program)), preview=True
                )
            )
        assert reply.id == ""
        return wire.decode(reply.properties)

    def update(self, resource: Resource, program: Props, *, preview: bool = False) -> Props:
        news = self.checked(resource, program)
        with _failures():
            reply = self.stub.Update(
                provider_pb2.UpdateRequest(
                    id=resource.id,
                    urn=resource.urn,
                    type=resource.token,
                    olds=wire.encode(resource.outputs),
                    old_inputs=wire.encode(resource.inputs),
                    news=wire.encode(news),
                    preview=preview,
                )
            )
        outputs = wire.decode(reply.properties)
        if not preview:
            resource.inputs, resource.outputs = news, outputs
        return outputs

    def refresh(self, resource: Resource) -> None:
        with _failures():
            reply = self.stub.Read(
                provider_pb2.ReadRequest(
                    id=resource.id,
                    urn=resource.urn,
                    type=resource.token,
                    properties=wire.encode(resource.outputs),
                    inputs=wire.encode(resource.inputs),
                )
            )
        resource.is_gone = reply.id == ""
        if not resource.is_gone:
            resource.inputs, resource.outputs = wire.decode(reply.inputs), wire.decode(reply.properties)

    def import_(self, token: str, name: str, identifier: str) -> Resource:
        resource = Resource(token=token, name=name)
        with _failures():
            reply = self.stub.Read(provider_pb2.ReadRequest(id=identifier, urn=resource.urn, type=token))
        resource.id = reply.id
        resource.is_gone = reply.id == ""
        resource.inputs, resource.outputs = wire.decode(reply.inputs), wire.decode(reply.properties)
        return resource

    def delete(self, resource: Resource) -> None:
        with _failures():
            self.stub.Delete(
                provider_pb2.DeleteRequest(
                    id=resource.id,
                    urn=resource.urn,
                    type=resource.token,
                    properties=wire.encode(resource.outputs),
                    old_inputs=wire.encode(resource.inputs),
                )
            )

    def invoke(self, token: str, arguments: Props | None = None) -> Props:
        with _failures():
            reply = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=wire.encode(arguments or {})))
        return wire.decode(getattr(reply, "return"))

    def version(self) -> str:
        return str(self.stub.GetPluginInfo(empty_pb2.Empty()).version)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except grpc.RpcError as error:
        raise _failure(cast("grpc.Call", error)) from None  # it is the call, too


def _failure(call: grpc.Call) -> Failed:
    kept = None
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            kept = provider_pb2.ErrorResourceInitFailed()
            status_pb2.Status.FromString(value).details[0].Unpack(kept)
    return Failed(call.details() or "", kept)


@contextmanager
def served(handlers: Mapping[str, ResourceHandler] = HANDLERS) -> Iterator[Engine]:
    """Serve the stand-in in this process, and yield an engine that talks to it over gRPC."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(handlers), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Engine(provider_pb2_grpc.ResourceProviderStub(channel))
    finally:
        server.stop(None).wait()


def unique(name: str) -> str:
    """Return a name that no other test of this run uses."""
    return f"{name}-{next(_COUNTER)}"
