"""Puts an error into a loaded module: the code of one function is exchanged, for every object that refers to it."""

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType


class UnreachableError(Exception):
    """The function cannot be found in the loaded module, for example because a decorator replaced it."""


def code_of(compiled: CodeType, name: str) -> CodeType:
    """Return the code of a function of a compiled module by its qualified name. Raises UnreachableError."""
    for constant in _codes(compiled):
        if constant.co_qualname == name:
            return constant
    raise UnreachableError(name)


def _codes(compiled: CodeType) -> Iterator[CodeType]:
    for constant in compiled.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def function_of(module: ModuleType, name: str) -> FunctionType:
    """Return a function or method of a module by its qualified name. Raises UnreachableError."""
    found: object = module
    for part in name.split("."):
        found = vars(found).get(part) if isinstance(found, (type, ModuleType)) else None
    if isinstance(found, property):
        found = found.fget
    found = getattr(found, "__wrapped__", getattr(found, "__func__", found))
    if not isinstance(found, FunctionType):
        raise UnreachableError(name)
    return found


def patch(module: ModuleType, name: str, code: CodeType) -> None:
    """Exchange the code of a function. Raises UnreachableError if its variables do not fit."""
    function = function_of(module, name)
    if function.__code__.co_freevars != code.co_freevars:
        raise UnreachableError(name)
    function.__code__ = code
