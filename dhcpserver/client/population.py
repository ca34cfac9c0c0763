"""DHCPv4 clients behind some relays, in one process: what the crowd needs of them."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from math import inf

from dhcpserver.client.crowd import Crowd, Outcome, Sent, Unanswered, hardware_address
from dhcpserver.client.effects import (
    Effect,
    Lease,
    LeaseAcknowledged,
    LeaseExpired,
    LeaseRefused,
    NoAnswer,
    Send,
    State,
)
from dhcpserver.client.ledger import End, Event, Grant, Why
from dhcpserver.client.machine import Client, Identity, Timing
from dhcpserver.limits import DHCP_CLIENT_PORT, DHCP_SERVER_PORT
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.options4 import MessageType


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
class Outgoing:
    """A packet from a client of a relay, to the address of a server, or to all servers if `to` is 0."""

    relay: int
    packet: Packet
    to: int


class _Clients:
    """The clients by number."""

    def __init__(self, settings: PopulationSettings, entropy: random.Random) -> None:
        self._relays = len(settings.relays)
        self.clients = [
            Client(
                Identity(hardware_address(settings.first_client + number)),
                random.Random(entropy.getrandbits(64)),
                settings.timing,
            )
            for number in range(settings.clients)
        ]
        self.numbers = {client.identity.hardware_address: n for n, client in enumerate(self.clients)}

    def arrive(self, number: int, now: float) -> Iterator[Outcome[Outgoing]]:
        client = self.clients[number]
        lease = client.lease
        known = lease is not None and now < lease.expires_at
        effects = client.reboot(lease, now) if known and lease is not None else client.start(now)
        return self._outcomes(number, effects, now)

    def tick(self, number: int, now: float) -> Iterator[Outcome[Outgoing]]:
        return self._outcomes(number, self.clients[number].tick(now), now)

    def receive(self, number: int, packet: Packet, now: float) -> Iterator[Outcome[Outgoing]]:
        return self._outcomes(number, self.clients[number].receive(packet, now), now)

    def leave(self, number: int, release: bool, now: float) -> Iterator[Outcome[Outgoing]]:
        client = self.clients[number]
        lease = client.lease
        if not release or lease is None:
            client.leave()
            return
        effects = client.release(now)
        yield self._end(number, lease.address, "released", now)
        yield from self._outcomes(number, effects, now)

    def next_tick(self, number: int) -> float:
        return self.clients[number].next_tick

    def present(self, number: int) -> bool:
        return self.clients[number].state is not State.IDLE

    def bound(self, number: int) -> bool:
        return self.clients[number].lease is not None

    def _outcomes(self, number: int, effects: Iterable[Effect], now: float) -> Iterator[Outcome[Outgoing]]:
        for effect in effects:
            if isinstance(effect, Send):
                kind = MessageType(effect.packet.message_type)
                outgoing = Outgoing(number % self._relays, effect.packet, effect.to)
                yield Sent(kind.name, outgoing, begins=kind is MessageType.DISCOVER)
            elif isinstance(effect, LeaseAcknowledged):
                yield self._grant(number, effect.lease, effect.state, now)
            elif isinstance(effect, LeaseRefused):
                yield self._end(number, effect.address, "refused", now)
            elif isinstance(effect, LeaseExpired):
                yield self._end(number, effect.lease.address, "expired", now)
            elif isinstance(effect, NoAnswer):
                yield Unanswered(effect.state.value)

    def _grant(self, number: int, lease: Lease, asked_in: State, now: float) -> Grant:
        return Grant(
            at=now,
            client=self._name(number),
            address=str(IPv4Address(lease.address)),
            server=str(IPv4Address(lease.server)),
            asked_at=lease.asked_at,
            expires_at=None if lease.expires_at == inf else lease.expires_at,
            asked_in=asked_in.value,
        )

    def _end(self, number: int, address: int, why: Why, now: float) -> End:
        return End(now, self._name(number), str(IPv4Address(address)), why)

    def _name(self, number: int) -> str:
        return self.clients[number].identity.hardware_address.hex(":")


class Population(Crowd[Outgoing]):
    """A crowd of DHCPv4 clients, which are recognised by their hardware addresses."""

    def __init__(self, settings: PopulationSettings, record: Callable[[Event], None], now: float) -> None:
        entropy = random.Random(settings.seed)
        self._clients = _Clients(settings, entropy)
        super().__init__(self._clients, settings, entropy, record, now)

    def receive(self, packet: Packet, now: float) -> Iterator[Outgoing]:
        """Yield the packets of a client after an answer."""
        number = self._clients.numbers.get(packet.chaddr)
        if number is not None:
            yield from self.carry_out(number, self._clients.receive(number, packet, now), now)
