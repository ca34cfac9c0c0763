"""The part of a configuration that the first frame of a live console needs.

A process of its own reads the configuration at a start (`console.sources.beginning_apart`), because pydantic and the
tables take longer to load than the frame to draw. So this module must not import them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from console.model.picture import PairPicture, Picture, ServerPicture
from console.model.profiles import MakeProfile

Attention = Literal["off", "bell", "terminal"]
"""How the operator is alerted: not at all, by the bell, by the terminal's notification."""


ASK = "ask"
"""The setting console.operator of a login that several people share: each is asked for a name."""


@dataclass(frozen=True, slots=True)
class PairOutline:
    """A configured pair. `colour`: the header's background; `writable`: the pair may be changed; `logs`: by server."""

    name: str
    colour: str | None
    writable: bool
    logs: Mapping[str, Path]


def _pairs(compact: Sequence[tuple[str, str, Sequence[tuple[str, str, int]]]], makes: Sequence[MakeProfile]) -> Picture:
    """The picture of pairs before anything was observed. Each has its name, its environment and its servers: name, role
    and number of the make."""
    found = {}
    for name, environment, servers in compact:
        pictures = {server: ServerPicture(server, role, makes[number]) for server, role, number in servers}
        found[name] = PairPicture(name, environment, pictures)
    return Picture(found)


def _outlines(compact: Sequence[tuple[str, str | None, bool, Mapping[str, Path]]]) -> tuple[PairOutline, ...]:
    return tuple(PairOutline(*each) for each in compact)


def _restored(pairs: Any, makes: Sequence[MakeProfile], outlines: Any, *others: Any) -> "Outline":
    """The outline of its compact form."""
    return Outline(_pairs(pairs, makes), _outlines(outlines), *others)


@dataclass(frozen=True, slots=True)
class Outline:
    """A valid configuration.

    `picture`: its pairs before anything was observed. `keys`: the bindings that the user has changed, by name.
    `collects`: the console may be the collector of its journal. `operator`: the name that the audit log gets beside the
    login name, or ASK.
    """

    picture: Picture
    pairs: tuple[PairOutline, ...]
    theme: str
    keys: Mapping[str, str]
    attention: Attention
    collects: bool
    audit_log: Path
    operator: str | None

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle: the pairs in tuples. As objects, ten thousand pairs take most of the time of a start."""
        makes: dict[MakeProfile, int] = {}
        numbers: dict[int, int] = {}

        def number(make: MakeProfile) -> int:
            found = numbers.get(id(make))
            if found is None:
                found = numbers[id(make)] = makes.setdefault(make, len(makes))
            return found

        pairs = [
            (
                pair.name,
                pair.environment,
                [(each.name, each.role, number(each.make)) for each in pair.servers.values()],
            )
            for pair in self.picture.pairs.values()
        ]
        outlines = [(each.name, each.colour, each.writable, each.logs) for each in self.pairs]
        others = (self.theme, self.keys, self.attention, self.collects, self.audit_log, self.operator)
        return _restored, (pairs, list(makes), outlines, *others)
