"""The modules of the product and their imports, read off the source."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRODUCT = ("builder_lambda", "components", "layer_cli", "layer_deployment")


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported name."""

    module: str
    """Dotted, of a module of the product or of a library."""

    function: str | None
    """The function that imports it when it is called; ``None`` at the top."""

    is_for_types: bool
    line: int


@cache
def modules() -> Mapping[str, Path]:
    """Return the file of each module of the product, by dotted name."""
    files = (file for folder in PRODUCT for file in sorted((ROOT / folder).rglob("*.py")))
    return {_name_of(file): file for file in files}


@cache
def imports_of(module: str) -> tuple[Import, ...]:
    """Return everything that a module of the product imports."""
    file = modules()[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return tuple(_found(ast.parse(file.read_text()), package, None, is_for_types=False))


def package_of(module: str) -> str:
    """Return the room of a module: its package of two parts, or the top-level package."""
    parts = module.split(".")
    is_package = modules()[module].name == "__init__.py"
    return ".".join(parts[: 2 if len(parts) > 2 or (is_package and len(parts) == 2) else 1])


def ours(module: str) -> str | None:
    """Return the module of the product that an imported name is, or is in; ``None`` for libraries."""
    while module:
        if module in modules():
            return module
        module = module.rpartition(".")[0]
    return None


def _name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _found(node: ast.AST, package: str, function: str | None, *, is_for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=names):
                for name in names:
                    yield Import(module=name.name, function=function, is_for_types=is_for_types, line=child.lineno)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = ".".join(package.split(".")[: len(package.split(".")) - level + 1]) if level else ""
                source = ".".join(part for part in (base, module) if part)
                for name in names:
                    yield Import(
                        module=f"{source}.{name.name}", function=function, is_for_types=is_for_types, line=child.lineno
                    )
            case ast.FunctionDef(name=inside) | ast.AsyncFunctionDef(name=inside):
                yield from _found(child, package, inside, is_for_types=is_for_types)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from _found(child, package, function, is_for_types=True)
            case _:
                yield from _found(child, package, function, is_for_types=is_for_types)
