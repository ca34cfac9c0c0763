"""Many clients behind some relays, in one process: they arrive, renew, leave, and come back.

The population takes answers and the time, returns packets to send, and maintains the ledger. `runner` has the
sockets and the clock.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address
from math import inf
from typing import ClassVar

from dhcpserver.client.effects import (
    Effects,
    Lease,
    LeaseAcknowledged,
    LeaseExpired,
    LeaseRefused,
    NoAnswer,
    Send,
    State,
)
from dhcpserver.client.ledger import End, Event, Grant, Ledger, Why
from dhcpserver.client.machine import Client, Identity, Timing
from dhcpserver.limits import DHCP_CLIENT_PORT, DHCP_SERVER_PORT
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.options4 import MessageType

MAXIMUM_LATENCIES = 100_000


@dataclass(frozen=True, slots=True)
class PopulationSettings:
    """The clients, their relays, and how they come and go."""

    servers: tuple[tuple[str, int], ...]
    """Address and port of every server: relays send to all of them."""
    relays: tuple[IPv4Address, ...]
    """The giaddrs of the relays, on loopback. Clients are assigned to them in turn."""
    clients: int
    arrivals_per_second: float
    stay_seconds: float | None = None
    """How long a client stays on average; None: it never leaves."""
    away_seconds: float = 30.0
    """How long a client is away on average."""
    release_share: float = 0.3
    """The share of leaving clients that release their address."""
    seed: int = 0
    first_client: int = 0
    """The number of the first client. Populations with different numbers have different clients."""
    timing: Timing = field(default_factory=lambda: Timing(start_seconds=(0.0, 0.0)))
    relay_port: int = DHCP_SERVER_PORT
    client_port: int = DHCP_CLIENT_PORT


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
    """From the first DISCOVER to the ACK."""
    latency_p99_ms: float | None


class _Due(Enum):
    ARRIVE = 0
    TICK = 1
    LEAVE = 2


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A packet from a client of a relay, to the address of a server, or to all servers if `to` is 0."""

    relay: int
    packet: Packet
    to: int


