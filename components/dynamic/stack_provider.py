"""StackProvider: what our dynamic providers share. They act as whom the stack's configuration says."""

import logging

from pulumi.dynamic import ConfigureRequest, ResourceProvider

from ..hosts.aws_session import AwsSettings


class StackProvider(ResourceProvider):
    """A dynamic provider without state: pickled as a reference to its class, configured in its own process."""

    serialize_as_secret_always: bool = False  # captures nothing, so there is no secret in it

    _aws: AwsSettings

    def configure(self, req: ConfigureRequest) -> None:
        """Take over the stack's ``aws:`` configuration."""
        self._aws = AwsSettings.from_config(req.config.get)
        # An error reaches the user through the engine; gRPC would print its traceback besides.
        logging.getLogger("grpc").setLevel(logging.CRITICAL)
