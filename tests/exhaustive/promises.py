"""What the clients were promised, and when two promises of one address are a violation (I1).

A promise lasts from the ACK to its end, or until the client gives the address up. Each promise has the servers that
know of it: the one that made it, and its partner as soon as that has received an update with it. A server that knows of
a promise and gives the address to another client than it had before violates I1, whatever happened before. Else the
duplicate is excused if one of the promises was made behind the partner's back: after the time from which the partner,
in PARTNER-DOWN, counts on no further promises. A clock that is ahead by more than the protocol allows excuses those
that its server has at that moment, which it may end too early, and not those that it makes meanwhile.
"""

from typing import NamedTuple

from dhcpserver.failover.states import State
from dhcpserver.leases.keys import text_of
from tests.exhaustive.small import NAMES

NEVER = 1 << 40
"""A time that does not come."""


class Promise(NamedTuple):
    """A promise. Times are true seconds.

    Attributes:
        until: its end.
        at, by: when it was made last, and by which server.
        known: the end that each server knows of, 0 if it does not know of the promise.
        excuse: why the partner could not know of it, empty if it could.
        rivals: other clients to which the address was promised too, with an excuse.
    """

    until: int
    at: int
    by: int
    known: tuple[int, int]
    excuse: str = ""
    rivals: frozenset[int] = frozenset()


class Takeover(NamedTuple):
    """Since when a server counts on no further promises of its partner, and which act led to that."""

    since: int
    act: str


class Promises:
    """All promises of a world, and the takeovers.

    Attributes:
        held: by client and address.
        takeovers: for each server its takeover, None without one.
        excused: how many duplicates were excused.
    """

    __slots__ = ("excused", "held", "takeovers")

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], Promise] = {}
        self.takeovers: list[Takeover | None] = [None, None]
        self.excused = 0

    def fork(self) -> "Promises":
        """Return a copy."""
        other = Promises()
        other.held = dict(self.held)
        other.takeovers = list(self.takeovers)
        other.excused = self.excused
        return other

    def make(self, server: int, client: int, address: int, now: int, seconds: int, *, extends: bool) -> str | None:
        """Record an ACK; return the text of a violation, None if there is none.

        `extends`: whether the server's own record has the client's lease, and it has not ended. After a conflict one of
        the two servers keeps its client.
        """
        self._forget(now)
        old = self.held.get((client, address))
        excuse = self._behind(server, now)
        until = now + seconds
        new = Promise(until, now, server, _with((0, 0), server, until), excuse)
        if old is not None:
            until = max(until, old.until)
            new = Promise(until, now, server, _with(old.known, server, until), excuse or old.excuse, old.rivals)
        self.held[client, address] = new
        for (holder, where), other in list(self.held.items()):
            if where != address or holder == client:
                continue
            again = client in other.rivals
            if other.known[server] > now and not (again or extends):
                return self._text(server, client, address, holder, other) + ", of which it knows"
            if not (new.excuse or other.excuse or again):
                return self._text(server, client, address, holder, other)
            self.excused += not again
            self.held[holder, where] = other._replace(rivals=other.rivals | {client})
            self.held[client, address] = new = new._replace(rivals=new.rivals | {holder})
        return None

    @staticmethod
    def _text(server: int, client: int, address: int, holder: int, other: Promise) -> str:
        return (
            f"I1: the {NAMES[server]} gives {text_of(address)} to client {client}; client {holder} has it from the "
            f"{NAMES[other.by]} until {other.until} s"
        )

    def _behind(self, server: int, at: int) -> str:
        takeover = self.takeovers[1 - server]
        return takeover.act if takeover is not None and at > takeover.since else ""

    def _forget(self, now: int) -> None:
        for slot in [slot for slot, promise in self.held.items() if promise.until <= now]:
            del self.held[slot]

    def end(self, client: int, address: int) -> None:
        """Handle that a client gave an address up."""
        self.held.pop((client, address), None)

    def tell(self, server: int, client: int, address: int, until: int) -> None:
        """Handle that a server received an update with the lease of a client, which ends at `until`."""
        found = self.held.get((client, address))
        if found is not None:
            self.held[client, address] = found._replace(known=_with(found.known, server, min(until, found.until)))

    def forget_knowledge(self, server: int, *, provable: bool) -> None:
        """Handle that a server's disk was put back to an old copy: it no longer knows of any promise.

        `provable`: whether the partner can tell that the copy is older. Else no server can know of the promises that
        only the lost data had.
        """
        for slot, promise in self.held.items():
            known = _without(promise.known, server)
            excuse = promise.excuse
            if not provable and not any(known):
                excuse = excuse or "no server has the promise, and none can tell that a copy is older"
            self.held[slot] = promise._replace(known=known, excuse=excuse)

    def record(self, server: int, state: State, since: int, act: str) -> None:
        """Handle that a server stored its state; `since`: its partner-down time."""
        if state is State.PARTNER_DOWN:
            old = self.takeovers[server]
            self.takeovers[server] = Takeover(min(since, old.since) if old else since, old.act if old else act)
            for slot, promise in self.held.items():
                # Promises that the partner made after that time, before the takeover began, count too.
                unknown = promise.by != server and not promise.known[server]
                if unknown and not promise.excuse and promise.at > since:
                    self.held[slot] = promise._replace(excuse=act)
        elif state is State.NORMAL:
            self.takeovers[server] = None

    def clock_ahead(self, server: int) -> None:
        """Handle that a server's clock is ahead: it may end the leases that it knows of too early."""
        for slot, promise in self.held.items():
            if promise.known[server]:
                excuse = promise.excuse or f"the clock of the {NAMES[server]} was ahead"
                self.held[slot] = promise._replace(known=_without(promise.known, server), excuse=excuse)


def _with(known: tuple[int, int], server: int, until: int) -> tuple[int, int]:
    return (max(known[0], until), known[1]) if server == 0 else (known[0], max(known[1], until))


def _without(known: tuple[int, int], server: int) -> tuple[int, int]:
    return (0, known[1]) if server == 0 else (known[0], 0)
