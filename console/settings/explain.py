"""Every setting of `pairwatch.toml`: its meaning, its value, and where the value comes from.

The texts are the docstrings below the fields in the classes that check the file. They are read from the source on
request, so that a start does not wait for them.
"""

import ast
import inspect
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from console.settings.document import Settings
from console.settings.toml_lines import line_of, places

SECRET = frozenset({"auth_key", "priv_key", "url", "communities"})
SECRET_NAMES = frozenset({"traps.community.name", "traps.forward.community"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `name` is dotted (`pair.server.api`); `default` in TOML's words, None where one must be given."""

    name: str
    meaning: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """A setting with its value. `path` numbers the tables of an array; `line` is None if it is not in the file."""

    setting: Setting
    path: str
    value: str
    line: int | None


def settings_known() -> list[Setting]:
    """Every setting, in the order of the file's tables."""
    return list(_known((Settings,), ""))


def values(settings: Settings, text: str) -> list[Value]:
    """Every setting of a file with its value; `text` is the file. Secrets are left out."""
    found = places(text)
    known = {each.name: each for each in settings_known()}
    return list(_values(settings, "", (), known, found))


def _known(models: Sequence[type[BaseModel]], prefix: str) -> Iterator[Setting]:
    """The settings of a table, in every form that it can have: of a server, by its make."""
    seen: set[str] = set()
    for model in models:
        words = _docstrings(model)
        for name, field in model.model_fields.items():
            if name in seen:
                continue
            seen.add(name)
            inner = _tables(field.annotation)
            written = field.alias or name
            default = None if field.default is PydanticUndefined else _toml(field.default)
            yield Setting(
                prefix + written, words.get(name, ""), "a table" if inner and default is not None else default
            )
            if inner:
                yield from _known(inner, f"{prefix}{written}.")


def _values(
    table: BaseModel,
    prefix: str,
    place: tuple[str | int, ...],
    known: dict[str, Setting],
    found: dict[tuple[str | int, ...], int],
) -> Iterator[Value]:
    for attribute, field in type(table).model_fields.items():
        name = field.alias or attribute
        value, here = getattr(table, attribute), (*place, name)
        dotted = prefix + name
        several = isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)
        if isinstance(value, BaseModel):
            yield from _values(value, f"{dotted}.", here, known, found)
        elif several:
            for number, each in enumerate(value):
                yield from _values(each, f"{dotted}.", (*here, number), known, found)
        else:
            line = line_of(found, here) if here in found else None
            secret = name in SECRET or dotted in SECRET_NAMES
            shown = "(secret)" if secret and value and line is not None else _toml(value)
            yield Value(known[dotted], _path(here), shown, line)


def _path(place: tuple[str | int, ...]) -> str:
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _toml(value: Any) -> str:
    """A value as one would write it."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case str() | Path():
            return f'"{value}"'
        case SecretStr():
            return "(secret)"
        case tuple():
            return "[" + ", ".join(_toml(each) for each in value) + "]"
        case dict():
            return "{" + ", ".join(f'"{key}" = {_toml(each)}' for key, each in value.items()) + "}"
        case _:
            return str(value)


def _tables(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The table that a field holds, or holds several of; more than one where it can have several forms."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(table for each in typing.get_args(annotation) for table in _tables(each))


@cache
def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings of the fields of a table, and of the tables that it is derived from."""
    found: dict[str, str] = {}
    for each in model.__mro__[::-1]:
        if issubclass(each, BaseModel) and each is not BaseModel:
            found |= _own_docstrings(each)
    return found


def _own_docstrings(model: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        declared = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if declared and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[field.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return found
