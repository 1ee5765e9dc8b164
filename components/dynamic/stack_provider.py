"""StackProvider: the base of our dynamic providers. It uses the AWS credentials of the stack's configuration."""

import logging

from pulumi.dynamic import ConfigureRequest, ResourceProvider

from ..hosts.aws_session import AwsSettings


class StackProvider(ResourceProvider):
    """A dynamic provider without state. Pulumi pickles a reference to its class, and configures it in its process."""

    serialize_as_secret_always: bool = False  # nothing is pickled with the class, so no secret is

    _aws: AwsSettings

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's ``aws:`` configuration."""
        self._aws = AwsSettings.from_config(req.config.get)
        # The engine shows errors to the user; gRPC would also print their traceback.
        logging.getLogger("grpc").setLevel(logging.CRITICAL)
