"""Read the typed documents of the HTTP API: an optional field with a wrong value counts as missing.

A field that every server sends, and that is never null, must fit: without it nothing can be said.
"""

import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from console.errors import Unreadable

Model = TypeVar("Model", bound=BaseModel)


def fitted(model: type[Model], raw: object, what: str) -> Model:
    """The document, without the optional fields that do not fit. Raises Unreadable."""
    if not isinstance(raw, Mapping):
        raise Unreadable(f"the status cannot be read: {what} is not a JSON object")
    values: Mapping[str, Any] = raw
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        unfit = _unfit(model, values, wrong)
    # A field that may be null is null; an optional one that may not is left out.
    values = {
        name: None if name in unfit and _nullable(model, name) else value
        for name, value in values.items()
        if name not in unfit or _nullable(model, name)
    }
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        raise Unreadable(_reason(wrong)) from wrong


def _unfit(model: type[BaseModel], values: Mapping[str, Any], wrong: ValidationError) -> set[str]:
    """The fields that do not fit and can be done without. Raises Unreadable for any other."""
    found = set()
    for fault in wrong.errors():
        name = str(fault["loc"][0]) if fault["loc"] else ""
        field = model.model_fields.get(name)
        if field is None or (field.is_required() and (name not in values or not _nullable(model, name))):
            raise Unreadable(_reason(wrong, name)) from wrong
        found.add(name)
    return found


def _nullable(model: type[BaseModel], name: str) -> bool:
    return type(None) in typing.get_args(model.model_fields[name].annotation)


def _reason(wrong: ValidationError, name: str = "") -> str:
    faults = [fault for fault in wrong.errors() if not name or (fault["loc"] and str(fault["loc"][0]) == name)]
    fault = (faults or wrong.errors())[0]
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"the status lacks the field {where!r}"
    return f"the status cannot be read: {where} is {fault['input']!r:.60}: {fault['msg']}"
