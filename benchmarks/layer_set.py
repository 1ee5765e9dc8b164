"""The layers that are built."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerSet:
    """The requirements of one layer, and how a function imports it."""

    name: str
    requirements: tuple[str, ...]
    """Without versions: the newest ones are built."""
    imports: str
    """The import statements of a function that uses all of it."""


SETS = (
    LayerSet(name="requests", requirements=("requests",), imports="import requests"),
    LayerSet(
        name="cryptography",
        requirements=("cryptography", "pyjwt"),
        imports="import jwt\nfrom cryptography.hazmat.primitives.asymmetric import rsa\nfrom cryptography import x509",
    ),
    LayerSet(name="fastapi", requirements=("fastapi", "pydantic"), imports="import fastapi, pydantic"),
    LayerSet(
        name="boto3",
        requirements=("boto3",),
        imports="import boto3\nboto3.client('s3', region_name='eu-west-1')",
    ),
    LayerSet(name="pandas", requirements=("numpy", "pandas"), imports="import numpy, pandas"),
    LayerSet(
        name="scikit-learn",
        requirements=("scikit-learn",),
        imports="import sklearn.ensemble, sklearn.linear_model, sklearn.pipeline",
    ),
    LayerSet(
        name="at-the-limit",
        requirements=("scikit-learn", "pandas"),
        imports="import pandas\nimport sklearn.ensemble, sklearn.linear_model, sklearn.pipeline",
    ),
)
"""From very small to the size limit: the last one unpacks to more than 90 % of what Lambda allows."""


def chosen_sets(names: tuple[str, ...]) -> tuple[LayerSet, ...]:
    """Return the sets of these names in the order of :data:`SETS`; all sets if there are no names.

    :raises KeyError: with the unknown names.
    """
    unknown = set(names) - {layer_set.name for layer_set in SETS}
    if unknown:
        raise KeyError(*sorted(unknown))
    return tuple(layer_set for layer_set in SETS if not names or layer_set.name in names)
