"""What AWS says of a call that failed, as an error with a code."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from builder_lambda.errors.deployment import AwsRefused


@contextmanager
def in_words_of_aws(action: str, region: str) -> Iterator[None]:
    """Let a block fail with an error that tells what was done, and what AWS says.

    :param action: what the block does, such as ``publishing layer web-python313-x86_64``.
    :raises AwsRefused: if a call of AWS fails.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise AwsRefused(action=action, region=region, detail=str(error)) from error
