"""Pulumi's provider protocol: translate requests to calls, and results to replies (pulumi/proto, provider.proto)."""

# ruff: noqa: N802, ARG002 - the protocol names the methods, and gives each a request and a context

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]  # ships no types
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local_aws.provider import PLUGIN_VERSION, functions, operations, planning, replies, settings, wire
from local_aws.provider.diff import difference
from local_aws.provider.errors import InvalidConfiguration, ProviderError, UnsupportedType
from local_aws.provider.inputs import checked_inputs
from local_aws.provider.operations import InitFailed
from local_aws.provider.session import DEFAULT_TIMEOUT_SECONDS, Aws, Clients, partition_of
from local_aws.provider.settings import ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from local_aws.provider.resources.handler import ResourceHandler
    from local_aws.provider.wire import Props


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The plugin for the engine. One process has one."""

    def __init__(
        self, handlers: Mapping[str, ResourceHandler], connect: Callable[[ProviderSettings], Clients] = Clients
    ) -> None:
        self._handlers = handlers
        self._connect = connect
        self._cancelled = threading.Event()
        self._aws: Aws | None = None

    # --- the plugin itself

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Accept no secrets. The engine unwraps them, and marks the outputs as secret itself."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Accept an engine that attaches to this running process."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Return the version of the real plugin."""
        return plugin_pb2.PluginInfo(version=PLUGIN_VERSION)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Return a schema without types: Python programs have the types in ``pulumi_aws``."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": PLUGIN_VERSION}))

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Stop waiting for AWS."""
        self.cancel()
        return empty_pb2.Empty()

    def cancel(self) -> None:
        """End every operation that waits for AWS."""
        self._cancelled.set()

    # --- its configuration

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Return the provider's inputs with all problems in them."""
        return replies.check_response(request.news, sorted(settings.check(wire.decode(request.news))))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Return what changed. It never requires a replacement: resources react to a new region themselves."""
        olds = settings.normalised(wire.decode(request.old_inputs or request.olds))
        news = settings.normalised(wire.decode(request.news))
        return replies.config_diff_response(olds, news)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Store the configuration. AWS is called only if the configuration limits the accounts."""
        with _reported(context):
            props = wire.decode(request.args) or {
                name.removeprefix("aws:config:"): value for name, value in request.variables.items()
            }
            configured = ProviderSettings.from_props(props)
            aws = Aws(settings=configured, clients=self._connect(configured), cancelled=self._cancelled)
            if configured.region:
                partition_of(configured.region)
            if configured.allowed_accounts or configured.forbidden_accounts:
                _check_account(aws)
            self._aws = aws
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    # --- resources

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Return the inputs with names and defaults filled in, and all problems in them."""
        with _reported(context):
            inputs, problems = checked_inputs(
                self._handler(request.type, request.urn),
                wire.decode(request.olds),
                wire.decode(request.news),
                replies.naming(request),
                self._connected().region,
            )
        return replies.check_response(wire.encode(inputs), problems)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Return what differs, and whether that requires a replacement."""
        with _reported(context):
            handler = self._handler(request.type, request.urn)
            news = wire.decode(request.news)
            found = difference(handler.traits, _old_inputs(request), news, request.ignoreChanges)
            unstable = handler.recomputed(found.changed, news)
        return replies.diff_response(found, handler.traits.schema.outputs_only - unstable)

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Create the resource. In a preview, return the outputs that are known."""
        with _reported(context):
            handler = self._handler(request.type, request.urn)
            inputs = wire.decode(request.properties)
            aws = self._connected(request.timeout)
            if request.preview:
                planned = planning.planned_creation(handler.traits, inputs, aws.settings.default_tags)
                return provider_pb2.CreateResponse(properties=wire.encode(planned))
            thing = operations.create(handler, aws, inputs)
        return provider_pb2.CreateResponse(id=thing.identifier, properties=wire.encode(thing.outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Return the current resource with the inputs that describe it, or a reply without an id if it is gone."""
        with _reported(context):
            handler = self._handler(request.type, request.urn)
            inputs = wire.decode(request.inputs)
            known = {**wire.decode(request.properties), **inputs}
            thing = operations.read(handler, self._connected(request.timeout), request.id, known, inputs)
        if thing is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=thing.identifier, properties=wire.encode(thing.outputs), inputs=wire.encode(thing.inputs)
        )

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change the resource in place. In a preview, return the outputs that are known."""
        with _reported(context):
            handler = self._handler(request.type, request.urn)
            olds, news = wire.decode(request.olds), wire.decode(request.news)
            changed = difference(handler.traits, _old_inputs(request), news, request.ignoreChanges).changed
            aws = self._connected(request.timeout)
            if request.preview:
                planned = planning.planned_update(
                    handler.traits, olds, news, handler.recomputed(changed, news), aws.settings.default_tags
                )
                return provider_pb2.UpdateResponse(properties=wire.encode(planned))
            thing = operations.update(handler, aws, request.id, olds, news, changed)
        return provider_pb2.UpdateResponse(properties=wire.encode(thing.outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete the resource."""
        with _reported(context):
            handler = self._handler(request.type, request.urn)
            known = {**wire.decode(request.properties), **_plain(wire.decode(request.old_inputs))}
            handler.delete(self._connected(request.timeout), request.id, known)
        return empty_pb2.Empty()

    # --- functions

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Return the result of a function."""
        with _reported(context):
            answer = functions.invoke(self._connected(), request.tok, wire.decode(request.args))
        return replies.invoke_response(answer)

    def _handler(self, token: str, urn: str) -> ResourceHandler:
        # engines before 3.139 send the type in the URN only: urn:pulumi:<stack>::<project>::<parents$type>::<name>
        token = token or urn.split("::")[2].rpartition("$")[2]
        handler = self._handlers.get(token)
        if handler is None:
            raise UnsupportedType(token, self._handlers)
        return handler

    def _connected(self, timeout_seconds: float = 0) -> Aws:
        if self._aws is None:
            raise InvalidConfiguration("the provider has not been configured")
        return replace(self._aws, timeout_seconds=timeout_seconds or DEFAULT_TIMEOUT_SECONDS)


def _check_account(aws: Aws) -> None:
    account, configured = aws.account, aws.settings
    is_allowed = not configured.allowed_accounts or account in configured.allowed_accounts
    if not is_allowed or account in configured.forbidden_accounts:
        raise InvalidConfiguration(f"AWS account ID not allowed: {account}")


def _old_inputs(request: provider_pb2.DiffRequest | provider_pb2.UpdateRequest) -> Props:
    """Return the inputs of the last deployment. Engines before 3.68 send the outputs only."""
    return wire.decode(request.old_inputs) or wire.decode(request.olds)


def _plain(inputs: Props) -> Props:
    return {name: value for name, value in inputs.items() if name != wire.DEFAULTS}


@contextmanager
def _reported(context: grpc.ServicerContext) -> Iterator[None]:
    """Report our errors by the protocol: a message for the user, never a traceback."""
    try:
        yield
    except InitFailed as error:
        _abort_partially(context, error)
    except ProviderError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _abort_partially(context: grpc.ServicerContext, error: InitFailed) -> NoReturn:
    """Abort so that the engine keeps the resource with its problems and updates it in the next deployment."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.thing.identifier,
            properties=wire.encode(error.thing.outputs),
            inputs=wire.encode(error.thing.inputs),
            reasons=[str(error)],
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))
