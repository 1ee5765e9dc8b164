"""The environment variables that name package indexes."""

from collections.abc import Mapping

from builder_lambda.contract.index_options import IndexOptions

INDEX_VARIABLES = (
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_INDEX",
    "UV_INDEX_URL",
)


def names_indexes(index: IndexOptions, environment: Mapping[str, str]) -> bool:
    """Return whether the options or variables of a builder name an index."""
    return bool(index) or any(environment.get(name) for name in INDEX_VARIABLES)
