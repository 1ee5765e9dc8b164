"""Errors of the resolver, which chooses versions."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class UnknownPackage(LayerError, code="unknown-package"):
    """The index does not have a required project."""

    summary = "the package index has no project {names}"
    explained_by = ("explanation",)
    cause = "the name is misspelt, or the project is on a private index that the builder is not set up for"
    remedy = "correct the name, or give the index that has it: in the index options, or as UV_INDEX_URL of the builder"

    names: tuple[str, ...]
    explanation: str = ""


class UnresolvableRequirements(LayerError, code="unresolvable-requirements"):
    """No set of versions meets all requirements."""

    summary = "no set of versions meets all requirements"
    explained_by = ("explanation",)
    cause = "two requirements exclude each other, or a version does not exist; the resolver's explanation is above"
    remedy = "widen or remove one of the requirements or constraints that the explanation names"

    explanation: str
    """What the resolver said, whole."""


class NoCompatibleWheel(LayerError, code="no-compatible-wheel"):
    """Packages have no wheel that the target can load."""

    summary = "no wheel of {packages} can be loaded by {target}"
    explained_by = ("explanation",)
    cause = "the versions asked for are published as source only, or for other Pythons, machines or a newer glibc"
    remedy = "allow a version that has a wheel, choose another target, or allow source builds of it"

    target: str
    """The target, such as ``python3.13-x86_64``."""

    packages: tuple[str, ...]
    explanation: str = ""


class ResolverStopped(LayerError, code="resolver-stopped"):
    """The resolver took more time or memory than it may, or was ended from outside."""

    summary = "the resolver {resolver!r} was stopped: {reason}"
    cause = "an index answers very slowly or with very large pages, or this machine has too little memory"
    remedy = "run again; if it happens again, pin more of the versions, and check the answers of the package index"

    resolver: str
    reason: str


class ResolverFailed(LayerError, code="resolver-failed"):
    """The resolver failed with an error that this version does not know."""

    summary = "the resolver {resolver!r} failed"
    explained_by = ("explanation",)
    cause = "an error that this release does not know; the output of the resolver is above"
    remedy = "correct what it names, if that is yours; else report it with the lines above"

    resolver: str

    explanation: str
    """What the resolver said, whole, without credentials."""
