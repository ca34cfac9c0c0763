"""The small worlds: a pair with one scope of a few addresses, and which events may happen in it.

In place of the scope there can be a prefix of IPv6, with a few addresses or a few delegated prefixes.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from dhcpserver.config.classes.cluster import Cluster
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.prefix import Link, Prefix
from dhcpserver.config.classes.scope import Scope
from dhcpserver.config.classes.server import Server
from dhcpserver.config.objects import Configuration
from dhcpserver.leases import keys
from dhcpserver.leases.keys import Kind
from dhcpserver.wire.dhcp6ia import IAKind
from tests.exhaustive.packets import IDENTIFIERS, Packets
from tests.exhaustive.packets6 import Packets6

FIRST = 0x0A00000C
"""The lowest address of the scope, 10.0.0.12."""
FIRST6 = int(IPv6Address("2001:db8::10"))
"""The lowest IPv6 address, which is even."""
FIRST_PREFIX = int(IPv6Address("2001:db8:8000::"))
NAMES = ("main", "backup")
UIDS = (b"main".ljust(16, b"\0"), b"backup".ljust(16, b"\0"))
"""The identities of the data directories."""
POOL = "scope"
"""The name of the scope, or of the prefix."""
_PACKETS = {
    Kind.ADDRESS4: Packets(),
    Kind.ADDRESS6: Packets6(IAKind.NA),
    Kind.PREFIX: Packets6(IAKind.PD),
}


class Fault(Enum):
    """The faults. Each one that happens takes one from the budget of the course of events."""

    CUT = "the link is cut"
    SILENCE = "the link is silent"
    CRASH = "a server crashes between two turns"
    CRASH_IN_TURN = "a server crashes in a turn, after a part of it was stored or sent"
    STOP = "a server is stopped in order"
    PARTNER_DOWN = "an operator sets a partner down"
    OLD_COPY = "an old copy of a store takes the place of the present one"
    REPEAT = "an old request of a client arrives again"
    LOSS = "an ACK does not arrive"
    CLOCK = "a clock is wrong for a time"
    LOST_DISK = "a disk is lost with all data"


@dataclass(frozen=True, slots=True)
class Small:
    """A world. Durations are in seconds.

    Attributes:
        kind: what is leased. `addresses`: how many there are; for IPv6 a power of two.
        faults, budget: which faults may happen, and how many in one course of events.
        packetwise: whether each portion of octets on the link is an event of its own, so that anything may happen
            between two of them; else the link is empty before the next event.
        tick: how much time passes at once; servers and the link go on meanwhile, clients are silent.
        clock_error: by how much the clock is wrong, ahead; see Fault.CLOCK.
        unacknowledged: how many updates may wait for their acknowledgement.
        prepared: moves (see `moves`) that are made first. The search begins with the state to which they lead.
    """

    name: str
    addresses: int = 2
    clients: int = 3
    tick: int = 60
    mclt: int = 60
    lease_time: int = 120
    grace_period: int = 5
    backup_pct: int = 50
    use_safe_period: bool = False
    safe_period: int = 50
    faults: frozenset[Fault] = frozenset()
    budget: int = 1
    packetwise: bool = False
    releases: bool = True
    clock_error: int = 3600
    load_balancing: bool = False
    dynamic_bootp: bool = False
    unacknowledged: int | None = None
    kind: Kind = Kind.ADDRESS4
    prepared: tuple[tuple[str, *tuple[int, ...]], ...] = ()

    @property
    def packets(self) -> Packets:
        """What its clients send."""
        return _PACKETS[self.kind]

    def addresses_of_scope(self) -> list[int]:
        """Return the addresses or prefixes, as keys of a lease book."""
        numbers = range(self.addresses)
        if self.kind is Kind.ADDRESS6:
            return [keys.address6(FIRST6 + number) for number in numbers]
        if self.kind is Kind.PREFIX:
            return [keys.prefix(FIRST_PREFIX + (number << 64), 64) for number in numbers]
        return [FIRST + number for number in numbers]


STARTUP_SECONDS = 10


@cache
def configuration(small: Small, main: bool) -> Configuration:
    """Return the configuration of one of the servers; always the same object for the same arguments."""
    first, last = IPv4Address(FIRST), IPv4Address(FIRST + small.addresses - 1)
    return Configuration(
        server=Server(name="m" if main else "b", log_settings=("default",)),
        cluster=(
            Cluster(name="m", ipaddr=IPv4Address(IDENTIFIERS[0])),
            Cluster(name="b", ipaddr=IPv4Address(IDENTIFIERS[1])),
        ),
        failover_pair=(
            FailoverPair(
                name="pair",
                main="m",
                backup="b",
                mclt=small.mclt,
                backup_pct=small.backup_pct,
                use_safe_period=small.use_safe_period,
                safe_period=small.safe_period,
                keepalive_time=120,
                startup_time=STARTUP_SECONDS,
                connect_retry=1,
                load_balancing=small.load_balancing,
                max_unacked_bndupd=small.unacknowledged,
            ),
        ),
        policy=(
            Policy(
                name="default",
                dhcp_lease_time=small.lease_time,
                grace_period=small.grace_period,
                offer_timeout=10,
                valid_lifetime=small.lease_time,
                preferred_lifetime=small.lease_time,
            ),
        ),
        link=() if small.kind is Kind.ADDRESS4 else (Link(name="link"),),
        prefix=() if small.kind is Kind.ADDRESS4 else (Prefix.model_validate(_prefix(small)),),
        scope=()
        if small.kind is not Kind.ADDRESS4
        else (
            Scope.model_validate(
                {
                    "name": POOL,
                    "subnet": "10.0.0.0/24",
                    "ranges": [f"{first}-{last}"],
                    "allocate_first_available": True,
                    "bootp": small.dynamic_bootp,
                    "dynamic_bootp": small.dynamic_bootp,
                }
            ),
        ),
    )


def _prefix(small: Small) -> dict[str, Any]:
    bits = small.addresses.bit_length() - 1
    if small.kind is Kind.ADDRESS6:
        leased = {"address": "2001:db8::/64", "range": f"{IPv6Address(FIRST6)}/{128 - bits}"}
    else:
        leased = {"address": f"{IPv6Address(FIRST_PREFIX)}/{64 - bits}", "dhcp_type": "prefix-delegation"}
    return {"name": POOL, "link": "link", **leased}
