"""The log of a run, and the counts of its events, which show the coverage of a set of runs.

Entries become text only when they are read.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from dhcpserver.failover.states import State
from dhcpserver.wire import dhcp6
from dhcpserver.wire.failover4 import Message
from tests.simulation import texts, texts6
from tests.simulation.timeline import Timeline


class Packet6(NamedTuple):
    """The octets of a DHCPv6 message, which become text when the log is read."""

    octets: bytes


class Entry(NamedTuple):
    """One line; `parts` are text, DHCPv4 octets, DHCPv6 messages, failover messages, states or numbers."""

    at: float
    who: str
    parts: tuple[object, ...]


class RunLog:
    """The log.

    Attributes:
        seen: the counts of events by name (`state main NORMAL`, `client DISCOVER`, `fault cut`, ...).
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._entries: list[Entry] = []
        self.seen: Counter[str] = Counter()

    def add(self, who: str, *parts: object) -> None:
        """Add a line."""
        self._entries.append(Entry(self._timeline.now, who, parts))

    def count(self, kind: str) -> None:
        """Count an event."""
        self.seen[kind] += 1

    def entries(self, since: float = 0.0) -> Iterator[Entry]:
        """Return the entries from a time on."""
        return (entry for entry in self._entries if entry.at >= since)

    def lines(self, since: float = 0.0) -> Iterator[str]:
        """Return the lines: seconds since the start, host or client, text."""
        for entry in self.entries(since):
            yield f"{entry.at:10.3f}  {entry.who:<8} {' '.join(map(_text, entry.parts))}"


def _text(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, bytes):
        return texts.packet(part)
    if isinstance(part, Packet6):
        return texts6.message(dhcp6.parse(part.octets))
    if isinstance(part, dhcp6.Message):
        return texts6.message(part)
    if isinstance(part, State):
        return part.value
    if isinstance(part, float):
        return f"{part:.1f}"
    if isinstance(part, int):
        return str(part)
    return texts.message(_message(part))


def _message(part: object) -> Message:
    assert texts.NAMES.get(type(part).__name__), f"{part!r} has no text"
    return part  # type: ignore[return-value]
