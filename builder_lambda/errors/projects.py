"""Errors of a project and its ``pyproject.toml``.

Invalid requirement lines are an ``InvalidRequirements``, as in any other file.
"""

from __future__ import annotations

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.problem import ProblemsError


class ProjectMissing(LayerError, code="project-missing"):
    """There is no ``pyproject.toml`` at the path of the project."""

    summary = "there is no project at {path!r}"
    cause = "the path is misspelt, or is meant relative to another folder"
    remedy = "name a folder that has a pyproject.toml, or that file"

    path: str


class _OfProject(ProblemsError):
    """Base of the errors of one project file."""

    path: str
    """The file of the project, as it was given."""


class InvalidProject(_OfProject, code="invalid-project"):
    """A ``pyproject.toml`` cannot be read, or does not say what the project depends on. Lists every reason."""

    summary = "what {path!r} depends on cannot be read"
    cause = "a spelling error, or a form that only one tool can read"
    remedy = "correct the file above (PEP 621 and PEP 735 say what its tables hold), or give a lock of the project"


class UnknownProjectPart(_OfProject, code="unknown-project-part"):
    """A project does not have a chosen group or extra. Lists all of them."""

    summary = "{path!r} does not have all groups and extras that are chosen"
    cause = "a name is misspelt, or the project declares it in the table of a tool"
    remedy = "choose one that exists, or add it to [dependency-groups] or [project.optional-dependencies]"


class PythonNotAllowed(_OfProject, code="python-not-allowed"):
    """A project does not support the target's Python version. Lists every reason."""

    summary = "{path!r} does not support the target's Python version"
    cause = "the runtime is older or newer than the project allows"
    remedy = "choose a runtime that the project allows, or change requires-python if it runs there"


class ToolSettingsUnheeded(_OfProject, code="tool-settings-unheeded"):
    """A project has settings that select other packages, and that only its tool applies. Lists all."""

    summary = "{path!r} has tool settings that select other packages"
    cause = "the project is made with that tool; without these settings a stranger's package could take a name of yours"
    remedy = "apply what each line suggests"
