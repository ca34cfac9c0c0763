"""Whether a value that was read from somewhere is what a field's annotation says. Pure."""

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields
from math import isfinite
from typing import Any


def fits(value: object, wanted: Any) -> bool:
    """Whether the value is of the annotated type, to its depth. An integer is a number; a number is finite."""
    if wanted is Any:
        return True
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, each) for each in inner)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(fits(k, inner[0]) and fits(v, inner[1]) for k, v in value.items())
    if origin in (Sequence, tuple):
        return isinstance(value, list | tuple) and all(fits(each, inner[0]) for each in value)
    return isinstance(value, wanted)


def misfit(thing: Any) -> str | None:
    """The first field of a dataclass whose value is not of the declared type; None if all are."""
    for each in fields(thing):
        if not fits(getattr(thing, each.name), each.type):
            return f"{each.name} is {getattr(thing, each.name)!r:.60}"
    return None
