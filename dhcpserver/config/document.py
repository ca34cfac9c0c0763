"""Reading `config.toml`: its text to a Configuration, or to all its problems with their lines."""

import difflib
import tomllib

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dhcpserver.config.catalogue import model_in
from dhcpserver.config.check import find_faults
from dhcpserver.config.errors import ConfigurationError, ConfigurationProblem
from dhcpserver.config.lines import Lines, Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.secrecy import shown


def read(text: str, source: str = "config.toml") -> Configuration:
    """Read and check a configuration. Raises ConfigurationError with all its problems."""
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
    found = find_faults(configuration)
    if found:
        raise ConfigurationError(
            source, tuple(ConfigurationProblem(lines.of(path), place(path), text) for path, text in found)
        )
    return configuration


def place(path: Location) -> str:
    """Return a location as text: `scope[2].backup-pct`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _syntax(text: str, error: tomllib.TOMLDecodeError) -> ConfigurationProblem:
    """Return a syntax error. The parser has the line in its message only."""
    message = str(error)
    head, _, tail = message.partition(" (at line ")
    number = tail.partition(",")[0]
    return ConfigurationProblem(int(number) if number.isdigit() else len(text.splitlines()), "", f"not TOML: {head}")


def _problem(lines: Lines, details: ErrorDetails) -> ConfigurationProblem:
    path: Location = tuple(details["loc"])
    return ConfigurationProblem(lines.of(path), place(path), explained(details))


def explained(details: ErrorDetails) -> str:
    """Return what is wrong with a value, without any secret."""
    path: Location = tuple(details["loc"])
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "extra_forbidden":
        return f"unknown attribute{_suggestion(path)}"
    if details["type"] == "missing":
        return "it is required"
    message = f"{message[:1].lower()}{message[1:]}"
    value = shown(path, details["input"])
    return message if value is None else f"{message} (it is {value})"


def _suggestion(path: Location) -> str:
    """Return a hint to the attribute with the most similar name."""
    model: type[BaseModel] | None = Configuration
    for part in path[:-1]:
        if isinstance(part, int) or model is None:
            continue
        model = next((model_in(f.annotation) for f in model.model_fields.values() if f.alias == part), None)
    if model is None:
        return ""
    known = [field.alias or "" for field in model.model_fields.values()]
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    return f"; did you mean {close[0]}?" if close else f" (there are: {', '.join(sorted(known))})"
