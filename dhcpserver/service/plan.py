"""The configuration made ready for packets: networks by address, lease times, reservations, prepared options.

All that can be worked out before a packet arrives is worked out here, once for each configuration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from dhcpserver.config.objects import Configuration, Policy, Scope
from dhcpserver.leases.lease import client_key
from dhcpserver.leases.pool import Pool
from dhcpserver.wire import options4

_REMEMBERED_NETWORKS = 4096


class PoolPlan:
    """One scope as packets need it.

    Attributes:
        pool: its addresses.
        lease_time, offer_timeout, unavailable_timeout: seconds.
        first_available: allocate the lowest address first.
        dhcp: whether DHCP clients are served.
        bootp_options: what BOOTP clients are told.
        bootp, dynamic_bootp: whether BOOTP clients are served, and those without a reservation as well.
        cursor: where the next search for an address starts, unless `first_available`.
        options: code to data for every option that the scope and its policy can give.
        always: codes given whether asked for or not.
    """

    __slots__ = (
        "allow_override",
        "always",
        "boot",
        "bootp",
        "bootp_options",
        "cursor",
        "dhcp",
        "dynamic_bootp",
        "first_available",
        "ignore_declines",
        "lease_time",
        "offer_timeout",
        "options",
        "pool",
        "scope",
        "siaddr",
        "tails",
        "unavailable_timeout",
    )

    def __init__(self, scope: Scope, policy: Policy) -> None:
        self.scope = scope
        reserved = frozenset(int(reservation.ipaddr) for reservation in scope.reservations)
        ranges = [(int(first), int(last)) for first, last in scope.ranges]
        network = scope.subnet
        self.pool = Pool(scope.name, int(network.network_address), int(network.netmask), ranges, reserved)
        self.lease_time = policy.dhcp_lease_time
        self.offer_timeout = policy.offer_timeout
        self.unavailable_timeout = policy.unavailable_timeout
        self.allow_override = policy.allow_lease_time_override
        self.first_available = scope.allocate_first_available
        self.dhcp = scope.dhcp
        self.bootp = scope.bootp
        self.bootp_options = policy.v4_bootp_reply_options
        self.dynamic_bootp = scope.dynamic_bootp
        self.ignore_declines = scope.ignore_declines
        self.cursor = 0
        self.siaddr = int(policy.packet_siaddr) if policy.packet_siaddr else 0
        names = policy.packet_server_name.encode().ljust(64, b"\0") + policy.packet_file_name.encode().ljust(128, b"\0")
        self.boot = names if names.strip(b"\0") else None
        self.options = _options(network, policy)
        self.always = (options4.SUBNET_MASK, *policy.v4_reply_options)
        self.tails: dict[bytes | None, bytes] = {}
        """Packed options by the client's parameter request list; see `replies.tail`."""


def _options(network: IPv4Network, policy: Policy) -> dict[int, bytes]:
    """What the policy and the subnet have to say, as option data."""
    found = {
        options4.SUBNET_MASK: network.netmask.packed,
        options4.BROADCAST_ADDRESS: network.broadcast_address.packed,
    }
    if policy.routers:
        found[options4.ROUTERS] = b"".join(address.packed for address in policy.routers)
    if policy.domain_name_servers:
        found[options4.DOMAIN_NAME_SERVERS] = b"".join(address.packed for address in policy.domain_name_servers)
    if policy.domain_name:
        found[options4.DOMAIN_NAME] = policy.domain_name.encode()
    for code, text in policy.options.items():
        found[code] = option_data(text)
    return found


def option_data(text: str) -> bytes:
    """Option data as written in a configuration: addresses separated by commas, `hex:` and octets, or text."""
    if text.startswith("hex:"):
        return bytes.fromhex(text[4:])
    try:
        return b"".join(IPv4Address(part.strip()).packed for part in text.split(","))
    except ValueError:
        return text.encode()


@dataclass(frozen=True, slots=True)
class Network:
    """Scopes among which a client on one network may get an address, in order of preference."""

    pools: tuple[PoolPlan, ...]

    def dhcp(self) -> bool:
        """Whether any of them serves DHCP clients (`dhcp`; R-248)."""
        return any(plan.dhcp for plan in self.pools)

    def plan_of(self, address: int) -> PoolPlan | None:
        """The scope on whose subnet the address lies, or None when it is of another network."""
        for plan in self.pools:
            if plan.pool.on_network(address):
                return plan
        return None


class Plan:
    """Everything that packets need to know of the configuration."""

    def __init__(self, configuration: Configuration) -> None:
        policies = {policy.name: policy for policy in configuration.policy}
        default = policies.get("default", Policy(name="default"))
        self.pools = {scope.name: PoolPlan(scope, policies.get(scope.policy, default)) for scope in configuration.scope}
        self.reservations = _reservations(configuration.scope)
        self._routes = _routes(self.pools)
        self._leasequery = configuration.server.leasequery
        self._askers = [
            (int(subnet.netmask), int(subnet.network_address)) for subnet in configuration.server.leasequery_relays
        ]
        self._networks: dict[int, Network | None] = {}

    def leasequery_from(self, relay: int) -> bool:
        """Whether a relay may ask who has which address (`leasequery`, `leasequery-relays`: none for any)."""
        return self._leasequery and (not self._askers or any(relay & mask == network for mask, network in self._askers))

    def network_of(self, address: int) -> Network | None:
        """The network that serves clients behind this relay, interface or own address; the longest prefix wins."""
        try:
            return self._networks[address]
        except KeyError:
            pass
        found = next((network for mask, value, network in self._routes if address & mask == value), None)
        if len(self._networks) >= _REMEMBERED_NETWORKS:
            self._networks.clear()
        self._networks[address] = found
        return found


def _routes(pools: Mapping[str, PoolPlan]) -> list[tuple[int, int, Network]]:
    """(mask, network, Network), longest prefix first; a deactivated scope serves nobody."""
    routes: list[tuple[int, int, Network]] = []
    for plan in pools.values():
        if plan.scope.deactivated:
            continue
        network = Network((plan,))
        for subnet in (plan.scope.subnet, *plan.scope.relay_subnets):
            routes.append((int(subnet.netmask), int(subnet.network_address), network))
    return sorted(routes, key=lambda route: -route[0])


def _reservations(scopes: Iterable[Scope]) -> dict[bytes, dict[str, int]]:
    """Client key to scope name to address. One by hardware address holds for a client with an identifier too."""
    found: dict[bytes, dict[str, int]] = {}
    for scope in scopes:
        for reservation in scope.reservations:
            if reservation.mac is not None:
                key = client_key(None, reservation.mac)
            else:
                key = client_key(bytes.fromhex((reservation.client_id or "").replace(":", "")), b"")
            found.setdefault(key, {})[scope.name] = int(reservation.ipaddr)
    return found
