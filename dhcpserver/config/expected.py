"""What a value of an attribute looks like, by the type of its field: for the reference, errors and completion."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from dhcpserver.config.catalogue import Kind

_BOUNDED = ("percent", "port")
"""Types whose description has their range."""
_PLAIN = {bool: "true or false", str: "text", int: "number", float: "number"}


def expected(info: FieldInfo) -> str:
    """Return what a value of a field looks like: its type, and its range."""
    text = _type(info.annotation, info.metadata)
    if any(isinstance(each, Kind) and each.name in _BOUNDED for each in info.metadata):
        return text
    lowest = [str(each.ge) for each in info.metadata if isinstance(each, Ge)][-1:]
    highest = [str(each.le) for each in info.metadata if isinstance(each, Le)][-1:]
    if lowest and highest:
        text = f"{text}, {lowest[0]} to {highest[0]}"
    elif lowest:
        text = f"{text}, {lowest[0]} or more"
    shortest = [each.min_length for each in info.metadata if isinstance(each, MinLen)]
    longest = [each.max_length for each in info.metadata if isinstance(each, MaxLen)]
    if shortest and not longest:
        text += f", {max(shortest)} characters or more"
    return text


def _type(annotation: Any, metadata: list[Any]) -> str:
    kind = next((each for each in reversed(metadata) if isinstance(each, Kind)), None)
    if kind is not None:
        return kind.expected
    origin, arguments = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        return _type(arguments[0], list(annotation.__metadata__))
    if origin is Literal:
        return " | ".join(f"`{each}`" for each in arguments)
    if origin is tuple:
        return f"list: {_type(arguments[0], [])}"
    if origin is dict:
        return "table"
    if annotation is SecretStr:
        return "secret"
    if arguments:
        return " or ".join(_type(each, []) for each in arguments if each is not type(None))
    return _PLAIN.get(annotation, getattr(annotation, "__name__", str(annotation)))
