"""The story of a run: who did what, and when, in words; and what happened at all, for the coverage of a set of runs.

Entries are kept as they come and put into words only when somebody reads them.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from dhcpserver.failover.states import State
from dhcpserver.wire.failover4 import Message
from tests.simulation import words
from tests.simulation.timeline import Timeline


class Entry(NamedTuple):
    """One line; `parts` are text, DHCPv4 octets, failover messages, states or numbers."""

    at: float
    who: str
    parts: tuple[object, ...]


class Story:
    """See the module.

    Attributes:
        seen: what happened, counted by name (`state main NORMAL`, `client DISCOVER`, `fault cut`, ...).
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._entries: list[Entry] = []
        self.seen: Counter[str] = Counter()

    def tell(self, who: str, *parts: object) -> None:
        """Add a line."""
        self._entries.append(Entry(self._timeline.now, who, parts))

    def happened(self, kind: str) -> None:
        """Count something for the coverage."""
        self.seen[kind] += 1

    def entries(self, since: float = 0.0) -> Iterator[Entry]:
        """The lines from a time on."""
        return (entry for entry in self._entries if entry.at >= since)

    def lines(self, since: float = 0.0) -> Iterator[str]:
        """The timeline, a line each: seconds since the start, who, what."""
        for entry in self.entries(since):
            yield f"{entry.at:10.3f}  {entry.who:<8} {' '.join(map(_said, entry.parts))}"


def _said(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, bytes):
        return words.packet(part)
    if isinstance(part, State):
        return part.value
    if isinstance(part, float):
        return f"{part:.1f}"
    if isinstance(part, int):
        return str(part)
    return words.message(_message(part))


def _message(part: object) -> Message:
    assert words.NAMES.get(type(part).__name__), f"{part!r} has no words"
    return part  # type: ignore[return-value]