class Population:
    """The clients and their schedule. Times are Unix seconds that do not go backwards."""

    def __init__(self, settings: PopulationSettings, record: Callable[[Event], None], now: float) -> None:
        self._settings = settings
        self._record = record
        self._entropy = random.Random(settings.seed)
        self._clients = [
            Client(
                Identity(hardware_address(settings.first_client + number)),
                random.Random(self._entropy.getrandbits(64)),
                settings.timing,
            )
            for number in range(settings.clients)
        ]
        self._numbers = {client.identity.hardware_address: n for n, client in enumerate(self._clients)}
        self._discover_times: dict[int, float] = {}
        """When each client without a lease sent its first DISCOVER."""
        self._ticks: dict[int, float] = {}
        """The latest scheduled tick of each client; earlier ones have no effect."""
        self._due: list[tuple[float, int, int]] = [
            (now + number / settings.arrivals_per_second, _Due.ARRIVE.value, number)
            for number in range(settings.clients)
        ]
        heapq.heapify(self._due)
        self.ledger = Ledger()
        self._sent: Counter[str] = Counter()
        self._granted: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()
        self._latencies: list[float] = []

    def next_due(self) -> float:
        """Return when `tick` has work to do."""
        return self._due[0][0] if self._due else inf

    def tick(self, now: float) -> Iterator[Outgoing]:
        """Yield the packets that are due at `now`."""
        while self._due and self._due[0][0] <= now:
            _, kind, number = heapq.heappop(self._due)
            yield from self._DUE[_Due(kind)](self, number, now)

    def receive(self, packet: Packet, now: float) -> Iterator[Outgoing]:
        """Yield the packets of a client after an answer."""
        number = self._numbers.get(packet.chaddr)
        if number is not None:
            yield from self._carry_out(number, self._clients[number].receive(packet, now), now)

    def stats(self, at: float, unsent: int) -> Stats:
        """Return the statistics. The latencies since this call are in the next one."""
        latencies, self._latencies = sorted(self._latencies), []
        clients = [client for client in self._clients if client.state is not State.IDLE]
        return Stats(
            at=at,
            clients=len(clients),
            bound=sum(client.lease is not None for client in clients),
            sent=dict(self._sent),
            granted=dict(self._granted),
            ended=dict(self._ended),
            unanswered=dict(self._unanswered),
            conflicts=len(self.ledger.conflicts),
            unsent=unsent,
            latency_p50_ms=_percentile(latencies, 0.50),
            latency_p99_ms=_percentile(latencies, 0.99),
        )

    def _arrive(self, number: int, now: float) -> Iterator[Outgoing]:
        client = self._clients[number]
        stay = self._settings.stay_seconds
        if stay is not None:
            leave = now + self._entropy.expovariate(1 / stay)
            heapq.heappush(self._due, (leave, _Due.LEAVE.value, number))
        lease = client.lease
        if lease is not None and now < lease.expires_at:
            yield from self._carry_out(number, client.reboot(lease, now), now)
        else:
            yield from self._carry_out(number, client.start(now), now)

    def _tick(self, number: int, now: float) -> Iterator[Outgoing]:
        yield from self._carry_out(number, self._clients[number].tick(now), now)

    def _leave(self, number: int, now: float) -> Iterator[Outgoing]:
        client = self._clients[number]
        lease = client.lease
        if lease is not None and self._entropy.random() < self._settings.release_share:
            effects = client.release(now)
            self._end(number, lease.address, "released", now)
            yield from self._carry_out(number, effects, now)
        else:
            client.leave()
        back = now + self._entropy.expovariate(1 / self._settings.away_seconds)
        heapq.heappush(self._due, (back, _Due.ARRIVE.value, number))

    def _carry_out(self, number: int, effects: Effects, now: float) -> Iterator[Outgoing]:
        client = self._clients[number]
        for effect in effects:
            if isinstance(effect, Send):
                kind = MessageType(effect.packet.message_type)
                self._sent[kind.name] += 1
                if kind is MessageType.DISCOVER:
                    self._discover_times.setdefault(number, now)
                yield Outgoing(number % len(self._settings.relays), effect.packet, effect.to)
            elif isinstance(effect, LeaseAcknowledged):
                self._grant(number, effect.lease, effect.state, now)
            elif isinstance(effect, LeaseRefused):
                self._end(number, effect.address, "refused", now)
            elif isinstance(effect, LeaseExpired):
                self._end(number, effect.lease.address, "expired", now)
            elif isinstance(effect, NoAnswer):
                self._unanswered[effect.state.value] += 1
        if client.next_tick != self._ticks.get(number, inf):
            self._ticks[number] = client.next_tick
            heapq.heappush(self._due, (client.next_tick, _Due.TICK.value, number))

    def _grant(self, number: int, lease: Lease, asked_in: State, now: float) -> None:
        self._granted[asked_in.value] += 1
        began = self._discover_times.pop(number, None)
        if began is not None and asked_in is State.REQUESTING and len(self._latencies) < MAXIMUM_LATENCIES:
            self._latencies.append(now - began)
        self._record_event(
            Grant(
                at=now,
                client=self._clients[number].identity.hardware_address.hex(":"),
                address=str(IPv4Address(lease.address)),
                server=str(IPv4Address(lease.server)),
                asked_at=lease.asked_at,
                expires_at=None if lease.expires_at == inf else lease.expires_at,
                asked_in=asked_in.value,
            )
        )

    def _end(self, number: int, address: int, why: Why, now: float) -> None:
        self._ended[why] += 1
        client = self._clients[number].identity.hardware_address.hex(":")
        self._record_event(End(now, client, str(IPv4Address(address)), why))

    def _record_event(self, event: Event) -> None:
        self.ledger.record(event)
        self._record(event)

    _DUE: ClassVar[dict[_Due, Callable[[Population, int, float], Iterator[Outgoing]]]] = {
        _Due.ARRIVE: _arrive,
        _Due.TICK: _tick,
        _Due.LEAVE: _leave,
    }


def hardware_address(number: int) -> bytes:
    """Return a locally administered Ethernet address for a client's number."""
    return b"\x02\x50" + number.to_bytes(4, "big")


def _percentile(ordered: list[float], share: float) -> float | None:
    """Return a percentile in milliseconds of sorted seconds; None without values."""
    return round(ordered[int(share * (len(ordered) - 1))] * 1000, 3) if ordered else None
