"""All of ministack that we reach into, at one place.

We replace names that its authors call private: the version is pinned exactly, and `tests/local_aws` holds the contract
that every change of version must pass.
"""

# The rest of the project, mypy included, runs in an environment that cannot hold ministack: it pins botocore.
from ministack import app
from ministack.core import iam_actions, lambda_runtime, persistence, responses
from ministack.services import lambda_svc

__all__ = ["app", "iam_actions", "lambda_runtime", "lambda_svc", "persistence", "responses"]
