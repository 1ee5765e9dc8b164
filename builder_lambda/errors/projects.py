"""What can be wrong with a project that is given to us by its ``pyproject.toml``, as errors for a user.

Lines that are not requirements are an ``InvalidRequirements``, as in any other file.
"""

from __future__ import annotations

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.problem import ProblemsError


class ProjectMissing(LayerError, code="project-missing"):
    """There is no ``pyproject.toml`` where the project is said to be."""

    summary = "there is no project at {path!r}"
    cause = "the path is misspelt, or is meant relative to another folder"
    remedy = "name a folder that has a pyproject.toml, or that file"

    path: str


class _OfProject(ProblemsError):
    """A problem that holds every reason of its kind, not the first."""

    path: str
    """The file of the project, as it was given."""


class InvalidProject(_OfProject, code="invalid-project"):
    """A ``pyproject.toml`` cannot be read, or does not say what the project depends on. Holds every reason."""

    summary = "what {path!r} depends on cannot be read"
    cause = "a spelling error, or a form that only one tool can read"
    remedy = "correct the file above (PEP 621 and PEP 735 say what its tables hold), or give a lock of the project"


class UnknownProjectPart(_OfProject, code="unknown-project-part"):
    """A project does not have a group or an extra that is chosen. Holds all of them."""

    summary = "{path!r} does not have all groups and extras that are chosen"
    cause = "a name is misspelt, or the project declares it in the table of a tool"
    remedy = "choose one that there is, or add it to [dependency-groups] or [project.optional-dependencies]"


class PythonNotAllowed(_OfProject, code="python-not-allowed"):
    """A project is not for the Python of a runtime that it is to be built for. Holds every reason."""

    summary = "{path!r} is not for the Python that it is to be built for"
    cause = "the runtime is older or newer than the project allows"
    remedy = "choose a runtime that the project allows, or change requires-python if it runs there"


class ToolSettingsUnheeded(_OfProject, code="tool-settings-unheeded"):
    """A project has settings of a tool that would bring other packages, and that only this tool heeds. Holds all."""

    summary = "{path!r} has settings that only its tool heeds, and that bring other packages"
    cause = "the project is made with that tool; without these settings a stranger's package could take a name of yours"
    remedy = "give in their place what each line says"
