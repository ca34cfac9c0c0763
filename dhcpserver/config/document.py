"""The text of `config.toml` to a Configuration, or to every problem that is in it with its line."""

import difflib
import tomllib

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dhcpserver.config.check import findings
from dhcpserver.config.errors import ConfigurationError, Problem
from dhcpserver.config.lines import Lines, Path
from dhcpserver.config.objects import Attributes, Configuration


def read(text: str, source: str = "config.toml") -> Configuration:
    """Read and check a configuration. Raises ConfigurationError with all problems found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(source, (_syntax(text, error),)) from None
    lines = Lines(text)
    try:
        configuration = Configuration.model_validate(data)
    except ValidationError as error:
        problems = tuple(_problem(lines, details) for details in error.errors(include_url=False))
        raise ConfigurationError(source, problems) from None
    found = findings(configuration)
    if found:
        raise ConfigurationError(source, tuple(Problem(lines.of(path), place(path), text) for path, text in found))
    return configuration


SECRETS = ("shared-secret", "password", "token")
"""Attributes whose value is never repeated in a message."""


def place(path: Path) -> str:
    """A path as a person reads it: `scope[2].backup-pct`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _syntax(text: str, error: tomllib.TOMLDecodeError) -> Problem:
    """The parser names the line in its message alone."""
    message = str(error)
    head, _, tail = message.partition(" (at line ")
    number = tail.partition(",")[0]
    return Problem(int(number) if number.isdigit() else len(text.splitlines()), "", f"not TOML: {head}")


def _problem(lines: Lines, details: ErrorDetails) -> Problem:
    path: Path = tuple(details["loc"])
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "extra_forbidden":
        message = f"there is no such attribute{_suggestion(path)}"
    elif details["type"] == "missing":
        message = "it is required"
    else:
        message = f"{message[:1].lower()}{message[1:]}"
        if path[-1] not in SECRETS:
            message += f" (it is {details['input']!r})"
    return Problem(lines.of(path), place(path), message)


def _suggestion(path: Path) -> str:
    """The attribute that was probably meant."""
    model: type[Attributes] | None = Configuration
    for part in path[:-1]:
        if isinstance(part, int) or model is None:
            continue
        model = next((_model_of(f.annotation) for f in model.model_fields.values() if f.alias == part), None)
    if model is None:
        return ""
    known = [field.alias or "" for field in model.model_fields.values()]
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    return f"; did you mean {close[0]}?" if close else f" (there are: {', '.join(sorted(known))})"


def _model_of(annotation: object) -> type[Attributes] | None:
    """The object class inside an annotation such as `tuple[Scope, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, Attributes):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_of(argument)
        if found is not None:
            return found
    return None
