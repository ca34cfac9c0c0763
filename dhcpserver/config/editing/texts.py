"""Values of attributes as text: from a command to what the file has, and back. Their completion.

bool     true, false, enabled, disabled, on, off, 1, 0
time     seconds, or a duration, which stays as it is written
list     values with commas between them, or as in the file: ["one", "two"]
table    as in the file: { interface-mtu = 1500 }
"""

import json
import math
import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from dhcpserver.config.catalogue import Attribute
from dhcpserver.config.expected import expected

_BOOLS = {
    "true": True,
    "enabled": True,
    "on": True,
    "1": True,
    "false": False,
    "disabled": False,
    "off": False,
    "0": False,
}
_NUMBER = re.compile(r"[+-]?\d{1,18}")
_FRACTION = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")
LARGEST_NUMBER = 2**63 - 1
"""What TOML can write."""
LONGEST_LINE = 90
"""Characters of a list on one line."""


def read(attribute: Attribute, given: object) -> Any:
    """Return a value as the file has it; `given` is a text, or a value of the file.

    Raises ValueError, which states what is expected.
    """
    value = _of_text(attribute.info.annotation, given.strip()) if isinstance(given, str) else given
    value = _plain(attribute.info.annotation, value)
    _check_storable(value)
    parsed(attribute, value)
    return value


def parsed(attribute: Attribute, value: object) -> Any:
    """Return the value as the server reads it, for comparisons. Raises ValueError."""
    annotation: Any = attribute.info.annotation
    try:
        return _adapter(annotation, tuple(attribute.info.metadata)).validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        if details["type"] == "value_error":
            raise ValueError(details["msg"].removeprefix("Value error, ")) from None
        raise ValueError(f"expected: {described(attribute)}") from None


def described(attribute: Attribute) -> str:
    """Return what a value looks like, as plain text."""
    return expected(attribute.info).replace("`", "")


def written(value: object) -> str:
    """Return a value of the file as text that `read` accepts."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        texts = [written(each) for each in value]
        if all(isinstance(each, str | int | float) and _alone(text) for each, text in zip(value, texts, strict=True)):
            return ", ".join(texts)
        return toml(value)
    if isinstance(value, dict):
        return toml(value)
    return str(value)


def toml(value: object) -> str:
    """Return a value as TOML writes it, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{key(str(name))} = {toml(each)}" for name, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, str):
        return _quoted_text(value)
    return str(value)


def toml_lines(value: object) -> str:
    """Return a value as TOML writes it; a list of objects or a long one has a line for each entry."""
    text = toml(value)
    if isinstance(value, list) and value and (len(text) > LONGEST_LINE or isinstance(value[0], dict)):
        return "[\n" + "".join(f"    {toml(each)},\n" for each in value) + "]"
    return text


def words(attribute: Attribute) -> tuple[str, ...]:
    """Return the words that a value, or an entry of a list, can be; () if others are possible too."""
    core = _core(attribute.info.annotation)
    if get_origin(core) is tuple:
        core = _core(get_args(core)[0])
    if core is bool:
        return ("true", "false")
    if get_origin(core) is Literal:
        return tuple(str(each) for each in get_args(core))
    if isinstance(core, type) and issubclass(core, Enum):
        return tuple(str(each.value) for each in core)
    return ()


def is_list(attribute: Attribute) -> bool:
    """Return whether it has a list of values."""
    return get_origin(_core(attribute.info.annotation)) is tuple


def _alone(text: str) -> bool:
    """Whether a text is one entry of a list with commas."""
    return bool(text) and text == text.strip() and "," not in text and text[0] not in "[{"


def key(name: str) -> str:
    """Return a key as TOML writes it."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted_text(name)


def _quoted_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@cache
def _adapter(annotation: Any, metadata: tuple[object, ...]) -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[(annotation, *metadata)])


def _core(annotation: Any) -> Any:
    """Return a type without its row, its limits and None."""
    if hasattr(annotation, "__metadata__"):
        return _core(annotation.__origin__)
    if get_origin(annotation) in (tuple, dict, Literal):
        return annotation
    kinds = [each for each in get_args(annotation) if each is not type(None)]
    return _core(kinds[0]) if len(kinds) == 1 else annotation


def _of_text(annotation: Any, text: str) -> Any:
    """Return a text as a value, or the text itself if it does not look like one."""
    core = _core(annotation)
    if get_origin(core) is tuple:
        if text.startswith("["):
            return _of_toml(text)
        entry = get_args(core)[0]
        return [_entry(_core(entry), each.strip()) for each in text.split(",") if each.strip()]
    return _of_toml(text) if get_origin(core) is dict else _entry(core, text)


def _entry(core: Any, text: str) -> Any:
    """Return a text as a value that is not a list or a table."""
    kinds = {core, *get_args(core)}
    if core is bool:
        return _BOOLS.get(text.lower(), text)
    if int in kinds and _NUMBER.fullmatch(text):
        return int(text)
    if float in kinds and _FRACTION.fullmatch(text):
        return float(text)
    return next((each for each in _words(core) if each.lower() == text.lower()), text)


def _words(core: Any) -> Iterator[str]:
    if get_origin(core) is Literal:
        yield from map(str, get_args(core))
    elif isinstance(core, type) and issubclass(core, Enum):
        yield from (str(each.value) for each in core)


def _of_toml(text: str) -> Any:
    try:
        found = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"it is not written as in the file: {str(error).partition(' (at')[0]}") from None
    if len(found) != 1:
        raise ValueError("it is more than one value")
    return found["value"]


def _plain(annotation: Any, value: object) -> object:
    """Return the same value in the type that the file has for it."""
    core = _core(annotation)
    if core is bool and value in (0, 1):
        return bool(value)
    if core is int and isinstance(value, bool):
        raise ValueError("expected: number")
    if core is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return list(value) if isinstance(value, tuple) else value


def _check_storable(value: object) -> None:
    """Raise ValueError for what a TOML file cannot have."""
    if isinstance(value, dict):
        for key, each in value.items():
            _check_storable(key)
            _check_storable(each)
    elif isinstance(value, list):
        for each in value:
            _check_storable(each)
    elif isinstance(value, str):
        if not value.isprintable() and any(ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 for each in value):
            raise ValueError("a text has no control characters")
    elif value is None:
        raise ValueError("a value inside a list or a table is missing")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is finite")
    elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ValueError(f"a number is at most {LARGEST_NUMBER}")
