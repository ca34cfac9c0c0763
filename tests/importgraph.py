"""Which module imports which, read from the text: imports inside functions, under TYPE_CHECKING and by name as a string
count like any other."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("console", "dhcpserver", "snmp")
NAMED = re.compile(rf"(?P<module>(?:{'|'.join(PACKAGES)})(?:\.\w+)+)(?::\w+)?")
"""A module in a string: `console.cli`, or `console.tui.screens.pair:PairScreen`."""

Graph = Mapping[str, frozenset[str]]


def import_graph(root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> Graph:
    """The modules of the packages, each with the modules of the packages that it imports."""
    paths = {_name(root, path): path for package in packages for path in (root / package).rglob("*.py")}
    return {name: frozenset(_imported(path, name, paths.keys())) for name, path in paths.items()}


def circles(graph: Graph) -> list[tuple[str, ...]]:
    """The sets of modules that import each other, directly or not (strongly connected components; Tarjan 1972)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[tuple[str, ...]] = []

    def visit(module: str) -> None:
        index[module] = lowest[module] = len(index)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in index:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], index[other])
        if lowest[module] == index[module]:
            position = stack.index(module)
            members = tuple(sorted(stack[position:]))
            del stack[position:]
            if len(members) > 1 or module in graph[module]:
                found.append(members)

    for module in sorted(graph):
        if module not in index:
            visit(module)
    return found


def _name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, name: str, known: Collection[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for module in _named_by(node):
            found = _nearest(module, known)
            if found is not None and found != name:
                yield found


def _named_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (each.name for each in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield module
            yield from (f"{module}.{each.name}" for each in names)
        case ast.Constant(value=str(text)):
            named = NAMED.fullmatch(text)
            if named is not None:
                yield named["module"]


def _nearest(module: str, known: Collection[str]) -> str | None:
    """The module itself, or the one of which it is a member; None for one that is not ours."""
    while module:
        if module in known:
            return module
        module = module.rpartition(".")[0]
    return None
