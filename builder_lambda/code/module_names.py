"""Find the names that a module binds, by reading its source. Pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda)
_BINDS_BY_TEXT = {"exec", "globals", "locals", "setattr", "vars"}
"""Builtins that can bind names that are not in the source."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleNames:
    """The names that the top level of a module binds."""

    names: frozenset[str]
    functions: tuple[str, ...]
    """The functions and classes that the module defines, in order of definition."""

    may_have_others: bool
    """Whether it may have further names: ``import *``, ``__getattr__`` (PEP 562), ``globals()``."""


def module_names(source: bytes) -> ModuleNames:
    """Return the names that a module's top level binds, in all branches.

    :raises SyntaxError: if the source cannot be parsed by this interpreter.
    :raises ValueError: if it holds null bytes.
    """
    tree = ast.parse(source)
    nodes = list(_of_top_level(tree))
    names = {name for node in nodes for name in _bound_by(node)}
    names |= {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    functions = [node.name for node in nodes if isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
    return ModuleNames(
        names=frozenset(names),
        functions=tuple(dict.fromkeys(functions)),
        may_have_others="*" in names or "__getattr__" in names or any(map(_binds_by_text, ast.walk(tree))),
    )


def _of_top_level(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run at import, without the bodies of functions and classes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_for_type_checkers(child.test):
            for other in child.orelse:
                yield other
                yield from _of_top_level(other)
            continue
        if isinstance(child, ast.AnnAssign) and child.value is None:
            continue  # names a type, binds nothing
        yield child
        if not isinstance(child, _SCOPES):
            yield from _of_top_level(child)


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Import(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name for alias in aliases)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name


def _is_for_type_checkers(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _binds_by_text(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in _BINDS_BY_TEXT
        case ast.Attribute(attr="modules", value=ast.Name(id="sys")):
            return True
    return False
