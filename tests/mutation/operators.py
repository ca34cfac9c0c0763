"""The rules by which errors are made: each changes one node of the syntax tree of a function.

Text is left alone (messages, names, docstrings), and so are calls that only log. Errors at the level of a module or a
class are not made, because a loaded module gets its errors by exchanging the code of its functions (`patching`).
"""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Place(NamedTuple):
    """One error that can be made.

    Attributes:
        function: the qualified name of the function whose code has the error.
        line: where. number: of the error among those of the module.
        old, new: the source of the changed node, before and after.
    """

    function: str
    line: int
    number: int
    old: str
    new: str


Rule = Callable[[ast.AST], ast.AST | None]

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_EXCHANGED = {"max": "min", "min": "max", "any": "all", "all": "any"}
_LOGGING = frozenset(("log", "tell", "info", "debug", "warning", "error", "_log", "log_line"))

_LEFT_ALONE = frozenset(("annotation", "returns", "decorator_list", "args", "type_params"))


def compare(node: ast.AST) -> ast.AST | None:
    """Replace the first comparison by its neighbour or its opposite."""
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in _COMPARED:
        return None
    return ast.Compare(node.left, [_COMPARED[type(node.ops[0])](), *node.ops[1:]], node.comparators)


def calculate(node: ast.AST) -> ast.AST | None:
    """Replace an operator of arithmetic."""
    if not isinstance(node, ast.BinOp) or type(node.op) not in _CALCULATED:
        return None
    return ast.BinOp(node.left, _CALCULATED[type(node.op)](), node.right)


def combine(node: ast.AST) -> ast.AST | None:
    """Replace `and` by `or`, and the reverse."""
    if not isinstance(node, ast.BoolOp):
        return None
    return ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def negate(node: ast.AST) -> ast.AST | None:
    """Remove a `not`."""
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else None


def decide(node: ast.AST) -> ast.AST | None:
    """Take the other branch of an `if` whose condition no other rule changes."""
    if not isinstance(node, (ast.If, ast.IfExp)) or not isinstance(node.test, (ast.Name, ast.Attribute, ast.Call)):
        return None
    other = copy.copy(node)
    other.test = ast.UnaryOp(ast.Not(), node.test)
    return other


def count(node: ast.AST) -> ast.AST | None:
    """Add one to a number, or exchange True and False."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, (bool, int)):
        return None
    return ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)


def exchange(node: ast.AST) -> ast.AST | None:
    """Call the opposite function: max and min, any and all."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _EXCHANGED:
        return None
    return ast.Call(ast.Name(_EXCHANGED[node.func.id], ast.Load()), node.args, node.keywords)


def leave_out(node: ast.AST) -> ast.AST | None:
    """Leave out an assignment to an attribute, or a call whose result is not used."""
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    assigned = isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Attribute, ast.Subscript))
    changed = isinstance(node, ast.AugAssign)
    return ast.Pass() if called or assigned or changed else None


RULES: tuple[Rule, ...] = (compare, calculate, combine, negate, decide, count, exchange, leave_out)


def _logs(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in _LOGGING


def _inside(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Return the nodes of a function's body, each as its parent, field and index, without text and logging."""
    for field, value in ast.iter_fields(node):
        if field in _LEFT_ALONE and not (field == "args" and isinstance(node, ast.Call)):
            continue
        several = value if isinstance(value, list) else [value]
        for index, child in enumerate(several):
            if not isinstance(child, ast.AST) or isinstance(child, (ast.JoinedStr, ast.Raise)) or _logs(child):
                continue
            if isinstance(child, ast.Expr) and (isinstance(child.value, ast.Constant) or _logs(child.value)):
                continue
            yield node, field, index if isinstance(value, list) else None
            yield from _inside(child)


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node


def places(source: str) -> Iterator[tuple[Place, ast.Module]]:
    """Return every error that can be made in the functions of a module, each with the changed tree.

    The tree is the same object each time, and is restored when the next one is requested.
    """
    tree = ast.parse(source)
    number = 0
    for name, function in _functions(tree):
        for parent, field, index in list(_inside(function)):
            value = getattr(parent, field)
            old = value if index is None else value[index]
            for rule in RULES:
                new = rule(old)
                if new is None:
                    continue
                ast.copy_location(new, old)
                _put(parent, field, index, new)
                ast.fix_missing_locations(tree)
                number += 1
                yield Place(name, old.lineno, number, _text(old), _text(new)), tree
                _put(parent, field, index, old)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _text(node: ast.AST) -> str:
    return ast.unparse(node).split("\n")[0]
