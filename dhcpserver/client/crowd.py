"""Many clients in one process: when they arrive, renew, leave and come back, for the clients of any family.

A `Kind` has the clients themselves: it turns what happens to one of them into outcomes. The crowd has the schedule, the
ledger and the statistics, takes the time, and returns what is to be sent. `runner` has the sockets and the clock.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Generic, Protocol, TypeVar

from dhcpserver.client.ledger import End, Event, Grant, Ledger

MAXIMUM_LATENCIES = 100_000
NEW = frozenset(("SOLICITING", "REQUESTING"))
"""The states in which a client requests its first lease."""

Out = TypeVar("Out")


class Schedule(Protocol):
    """When the clients come and go.

    `stay_seconds` is how long a client stays on average (None: it never leaves), `away_seconds` how long it is away
    then. `release_share` is the share of leaving clients that release what they have.
    """

    @property
    def clients(self) -> int: ...
    @property
    def arrivals_per_second(self) -> float: ...
    @property
    def stay_seconds(self) -> float | None: ...
    @property
    def away_seconds(self) -> float: ...
    @property
    def release_share(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Sent(Generic[Out]):
    """A client sends a message. `begins`: it is the first message of a client without a lease."""

    name: str
    outgoing: Out
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No server answered a client in this state."""

    state: str


Outcome = Sent[Out] | Grant | End | Unanswered


class Kind(Protocol[Out]):
    """The clients of a family, by number."""

    def arrive(self, number: int, now: float) -> Iterable[Outcome[Out]]:
        """The client comes: with the leases that it still has, or without one."""

    def tick(self, number: int, now: float) -> Iterable[Outcome[Out]]:
        """The time has come that the client wanted."""

    def leave(self, number: int, release: bool, now: float) -> Iterable[Outcome[Out]]:
        """The client leaves, and releases its leases or keeps them."""

    def next_tick(self, number: int) -> float:
        """When the client has something to do; `inf` for never."""

    def present(self, number: int) -> bool:
        """Whether the client has arrived and not left."""

    def bound(self, number: int) -> bool:
        """Whether the client has a lease."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics. Counts are since the start; latencies are those of new leases since the last report."""

    at: float
    clients: int
    """Clients that have arrived and not left."""
    bound: int
    """Clients with a valid lease."""
    sent: dict[str, int]
    granted: dict[str, int]
    """Acknowledged leases by the client's state when it sent the request."""
    ended: dict[str, int]
    unanswered: dict[str, int]
    conflicts: int
    unsent: int
    """Packets that the kernel did not accept."""
    latency_p50_ms: float | None
    """From the first DISCOVER to the ACK, or from the first SOLICIT to the REPLY."""
    latency_p99_ms: float | None


class _Due(Enum):
    ARRIVE = 0
    TICK = 1
    LEAVE = 2


class Crowd(Generic[Out]):
    """The clients and their schedule. Times are Unix seconds that do not go backwards."""

    def __init__(
        self,
        kind: Kind[Out],
        schedule: Schedule,
        entropy: random.Random,
        record: Callable[[Event], None],
        now: float,
    ) -> None:
        self._kind = kind
        self._schedule = schedule
        self._entropy = entropy
        self._record = record
        self._due: list[tuple[float, int, int]] = [
            (now + number / schedule.arrivals_per_second, _Due.ARRIVE.value, number)
            for number in range(schedule.clients)
        ]
        heapq.heapify(self._due)
        self._ticks: dict[int, float] = {}
        """The latest scheduled tick of each client; earlier ones have no effect."""
        self._began: dict[int, float] = {}
        """When each client without a lease sent its first message."""
        self._latencies: list[float] = []
        self._sent: Counter[str] = Counter()
        self._granted: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()
        self.ledger = Ledger()

    def next_due(self) -> float:
        """Return when `tick` has work to do; `inf` for never."""
        return self._due[0][0] if self._due else inf

    def tick(self, now: float) -> Iterator[Out]:
        """Do what is due, and yield what is to be sent."""
        while self._due and self._due[0][0] <= now:
            at, due, number = heapq.heappop(self._due)
            if due == _Due.ARRIVE.value:
                yield from self._arrive(number, now)
            elif due == _Due.LEAVE.value:
                yield from self._leave(number, now)
            elif self._ticks.get(number) == at:  # Otherwise the client has another time since.
                del self._ticks[number]
                yield from self.carry_out(number, self._kind.tick(number, now), now)

    def carry_out(self, number: int, outcomes: Iterable[Outcome[Out]], now: float) -> Iterator[Out]:
        """Count and record the outcomes of a client, and yield what is to be sent."""
        for outcome in outcomes:
            if isinstance(outcome, Sent):
                self._sent[outcome.name] += 1
                if outcome.begins:
                    self._began.setdefault(number, now)
                yield outcome.outgoing
            elif isinstance(outcome, Unanswered):
                self._unanswered[outcome.state] += 1
            else:
                self._note(number, outcome, now)
        next_tick = self._kind.next_tick(number)
        if next_tick == inf:
            self._ticks.pop(number, None)
        elif next_tick != self._ticks.get(number):
            self._ticks[number] = next_tick
            heapq.heappush(self._due, (next_tick, _Due.TICK.value, number))

    def stats(self, at: float, unsent: int = 0) -> Stats:
        """Return the statistics. The latencies since this call are in the next one."""
        latencies, self._latencies = sorted(self._latencies), []
        present = [number for number in range(self._schedule.clients) if self._kind.present(number)]
        return Stats(
            at=at,
            clients=len(present),
            bound=sum(self._kind.bound(number) for number in present),
            sent=dict(self._sent),
            granted=dict(self._granted),
            ended=dict(self._ended),
            unanswered=dict(self._unanswered),
            conflicts=len(self.ledger.conflicts),
            unsent=unsent,
            latency_p50_ms=_percentile(latencies, 0.50),
            latency_p99_ms=_percentile(latencies, 0.99),
        )

    def _arrive(self, number: int, now: float) -> Iterator[Out]:
        stay = self._schedule.stay_seconds
        if stay is not None:
            leave = now + self._entropy.expovariate(1 / stay)
            heapq.heappush(self._due, (leave, _Due.LEAVE.value, number))
        yield from self.carry_out(number, self._kind.arrive(number, now), now)

    def _leave(self, number: int, now: float) -> Iterator[Out]:
        releases = self._kind.bound(number) and self._entropy.random() < self._schedule.release_share
        yield from self.carry_out(number, self._kind.leave(number, releases, now), now)
        back = now + self._entropy.expovariate(1 / self._schedule.away_seconds)
        heapq.heappush(self._due, (back, _Due.ARRIVE.value, number))

    def _note(self, number: int, event: Event, now: float) -> None:
        if isinstance(event, End):
            self._ended[event.why] += 1
        else:
            self._granted[event.asked_in] += 1
            began = self._began.pop(number, None)
            if began is not None and event.asked_in in NEW and len(self._latencies) < MAXIMUM_LATENCIES:
                self._latencies.append(now - began)
        self.ledger.record(event)
        self._record(event)


def hardware_address(number: int) -> bytes:
    """Return a locally administered Ethernet address for a client's number."""
    return b"\x02\x50" + number.to_bytes(4, "big")


def _percentile(ordered: list[float], share: float) -> float | None:
    """Return a percentile in milliseconds of sorted seconds; None without values."""
    return round(ordered[int(share * (len(ordered) - 1))] * 1000, 3) if ordered else None
