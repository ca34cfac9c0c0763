"""Read the typed documents of the HTTP API: a field that does not fit makes its fact unknown, and is reported.

Types are strict: the text "false" is not a switch, and 1 is not one either. Numbers and times have the limits of
`console.makes.plausible`, so that every fact can be computed with and shown.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError, WithJsonSchema, create_model

from console.makes.plausible import shown, too_large

Model = TypeVar("Model", bound=BaseModel)

MISFITS_KEPT = 20
"""Of one answer. An answer that does not fit at all would fill the journal."""

TIME = "date-time"
"""The format of a time in a schema. The schema of a whole document is not made: that takes a tenth of a start."""


class Misfits:
    """What does not fit in one answer: one text for each field."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, value: object, reason: str) -> None:
        """`where` has `value`, and why that does not fit."""
        self.append(f"{where} is {shown(value)}: {reason}")

    def append(self, text: str) -> None:
        if len(self.found) < MISFITS_KEPT and text not in self.found:
            self.found.append(text)


def fitted(model: type[Model], raw: object, what: str, misfits: Misfits) -> Model:
    """The document with None in place of each field that does not fit or is missing.

    `model_fields_set` has the fields that were sent and fit. A nested document fits as a whole, or not at all.
    """
    if not isinstance(raw, Mapping):
        misfits.add(what or "the answer", raw, "not a JSON object")
        return model.model_construct(_fields_set=set(), **dict.fromkeys(model.model_fields))
    try:
        whole = model.model_validate_json(json.dumps(raw), strict=True)
    except (ValidationError, ValueError, TypeError, RecursionError):
        whole = None
    if whole is not None and not any(_unfit(model, name, raw, getattr(whole, name)) for name in whole.model_fields_set):
        return whole
    return _by_field(model, raw, what, misfits)


def _by_field(model: type[Model], raw: Mapping[str, Any], what: str, misfits: Misfits) -> Model:
    values: dict[str, Any] = {}
    fit = set()
    for name, field in model.model_fields.items():
        where = f"{what} {name}".strip()
        if name not in raw:
            values[name] = None
            if field.is_required():
                misfits.append(f"{where} is missing")
            else:
                values[name] = field.get_default()
            continue
        try:
            one = _of_field(model, name).model_validate_json(json.dumps({name: raw[name]}), strict=True)
        except ValidationError as wrong:
            values[name] = None
            misfits.add(where, raw[name], _reason(wrong))
            continue
        except (ValueError, TypeError, RecursionError):
            values[name] = None
            misfits.add(where, raw[name], "cannot be read")
            continue
        value = getattr(one, name)
        unfit = _unfit(model, name, raw, value)
        if unfit:
            values[name] = None
            misfits.add(where, raw[name], unfit)
            continue
        values[name] = value
        fit.add(name)
    return model.model_construct(_fields_set=fit, **values)


def _unfit(model: type[BaseModel], name: str, raw: Mapping[str, Any], value: object) -> str:
    """Why a value that the document accepts cannot be used; empty if it can."""
    if too_large(value):
        return "too large to be shown"
    if value is not None and name in time_fields(model) and not isinstance(raw.get(name), str):
        return "not a time"
    return ""


@cache
def time_fields(model: type[BaseModel]) -> frozenset[str]:
    """The fields that are times. The document accepts a number there, which the server uses; JSON has text."""
    return frozenset(name for name, field in model.model_fields.items() if _has_time(field.annotation, field.metadata))


def _has_time(annotation: Any, metadata: Sequence[object] = ()) -> bool:
    """Whether a type is a time, or a union or container with one. Documents below it are not searched."""
    if any(isinstance(each, WithJsonSchema) and (each.json_schema or {}).get("format") == TIME for each in metadata):
        return True
    if get_origin(annotation) is Annotated:
        return _has_time(annotation.__origin__, annotation.__metadata__)
    return any(_has_time(each) for each in get_args(annotation))


@cache
def _of_field(model: type[BaseModel], name: str) -> type[BaseModel]:
    """A document with that field only."""
    field = model.model_fields[name]
    fields: dict[str, Any] = {name: (field.annotation, field)}
    return create_model(f"{model.__name__}_{name}", __base__=model.__base__, **fields)


def _reason(wrong: ValidationError) -> str:
    fault = wrong.errors(include_url=False, include_context=False)[0]
    below = ".".join(str(part) for part in fault["loc"][1:])
    message = str(fault["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")
    return f"{below}: {message}" if below else message
