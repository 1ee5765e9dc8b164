"""The modules of ministack that we use or change. Nothing else imports ministack.

We replace private names. So the version is pinned exactly, and every other version must pass `tests/local_aws` first.
"""

# ministack pins botocore. So it cannot be in the environment of the rest of the project, where mypy runs.
from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence, responses
from ministack.services import iam, lambda_svc

__all__ = ["app", "iam", "iam_actions", "iam_evaluator", "lambda_runtime", "lambda_svc", "persistence", "responses"]
