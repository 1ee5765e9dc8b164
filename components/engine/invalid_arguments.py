"""Errors of the arguments of components. Each holds all problems of one component."""

from builder_lambda.errors.base import LayerError


class InvalidArguments(LayerError):
    """Arguments of a component cannot be used."""

    cause = "a spelling error, or arguments that exclude each other"

    name: str
    problems: tuple[str, ...]

    def _details(self) -> tuple[str, ...]:
        return self.problems


class InvalidFunction(InvalidArguments, code="invalid-function"):
    """Arguments of a function cannot be used. Holds all problems."""

    summary = "the function {name} cannot be made"
    remedy = "correct these arguments of the PythonFunction"


class InvalidLayer(InvalidArguments, code="invalid-layer"):
    """Arguments of a layer cannot be used. Holds all problems."""

    summary = "the layer {name} cannot be made"
    remedy = "correct these arguments of the PythonLayer"
