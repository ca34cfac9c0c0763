"""What a population was promised: every acknowledged lease, and whether an address was ever promised to two.

A lease holds until its client gave it back, was told no, or the time it was granted for is over; that the client left
without a word ends nothing. The ledger is kept from events as they come, and can be read back from the journal that
the population process writes: one JSON object a line.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal, TextIO

Why = Literal["released", "declined", "refused", "expired"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A server acknowledged a lease; times in Unix seconds."""

    at: float
    client: str
    address: str
    server: str
    asked_at: float
    expires_at: float | None
    """By the client's count, None for never."""
    asked_in: str
    """The client's state when it asked."""


@dataclass(frozen=True, slots=True)
class End:
    """The client no longer has the address."""

    at: float
    client: str
    address: str
    why: Why


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two clients were promised one address at one time."""

    first: Grant
    second: Grant


Event = Grant | End


class Ledger:
    """Who holds what."""

    def __init__(self) -> None:
        self._holders: dict[str, Grant] = {}
        self.conflicts: list[Conflict] = []
        self.grants = 0

    def record(self, event: Event) -> None:
        """Take one event; they come in the order of their time."""
        holder = self._holders.get(event.address)
        if isinstance(event, End):
            if holder is not None and holder.client == event.client:
                del self._holders[event.address]
            return
        if holder is not None and holder.client != event.client and _holds(holder, event.at):
            self.conflicts.append(Conflict(holder, event))
        self._holders[event.address] = event
        self.grants += 1

    def held(self, at: float) -> list[Grant]:
        """The grants that hold at that time, which is not before the latest event."""
        return [grant for grant in self._holders.values() if _holds(grant, at)]


def _holds(grant: Grant, at: float) -> bool:
    return grant.expires_at is None or at < grant.expires_at


def line(event: Event) -> str:
    """The event as a line of the journal."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)}) + "\n"


def events(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a journal; a last line that was cut short, by a kill, is left out."""
    for text in lines:
        if not text.endswith("\n"):
            return
        fields = json.loads(text)
        kind = fields.pop("event")
        yield Grant(**fields) if kind == "grant" else End(**fields)


def read(journal: TextIO) -> Ledger:
    """The ledger of a journal."""
    ledger = Ledger()
    for event in events(journal):
        ledger.record(event)
    return ledger
