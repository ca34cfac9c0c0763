"""Secrets of the configuration: in the file, in a file of their own, or in the environment.

They are read when they are needed, and appear in no error.
"""

import os
import stat
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from console.errors import SourceError

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO

Secret = Annotated[str, Field(min_length=1)]


class SecretTable(BaseModel):
    """A table that can have secrets: no error shows its values."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def one_of(table: BaseModel, what: str, needed: bool) -> None:
    """Raises ValueError unless the secret is given in one way."""
    ways = (what, f"{what}_file", f"{what}_variable")
    given = [way for way in ways if getattr(table, way) is not None]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} are given: one is enough")
    if needed and not given:
        raise ValueError(f"{what} is missing: set {what}, {what}_file or {what}_variable")
    if not needed and given:
        raise ValueError(f"{given[0]} is given and no {what.removesuffix('_key')}: set that as well")


def secret_of(table: BaseModel, what: str, owner: str) -> str:
    """The secret, from wherever it is. Raises SourceError."""
    given: str | None = getattr(table, what)
    variable: str | None = getattr(table, f"{what}_variable")
    path: Path | None = getattr(table, f"{what}_file")
    if given is not None:
        return given
    if variable is not None:
        found = os.environ.get(variable)
        if not found:
            raise SourceError(f"no {what} for {owner}: the environment has no {variable}")
        return found
    if path is None:
        return ""
    try:
        mode = path.stat().st_mode
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read the {what} of {owner}: {error}") from error
    if mode & _OTHERS_MAY:
        raise SourceError(f"other users may read {path}, which has the {what} of {owner}: chmod 600 {path}")
    return found
