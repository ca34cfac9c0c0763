"""The part of a configuration that the first frame of a live console needs.

A process of its own reads the configuration at a start (`console.sources.beginning_apart`), because pydantic and the
tables take longer to load than the frame to draw. So this module must not import them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from console.model.picture import Picture

Attention = Literal["off", "bell", "terminal"]
"""How the operator is alerted: not at all, by the bell, by the terminal's notification."""


@dataclass(frozen=True, slots=True)
class PairOutline:
    """A configured pair. `colour`: the header's background; `writable`: the pair may be changed; `logs`: by server."""

    name: str
    colour: str | None
    writable: bool
    logs: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Outline:
    """A valid configuration. `picture`: its pairs before anything was observed; `keys`: the bindings that the user has
    changed, by name; `collects`: the console may be the collector of its journal."""

    picture: Picture
    pairs: tuple[PairOutline, ...]
    theme: str
    keys: Mapping[str, str]
    attention: Attention
    collects: bool
    audit_log: Path
