"""Many DHCPv6 clients behind some relays, in one process: hosts, delegating routers, and stateless clients.

The population takes answers and the time, returns messages to send, and maintains the ledger. `runner6` has the sockets
and the clock. A client is recognised by its link-local address, which its relay returns with every answer.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv6Address
from math import inf
from typing import ClassVar

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.effects6 import (
    Effects6,
    Lease6,
    LeaseEnded6,
    LeaseGranted6,
    NoAnswer6,
    Send6,
    State6,
)
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.ledger import End, Event, Grant, Ledger
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
from dhcpserver.client.population import MAXIMUM_LATENCIES, Stats, hardware_address
from dhcpserver.wire import dhcp6duid
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import ADDRESS_BITS, IAKind
from dhcpserver.wire.dhcp6options import MessageType6

ROUTER_PREFIX_LENGTH = 56
"""The prefix length that a delegating router requests."""
_LINK_LOCAL = 0xFE80 << 112


class Device(Enum):
    """What a client is, with the identity associations that it requests."""

    HOST = (IARequest(IAKind.NA, 1),)
    PRIVATE_HOST = (IARequest(IAKind.NA, 1), IARequest(IAKind.TA, 1))
    """A host with a temporary address."""
    ROUTER = (IARequest(IAKind.NA, 1), IARequest(IAKind.PD, 1, ROUTER_PREFIX_LENGTH))
    STATELESS = ()


@dataclass(frozen=True, slots=True)
class PopulationSettings6:
    """The clients, their relays, and how they come and go."""

    servers: tuple[tuple[str, int], ...]
    """Address and port of every server: relays send to all of them."""
    links: tuple[IPv6Address, ...]
    """The link-address of each relay. Clients are assigned to them in turn."""
    clients: int
    arrivals_per_second: float
    shares: tuple[tuple[Device, float], ...] = (
        (Device.ROUTER, 0.2),
        (Device.PRIVATE_HOST, 0.1),
        (Device.STATELESS, 0.05),
    )
    """The share of each device; all others are hosts."""
    rapid_commit: bool = False
    stay_seconds: float | None = None
    """How long a client stays on average; None: it never leaves."""
    away_seconds: float = 30.0
    """How long a client is away on average."""
    release_share: float = 0.3
    """The share of leaving clients that release their leases."""
    seed: int = 0
    first_client: int = 0
    """The number of the first client. Populations with different numbers have different clients."""
    timing: Timing6 = field(default_factory=lambda: Timing6((0.0, 0.0), collect=False))
    relay_address: str = "::1"


class _Due(Enum):
    ARRIVE = 0
    TICK = 1
    LEAVE = 2


@dataclass(frozen=True, slots=True)
class Outgoing6:
    """A message from a client of a relay, with its link-local and its hardware address."""

    relay: int
    octets: bytes
    peer: int
    hardware: bytes


class Population6:
    """The clients and their schedule. Times are Unix seconds that do not go backwards."""

    def __init__(self, settings: PopulationSettings6, record: Callable[[Event], None], now: float) -> None:
        self._settings = settings
        self._record = record
        self._entropy = random.Random(settings.seed)
        self._clients = [self._client(number) for number in range(settings.clients)]
        self._numbers = {
            link_local(client.identity.hardware_address): number for number, client in enumerate(self._clients)
        }
        self._due: list[tuple[float, int, int]] = []
        self._ticks: dict[int, float] = {}
        self._began: dict[int, float] = {}
        self._latencies: list[float] = []
        self._sent: Counter[str] = Counter()
        self._granted: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._unanswered: Counter[str] = Counter()
        self.ledger = Ledger()
        arrival = now
        for number in range(settings.clients):
            arrival += self._entropy.expovariate(settings.arrivals_per_second)
            heapq.heappush(self._due, (arrival, _Due.ARRIVE.value, number))

    def _client(self, number: int) -> Client6:
        settings = self._settings
        hardware = hardware_address(settings.first_client + number)
        place, device = self._entropy.random(), Device.HOST
        for each, share in settings.shares:
            if place < share:
                device = each
                break
            place -= share
        identity = Identity6(
            dhcp6duid.link_layer(1, hardware),
            device.value,
            rapid_commit=settings.rapid_commit,
            host_name=f"{device.name.lower().replace('_', '-')}-{settings.first_client + number}",
            hardware_address=hardware,
        )
        return Client6(identity, random.Random(self._entropy.getrandbits(64)), settings.timing)

    def next_due(self) -> float:
        """Return when `tick` has work to do; `inf` for never."""
        return self._due[0][0] if self._due else inf

    def tick(self, now: float) -> Iterator[Outgoing6]:
        """Do what is due, and yield the messages to send."""
        while self._due and self._due[0][0] <= now:
            at, due, number = heapq.heappop(self._due)
            if due == _Due.TICK.value:
                if self._ticks.get(number) != at:
                    continue  # The client has another time since.
                del self._ticks[number]
            yield from self._DUE[_Due(due)](self, number, now)

    def receive(self, peer: int, message: Message, now: float) -> Iterator[Outgoing6]:
        """Handle an answer to the client with a link-local address, and yield the messages to send."""
        number = self._numbers.get(peer)
        if number is not None:
            yield from self._carry_out(number, self._clients[number].receive(message, now), now)

    def stats(self, at: float, unsent: int = 0) -> Stats:
        """Return the statistics, and start the latencies again."""
        present = [client for client in self._clients if client.state is not State6.IDLE]
        latencies = sorted(self._latencies)
        self._latencies.clear()
        return Stats(
            at=at,
            clients=len(present),
            bound=sum(bool(client.leases) for client in present),
            sent=dict(self._sent),
            granted=dict(self._granted),
            ended=dict(self._ended),
            unanswered=dict(self._unanswered),
            conflicts=len(self.ledger.conflicts),
            unsent=unsent,
            latency_p50_ms=_percentile(latencies, 0.50),
            latency_p99_ms=_percentile(latencies, 0.99),
        )

    def _arrive(self, number: int, now: float) -> Iterator[Outgoing6]:
        client = self._clients[number]
        stay = self._settings.stay_seconds
        if stay is not None:
            heapq.heappush(self._due, (now + self._entropy.expovariate(1 / stay), _Due.LEAVE.value, number))
        leases = client.leases
        ended = tuple(LeaseEnded6(lease, "expired") for lease in leases if now >= lease.valid_until)
        effects = client.reboot(leases, client.bindings.server, now) if leases else client.start(now)
        yield from self._carry_out(number, (*ended, *effects), now)

    def _tick(self, number: int, now: float) -> Iterator[Outgoing6]:
        yield from self._carry_out(number, self._clients[number].tick(now), now)

    def _leave(self, number: int, now: float) -> Iterator[Outgoing6]:
        client = self._clients[number]
        if client.leases and self._entropy.random() < self._settings.release_share:
            yield from self._carry_out(number, client.release(now), now)
        else:
            client.leave()
        back = now + self._entropy.expovariate(1 / self._settings.away_seconds)
        heapq.heappush(self._due, (back, _Due.ARRIVE.value, number))

    def _carry_out(self, number: int, effects: Effects6, now: float) -> Iterator[Outgoing6]:
        client = self._clients[number]
        hardware = client.identity.hardware_address
        for effect in effects:
            if isinstance(effect, Send6):
                self._sent[effect.type.name] += 1
                if effect.type is MessageType6.SOLICIT:
                    self._began.setdefault(number, now)
                relay = number % len(self._settings.links)
                yield Outgoing6(relay, effect.octets, link_local(hardware), hardware)
            elif isinstance(effect, LeaseGranted6):
                self._grant(number, effect, now)
            elif isinstance(effect, LeaseEnded6):
                self._ended[effect.why] += 1
                self._record_event(End(now, client.identity.duid.hex(":"), text_of(effect.lease), effect.why))
            elif isinstance(effect, NoAnswer6):
                self._unanswered[effect.state.value] += 1
        if client.next_tick == inf:
            self._ticks.pop(number, None)
        elif client.next_tick != self._ticks.get(number):
            self._ticks[number] = client.next_tick
            heapq.heappush(self._due, (client.next_tick, _Due.TICK.value, number))

    def _grant(self, number: int, effect: LeaseGranted6, now: float) -> None:
        lease, state = effect.lease, effect.state
        self._granted[state.value] += 1
        began = self._began.pop(number, None)
        if began is not None and len(self._latencies) < MAXIMUM_LATENCIES:
            self._latencies.append(now - began)
        self._record_event(
            Grant(
                at=now,
                client=self._clients[number].identity.duid.hex(":"),
                address=text_of(lease),
                server=effect.server.hex(":"),
                asked_at=lease.asked_at,
                expires_at=None if lease.valid_until == inf else lease.valid_until,
                asked_in=state.value,
            )
        )

    def _record_event(self, event: Event) -> None:
        self.ledger.record(event)
        self._record(event)

    _DUE: ClassVar[dict[_Due, Callable[[Population6, int, float], Iterator[Outgoing6]]]] = {
        _Due.ARRIVE: _arrive,
        _Due.TICK: _tick,
        _Due.LEAVE: _leave,
    }


def link_local(hardware: bytes) -> int:
    """Return the link-local address of an Ethernet address (RFC 4291 appendix A)."""
    octets = bytes((hardware[0] ^ 2,)) + hardware[1:3] + b"\xff\xfe" + hardware[3:]
    return _LINK_LOCAL | int.from_bytes(octets, "big")


def text_of(lease: Lease6) -> str:
    """Return an address, or a prefix with its length."""
    text = str(IPv6Address(lease.address))
    return text if lease.length == ADDRESS_BITS and lease.kind is not IAKind.PD else f"{text}/{lease.length}"


def _percentile(ordered: list[float], share: float) -> float | None:
    """Return a percentile in milliseconds of sorted seconds; None without values."""
    return round(ordered[int(share * (len(ordered) - 1))] * 1000, 3) if ordered else None
