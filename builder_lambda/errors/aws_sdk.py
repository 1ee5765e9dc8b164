"""The error of a command line without the AWS SDK."""

from builder_lambda.errors.base import LayerError


class AwsSdkMissing(LayerError, code="aws-sdk-missing"):
    """A step needs boto3, which is not installed."""

    summary = "{needed_for} needs the AWS SDK for Python (boto3), which is not installed"
    cause = "python-layers was installed without its extra 'aws'"
    remedy = "pip install 'python-layers[aws]', or uvx --from 'python-layers[aws]' python-layers"

    needed_for: str
    """The step, such as a login or a command."""
