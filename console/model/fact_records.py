"""Facts, leases and configuration objects as JSON values and back, for the journal and for recordings. What is missing
is left out.

What a record has and this version does not know is ignored; what it has in a form that does not fit is refused.
"""

import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from math import isfinite
from typing import Any, TypeVar


class UnreadableRecord(ValueError):
    """A record that does not hold what it should; the text says which value is wrong."""


Thing = TypeVar("Thing", bound=Hashable)


def record_json(thing: Any) -> dict[str, Any]:
    """A JSON object of a dataclass with every value that is there; `read_record` is its inverse."""
    return _object(thing)


def read_record(wanted: type[Thing], raw: object) -> Thing:
    """The dataclass that a record holds. Raises UnreadableRecord."""
    reader: Reader = _record(typing.cast(Hashable, wanted))
    found = reader(raw, wanted.__name__)
    assert isinstance(found, wanted)
    return found


def _object(thing: Any) -> dict[str, Any]:
    values = {}
    for each in fields(thing):
        value = getattr(thing, each.name)
        if value is not None and (each.default is MISSING or value != each.default):
            values[each.name] = _value(value)
    return values


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    if isinstance(value, Mapping):
        return dict(value)
    return _object(value) if is_dataclass(value) else value


Reader = Callable[[object, str], Any]


def _refuse(raw: object, where: str) -> typing.NoReturn:
    raise UnreadableRecord(f"{where} is {raw!r:.60}")


def _number(raw: object, where: str) -> float:
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not isfinite(raw):
        _refuse(raw, where)
    return raw


def _plain(kind: type) -> Reader:
    def read(raw: object, where: str) -> object:
        if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
            _refuse(raw, where)
        return raw

    return read


def _word(kind: type[StrEnum]) -> Reader:
    """A word of an enumeration; one that this version does not know is UNKNOWN or OTHER where there is such a word."""

    def read(raw: object, where: str) -> object:
        if not isinstance(raw, str):
            _refuse(raw, where)
        try:
            return kind(raw)
        except ValueError:
            known: Mapping[str, StrEnum] = kind.__members__
            found = known.get("UNKNOWN") or known.get("OTHER")
            return found if found is not None else _refuse(raw, where)

    return read


def _words(raw: object, where: str) -> object:
    """A mapping of text to text."""
    if not isinstance(raw, Mapping) or not all(isinstance(each, str) for pair in raw.items() for each in pair):
        _refuse(raw, where)
    return dict(raw)


@cache
def _reader(wanted: Any) -> Reader:
    """What reads a value of that annotated type."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        (one,) = [each for each in inner if each is not type(None)]
        return _reader(one)
    if origin is tuple:
        return _row(inner)
    if origin is Mapping:
        return _words
    if wanted is float:
        return _number
    if is_dataclass(wanted):
        return _record(typing.cast(Hashable, wanted))
    if issubclass(wanted, StrEnum):
        return _word(wanted)
    return _plain(wanted)


def _row(inner: tuple[Any, ...]) -> Reader:
    item, length = _reader(inner[0]), None if inner[-1] is Ellipsis else len(inner)

    def read(raw: object, where: str) -> object:
        if not isinstance(raw, list | tuple) or length not in (None, len(raw)):
            _refuse(raw, where)
        return tuple(item(each, where) for each in raw)

    return read


@cache
def _record(wanted: Any) -> Reader:
    hints = typing.get_type_hints(wanted)
    known: dict[str, Reader] = {each.name: _reader(hints[each.name]) for each in fields(wanted)}
    needed = [each.name for each in fields(wanted) if _needed(each, hints[each.name])]
    absent = [each.name for each in fields(wanted) if each.default is MISSING and each.name not in needed]

    def read(raw: object, where: str) -> object:
        if not isinstance(raw, Mapping):
            _refuse(raw, where)
        for name in needed:
            if name not in raw:
                raise UnreadableRecord(f"{where} lacks {name}")
        values: dict[str, Any] = dict.fromkeys(absent)
        for name, value in raw.items():
            reader = known.get(name)
            if reader is not None and value is not None:
                values[name] = reader(value, name)
        return wanted(**values)

    return read


def _needed(each: "Field[Any]", hint: Any) -> bool:
    return each.default is MISSING and type(None) not in typing.get_args(hint)
