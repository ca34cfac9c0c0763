"""DHCPv6 clients behind some relays, in one process: hosts, delegating routers, and stateless clients.

What the crowd needs of them. A client is recognised by its link-local address, which its relay returns with every
answer.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv6Address
from math import inf

from dhcpserver.client.bindings6 import IARequest
from dhcpserver.client.crowd import Crowd, Outcome, Sent, Unanswered, hardware_address
from dhcpserver.client.effects6 import (
    Effect6,
    Lease6,
    LeaseEnded6,
    LeaseGranted6,
    NoAnswer6,
    Send6,
    State6,
)
from dhcpserver.client.exchanges6 import Timing6
from dhcpserver.client.ledger import End, Event, Grant
from dhcpserver.client.machine6 import Client6
from dhcpserver.client.messages6 import Identity6
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


@dataclass(frozen=True, slots=True)
class Outgoing6:
    """A message from a client of a relay, with its link-local and its hardware address."""

    relay: int
    octets: bytes
    peer: int
    hardware: bytes


class _Clients6:
    """The clients by number."""

    def __init__(self, settings: PopulationSettings6, entropy: random.Random) -> None:
        self._links = len(settings.links)
        self.clients = [_client(settings, number, entropy) for number in range(settings.clients)]
        self.numbers = {link_local(client.identity.hardware_address): n for n, client in enumerate(self.clients)}

    def arrive(self, number: int, now: float) -> Iterator[Outcome[Outgoing6]]:
        client = self.clients[number]
        leases = client.leases
        ended = tuple(LeaseEnded6(lease, "expired") for lease in leases if now >= lease.valid_until)
        effects = client.reboot(leases, client.bindings.server, now) if leases else client.start(now)
        return self._outcomes(number, (*ended, *effects), now)

    def tick(self, number: int, now: float) -> Iterator[Outcome[Outgoing6]]:
        return self._outcomes(number, self.clients[number].tick(now), now)

    def receive(self, number: int, message: Message, now: float) -> Iterator[Outcome[Outgoing6]]:
        return self._outcomes(number, self.clients[number].receive(message, now), now)

    def leave(self, number: int, release: bool, now: float) -> Iterator[Outcome[Outgoing6]]:
        client = self.clients[number]
        if not release:
            client.leave()
        return self._outcomes(number, client.release(now) if release else (), now)

    def next_tick(self, number: int) -> float:
        return self.clients[number].next_tick

    def present(self, number: int) -> bool:
        return self.clients[number].state is not State6.IDLE

    def bound(self, number: int) -> bool:
        return bool(self.clients[number].leases)

    def _outcomes(self, number: int, effects: Iterable[Effect6], now: float) -> Iterator[Outcome[Outgoing6]]:
        identity = self.clients[number].identity
        hardware, client = identity.hardware_address, identity.duid.hex(":")
        for effect in effects:
            if isinstance(effect, Send6):
                outgoing = Outgoing6(number % self._links, effect.octets, link_local(hardware), hardware)
                yield Sent(effect.type.name, outgoing, begins=effect.type is MessageType6.SOLICIT)
            elif isinstance(effect, LeaseGranted6):
                yield _grant(client, effect, now)
            elif isinstance(effect, LeaseEnded6):
                yield End(now, client, text_of(effect.lease), effect.why)
            elif isinstance(effect, NoAnswer6):
                yield Unanswered(effect.state.value)


def _client(settings: PopulationSettings6, number: int, entropy: random.Random) -> Client6:
    hardware = hardware_address(settings.first_client + number)
    place, device = entropy.random(), Device.HOST
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
    return Client6(identity, random.Random(entropy.getrandbits(64)), settings.timing)


def _grant(client: str, effect: LeaseGranted6, now: float) -> Grant:
    lease = effect.lease
    return Grant(
        at=now,
        client=client,
        address=text_of(lease),
        server=effect.server.hex(":"),
        asked_at=lease.asked_at,
        expires_at=None if lease.valid_until == inf else lease.valid_until,
        asked_in=effect.state.value,
    )


class Population6(Crowd[Outgoing6]):
    """A crowd of DHCPv6 clients."""

    def __init__(self, settings: PopulationSettings6, record: Callable[[Event], None], now: float) -> None:
        entropy = random.Random(settings.seed)
        self._clients = _Clients6(settings, entropy)
        super().__init__(self._clients, settings, entropy, record, now)

    def receive(self, peer: int, message: Message, now: float) -> Iterator[Outgoing6]:
        """Handle an answer to the client with a link-local address, and yield the messages to send."""
        number = self._clients.numbers.get(peer)
        if number is not None:
            yield from self.carry_out(number, self._clients.receive(number, message, now), now)


def link_local(hardware: bytes) -> int:
    """Return the link-local address of an Ethernet address (RFC 4291 appendix A)."""
    octets = bytes((hardware[0] ^ 2,)) + hardware[1:3] + b"\xff\xfe" + hardware[3:]
    return _LINK_LOCAL | int.from_bytes(octets, "big")


def text_of(lease: Lease6) -> str:
    """Return an address, or a prefix with its length."""
    text = str(IPv6Address(lease.address))
    return text if lease.length == ADDRESS_BITS and lease.kind is not IAKind.PD else f"{text}/{lease.length}"
