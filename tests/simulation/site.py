"""The configuration: two networks, one with the servers on it and one behind a relay, and a failover pair.

The values are small, so that much happens in a short run.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from dhcpserver.config.classes.cluster import Cluster
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.scope import Scope
from dhcpserver.config.classes.server import Server
from dhcpserver.config.objects import Configuration
from dhcpserver.leases.keys import LAST_IPV4
from dhcpserver.service.query import Arrival
from tests.simulation.site6 import Site6, balanced6, reserved6

NEAR, FAR, THIRD = 0x0A000000, 0x0A000100, 0x0A000200
"""The networks: 10.0.0.0/24 with the servers; 10.0.1.0/24 and 10.0.2.0/24, each behind a relay."""
FIRST_HOST = 10
"""The host part at which the pools begin in each network."""
RELAY = FAR + 1
THIRD_RELAY = THIRD + 1
SERVERS = {"main": NEAR + 2, "backup": NEAR + 3}
RESERVED = NEAR + 200
"""The address that is reserved for client 0."""
RESERVATIONS = {RESERVED: 0, NEAR + 201: 2, FAR + 200: 1}
"""The client of each reserved address; a site with one reservation has only the first."""


def hardware(number: int) -> bytes:
    """Return the Ethernet address of a client."""
    return b"\x02\x50\x00\x00\x00" + bytes((number,))


def arrivals(server: str) -> tuple[Arrival, Arrival]:
    """Return how packets arrive: from the server's own network, and from relays or by unicast."""
    return Arrival(0, SERVERS[server], direct=True), Arrival(1, SERVERS[server], direct=False)


@dataclass(frozen=True, slots=True)
class Site:
    """The settings of a pair. Durations are in seconds; `near` and `far` are pool sizes."""

    mclt: int = 60
    lease_time: int = 300
    grace_period: int = 5
    offer_timeout: int = 10
    unavailable_timeout: int = 120
    allow_override: bool = False
    near: int = 12
    far: int = 8
    first_available: bool = False
    load_balancing: bool = False
    backup_pct: int = 50
    use_safe_period: bool = False
    safe_period: int = 400
    safe_period_strict: bool = False
    keepalive: int = 60
    max_unacked: int | None = None
    startup_time: int = 10
    connect_retry: int = 5
    dynamic_bootp: bool = False
    """Whether the far network gives infinite leases to BOOTP clients."""
    third: int = 0
    """Size of the pool of the third network, which has a policy of its own; 0: there is no third network."""
    several_reservations: bool = False
    leasequery: bool = False
    v6: Site6 | None = None
    """DHCPv6; None: there is none."""

    def configuration(self, main: bool, *, recover: int = 0, startup_wait: bool = False) -> Configuration:
        """Return the configuration of one of the servers; the last two are set by its operator for a return."""
        v6 = self.v6 if self.v6 is not None and ("main" if main else "backup") in self.v6.at else None
        links, prefixes = v6.objects() if v6 is not None else ((), ())
        return Configuration(
            server=Server(
                name="m" if main else "b",
                log_settings=("default",),
                failover_recover=recover,
                leasequery=self.leasequery,
            ),
            cluster=(
                Cluster(name="m", ipaddr=IPv4Address(SERVERS["main"])),
                Cluster(name="b", ipaddr=IPv4Address(SERVERS["backup"])),
            ),
            failover_pair=(
                FailoverPair(
                    name="pair",
                    main="m",
                    backup="b",
                    mclt=self.mclt,
                    backup_pct=self.backup_pct,
                    load_balancing=self.load_balancing,
                    use_safe_period=self.use_safe_period,
                    safe_period=self.safe_period,
                    safe_period_strict=self.safe_period_strict,
                    keepalive_time=self.keepalive,
                    max_unacked_bndupd=self.max_unacked,
                    startup_time=self.startup_time,
                    startup_wait=startup_wait,
                    connect_retry=self.connect_retry,
                ),
            ),
            policy=(
                Policy(
                    name="default",
                    dhcp_lease_time=self.lease_time,
                    grace_period=self.grace_period,
                    offer_timeout=self.offer_timeout,
                    unavailable_timeout=self.unavailable_timeout,
                    allow_lease_time_override=self.allow_override,
                    **_policy6(v6, far=False),
                ),
                Policy(
                    name="other",
                    dhcp_lease_time=self.lease_time,
                    grace_period=self.grace_period * 2,
                    offer_timeout=max(self.offer_timeout // 3, 1),
                    unavailable_timeout=self.unavailable_timeout // 2,
                    allow_lease_time_override=self.allow_override,
                    **_policy6(v6, far=True),
                ),
            ),
            link=links,
            prefix=prefixes,
            scope=(
                self._scope("near", NEAR, self.near),
                self._scope("far", FAR, self.far),
                *([self._scope("third", THIRD, self.third, policy="other")] if self.third else []),
            ),
        )

    def reservations(self) -> dict[int, int]:
        """Return the client of each reserved address."""
        return RESERVATIONS if self.several_reservations else {RESERVED: RESERVATIONS[RESERVED]}

    def _scope(self, name: str, network: int, size: int, policy: str = "default") -> Scope:
        first = network + FIRST_HOST
        reservations = [
            {"ipaddr": str(IPv4Address(address)), "mac": hardware(client).hex(":")}
            for address, client in self.reservations().items()
            if address & ~0xFF == network
        ]
        return Scope.model_validate(
            {
                "name": name,
                "subnet": f"{IPv4Address(network)}/24",
                "ranges": [f"{IPv4Address(first)}-{IPv4Address(first + size - 1)}"],
                "reservations": reservations,
                "policy": policy,
                "allocate_first_available": self.first_available,
                "bootp": self.dynamic_bootp and network == FAR,
                "dynamic_bootp": self.dynamic_bootp and network == FAR,
            }
        )

    def is_reserved(self, address: int) -> bool:
        """Return whether an address or prefix belongs to one client."""
        return address in RESERVATIONS or (self.v6 is not None and address in reserved6(self.v6))

    def wanted(self, address: int) -> tuple[int, int]:
        """Return the configured preferred and valid lifetimes; those of IPv4 are the lease time."""
        if address <= LAST_IPV4 or self.v6 is None:
            return self.lease_time, self.lease_time
        return self.v6.lifetimes(address)

    def balanced(self) -> list[int]:
        """Return all addresses and prefixes that are moved between the shares, or reserved."""
        return [*self.addresses(), *(balanced6(self.v6) if self.v6 is not None else ())]

    def addresses(self) -> list[int]:
        """Return all managed IPv4 addresses, the reserved ones last."""
        return [
            *range(NEAR + FIRST_HOST, NEAR + FIRST_HOST + self.near),
            *range(FAR + FIRST_HOST, FAR + FIRST_HOST + self.far),
            *range(THIRD + FIRST_HOST, THIRD + FIRST_HOST + self.third),
            *self.reservations(),
        ]


def _policy6(v6: Site6 | None, *, far: bool) -> dict[str, Any]:
    return {} if v6 is None else v6.policy(far=far)
