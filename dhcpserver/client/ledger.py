"""The leases of a population: every acknowledged lease, and every address that two clients had at one time.

A lease is valid until its client released it, got a NAK, or its time has passed. A client that leaves without a release
still has its lease. The ledger is filled from events, directly or from the journal of the population process, which has
one JSON object a line.
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
    """Counted by the client, None for never."""
    asked_in: str
    """The client's state when it sent the request."""


@dataclass(frozen=True, slots=True)
class End:
    """The client no longer has the address."""

    at: float
    client: str
    address: str
    why: Why


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two clients had leases of one address at one time."""

    first: Grant
    second: Grant


Event = Grant | End


class Ledger:
    """The present lease of each address, and the conflicts so far."""

    def __init__(self) -> None:
        self._holders: dict[str, Grant] = {}
        self.conflicts: list[Conflict] = []
        self.grants = 0

    def record(self, event: Event) -> None:
        """Record one event. Events must be in the order of their times."""
        holder = self._holders.get(event.address)
        if isinstance(event, End):
            if holder is not None and holder.client == event.client:
                del self._holders[event.address]
            return
        if holder is not None and holder.client != event.client and _is_valid(holder, event.at):
            self.conflicts.append(Conflict(holder, event))
        self._holders[event.address] = event
        self.grants += 1

    def held(self, at: float) -> list[Grant]:
        """Return the valid grants at a time that is not before the latest event."""
        return [grant for grant in self._holders.values() if _is_valid(grant, at)]


def _is_valid(grant: Grant, at: float) -> bool:
    return grant.expires_at is None or at < grant.expires_at


def line(event: Event) -> str:
    """Return the event as a line of the journal."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)}) + "\n"


def events(lines: Iterable[str]) -> Iterator[Event]:
    """Yield the events of a journal. An incomplete last line, after a kill, is left out."""
    for text in lines:
        if not text.endswith("\n"):
            return
        fields = json.loads(text)
        kind = fields.pop("event")
        yield Grant(**fields) if kind == "grant" else End(**fields)


def read(journal: TextIO) -> Ledger:
    """Return the ledger of a journal."""
    ledger = Ledger()
    for event in events(journal):
        ledger.record(event)
    return ledger
