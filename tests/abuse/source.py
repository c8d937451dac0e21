"""The source of the package, parsed once for all the rows that look at it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import apprenti

PACKAGE = Path(apprenti.__file__).parent


@cache
def trees() -> dict[str, tuple[ast.AST, ...]]:
    """Every file of the package, by its name within, as all its nodes."""
    return {
        path.relative_to(PACKAGE).as_posix(): tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Yield (file, node)."""
    for name, found in trees().items():
        for node in found:
            yield name, node


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield (place, what is called, the call)."""
    for name, node in nodes():
        if isinstance(node, ast.Call):
            yield f"{name}:{node.lineno}", ast.unparse(node.func), node


def imports() -> Iterator[tuple[str, str]]:
    """Yield (file, module or name within it) for everything imported."""
    for name, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((name, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield name, node.module or ""
            yield from ((name, f"{node.module}.{alias.name}") for alias in node.names)
