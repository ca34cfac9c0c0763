"""JSON as Kea accepts it: with comments, commas before a closing bracket, and included files."""

import json
import re
from collections.abc import Callable
from typing import Any

from dhcpserver.migration.found import MigrationError

_PART = re.compile(
    r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*|#[^\n]*|<\?include\s+"([^"]+)"\s*\?>|,(?=\s*[}\]])', re.DOTALL
)
_DEPTH = 8


def read(text: str, source: str, load: Callable[[str], str], depth: int = 0) -> Any:
    """Return the document. Raises MigrationError with the line of what is wrong."""
    plain = _plain(text, source, load, depth)
    try:
        return json.loads(plain)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise MigrationError(f"{source}:{line}: {getattr(error, 'msg', 'too deep')}") from error


def _plain(text: str, source: str, load: Callable[[str], str], depth: int) -> str:
    def replaced(match: re.Match[str]) -> str:
        part = match[0]
        if part.startswith('"'):
            return part
        if match[1] is None:
            return "\n" * part.count("\n")
        if depth >= _DEPTH:
            raise MigrationError(f"{source}: more than {_DEPTH} files that include one another")
        try:
            return _plain(load(match[1]), match[1], load, depth + 1)
        except OSError as error:
            raise MigrationError(f"{source}: cannot read {match[1]}: {error.strerror or error}") from error

    return _without_last_commas(_PART.sub(replaced, text))


def _without_last_commas(text: str) -> str:
    """Comments can be between a comma and its bracket, so they are removed first."""
    return _PART.sub(lambda match: match[0] if match[0].startswith('"') else "", text)
