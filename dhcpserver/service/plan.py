"""The configuration prepared for packets: networks by address, lease times, reservations, packed options.

Everything that can be computed before a packet arrives is computed here, once for each configuration.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from dhcpserver.config.classes.option_information import VendorOptionSpace
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.scope import Scope
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Holder, encoded, option_table
from dhcpserver.config.vendors import vendor_data
from dhcpserver.config.vpns import GLOBAL, selectors
from dhcpserver.leases.lease import client_key
from dhcpserver.leases.pool import Pool4
from dhcpserver.service.dns.settings import DnsSettings, dns_settings
from dhcpserver.service.identities import addresses_by_identity, identity
from dhcpserver.service.optionset import OptionSet, ReservedOptions
from dhcpserver.wire import options4
from dhcpserver.wire.optiontypes.table import OptionTable

_REMEMBERED_NETWORKS = 4096


class PoolPlan:
    """One scope, prepared for packets.

    Attributes:
        base: the plan of clients without policies of their own, which has the cursor.
        pool: its addresses.
        subnet: its subnet as text.
        lease_time, offer_timeout, unavailable_timeout: seconds.
        shortest, longest: bounds in seconds of a lease time that a client requests.
        renewal_jitter: percent of the lease (`renewal`).
        authoritative: whether a client with an address of another link gets a NAK.
        first_available: allocate the lowest address first.
        dhcp: whether DHCP clients are served.
        dns: the DNS updates of its leases, None for none.
        bootp_options: codes of the options that BOOTP clients get.
        bootp, dynamic_bootp: whether BOOTP clients are served, and those without a reservation as well.
        cursor: where the next search for an address starts, unless `first_available`.
        ping_seconds: how long the answer to a probe of an address is awaited; None without probes.
        options: the options of clients without a reservation that has its own.
        reserved: the options of reservations that have their own, by address.
        port_reserved: the addresses that are reserved for a port of a relay.
        expire_withdrawn: a lease that the configuration does not permit any more runs until its end, without extension.
    """

    __slots__ = (
        "_made_of",
        "_plain",
        "allow_override",
        "authoritative",
        "base",
        "boot",
        "bootp",
        "bootp_options",
        "cursor",
        "dhcp",
        "dns",
        "dynamic_bootp",
        "expire_withdrawn",
        "first_available",
        "ignore_declines",
        "lease_time",
        "longest",
        "offer_timeout",
        "options",
        "ping_seconds",
        "pool",
        "port_reserved",
        "rapid_commit",
        "renewal_jitter",
        "reserved",
        "scope",
        "shortest",
        "siaddr",
        "subnet",
        "unavailable_timeout",
    )

    def __init__(
        self,
        scope: Scope,
        policy: Policy,
        table: OptionTable,
        spaces: Sequence[VendorOptionSpace] = (),
        nearer: Sequence[Policy] = (),
        base: "PoolPlan | None" = None,
    ) -> None:
        """`nearer`: policies of a client and its class, the nearest last; `base`: the plan without them."""
        self._made_of = (policy, table, spaces)
        policy = merged(policy, nearer)
        self.base = self if base is None else base
        self.dns: DnsSettings | None = None if base is None else base.dns
        self.scope = scope
        reserved = frozenset(int(reservation.ipaddr) for reservation in scope.reservations)
        ranges = [(int(first), int(last)) for first, last in scope.ranges]
        network = scope.subnet
        self.subnet = network.with_prefixlen
        self.port_reserved = frozenset(int(each.ipaddr) for each in scope.reservations if each.for_port)
        self.expire_withdrawn = policy.withdrawn_leases == "expire"
        self.pool: Pool4 = (
            Pool4(scope.name, int(network.network_address), int(network.netmask), ranges, reserved)
            if base is None
            else base.pool
        )
        self.lease_time = policy.dhcp_lease_time
        self.offer_timeout = policy.offer_timeout
        self.unavailable_timeout = policy.unavailable_timeout
        self.allow_override = policy.allow_lease_time_override
        self.shortest = policy.min_lease_time or 1
        self.longest = policy.max_lease_time or policy.dhcp_lease_time
        self.renewal_jitter = policy.renewal_jitter
        self.authoritative = scope.authoritative
        self.first_available = scope.allocate_first_available
        self.dhcp = scope.dhcp
        self.bootp = scope.bootp
        self.bootp_options = _codes(table, policy.v4_bootp_reply_options)
        self.dynamic_bootp = scope.dynamic_bootp
        self.ignore_declines = scope.ignore_declines
        self.cursor = 0
        self.siaddr = int(policy.packet_siaddr) if policy.packet_siaddr else 0
        names = policy.packet_server_name.encode().ljust(64, b"\0") + policy.packet_file_name.encode().ljust(128, b"\0")
        self.boot = names if names.strip(b"\0") else None
        self.rapid_commit = policy.v4_rapid_commit
        self.ping_seconds = policy.ping_timeout / 1000 if policy.ping_clients else None
        holders: list[Holder] = [self._made_of[0], scope, *nearer]
        lists = [each.v4_reply_options for each in (self._made_of[0], *nearer)]
        always = tuple(dict.fromkeys(code for each in lists for code in _codes(table, each)))
        options = _by_subnet(network)
        for holder in holders:
            options |= encoded(table, holder)
        self.options = OptionSet(options, always, vendor_data(spaces, *holders))
        self.reserved: dict[int, ReservedOptions] = {}
        for reservation in scope.reservations:
            if reservation.options or reservation.vendor_options:
                own = OptionSet(
                    {**options, **encoded(table, reservation)},
                    always,
                    vendor_data(spaces, *holders, reservation),
                )
                client = None if reservation.for_port else identity(reservation)
                self.reserved[int(reservation.ipaddr)] = ReservedOptions(client, own)
        self._plain = not self.reserved and not self.options.depends_on_vendor

    def nearer(self, policies: Sequence[Policy]) -> "PoolPlan":
        """Return the plan for clients that have policies of their own, the nearest last."""
        return PoolPlan(self.scope, *self._made_of, policies, self)

    def desired_seconds(self, asked: bytes | None) -> int:
        """Return the desired lease time: the policy's, or the client's within its bounds if the policy allows it."""
        if self.allow_override and asked is not None and len(asked) == 4:
            return min(self.longest, max(int.from_bytes(asked, "big"), self.shortest))
        return self.lease_time

    def options_of(self, address: int, key: bytes, hardware: bytes, sent: Mapping[int, bytes]) -> OptionSet:
        """Return the options of a client: by its reservation, if it has the reserved address, and by its vendor."""
        found = self.options
        if self._plain:
            return found
        reserved = self.reserved.get(address)
        if reserved is not None and reserved.client in (None, key, client_key(None, hardware)):
            found = reserved.options
        return found.of_vendor(sent) if found.depends_on_vendor else found

    def commits_at_once(self, address: int, key: bytes, hardware: bytes, sent: Mapping[int, bytes]) -> bool:
        """Return whether a DISCOVER is answered with an ACK: where the policy allows it and the client asks for it.

        A client that gets option 108 uses no IPv4 address, so it gets no lease before it requests one (RFC 8925
        section 3.3).
        """
        if not (self.rapid_commit and options4.RAPID_COMMIT in sent):
            return False
        if options4.V6_ONLY_PREFERRED not in sent.get(options4.PARAMETER_REQUEST_LIST, b""):
            return True
        return options4.V6_ONLY_PREFERRED not in self.options_of(address, key, hardware, sent).options


def merged(policy: Policy, nearer: Sequence[Policy]) -> Policy:
    """Return a policy with what nearer ones set, the nearest last."""
    update: dict[str, object] = {}
    for each in nearer:
        update |= {name: getattr(each, name) for name in each.model_fields_set - {"name"}}
    return policy.model_copy(update=update) if update else policy


def _by_subnet(network: IPv4Network) -> dict[int, bytes]:
    """Return the options that follow from the subnet."""
    return {
        options4.SUBNET_MASK: network.netmask.packed,
        options4.BROADCAST_ADDRESS: network.broadcast_address.packed,
    }


def _codes(table: OptionTable, keys: Iterable[str | int]) -> tuple[int, ...]:
    return tuple(table.find(key).code for key in keys)


@dataclass(frozen=True, slots=True)
class Network:
    """The scopes from which clients on one link get addresses, in order of preference: the primary subnet first."""

    pools: tuple[PoolPlan, ...]

    def for_dhcp(self) -> "Network | None":
        """Return the network without the scopes that serve no DHCP clients (`dhcp`; R-248); None if no scope does."""
        if all(plan.dhcp for plan in self.pools):
            return self
        pools = tuple(plan for plan in self.pools if plan.dhcp)
        return Network(pools) if pools else None

    def authoritative(self) -> bool:
        """Whether a client with an address of another link gets a NAK: not where one scope of the link forbids it."""
        return all(plan.authoritative for plan in self.pools)

    def plan_of(self, address: int) -> PoolPlan | None:
        """Return the scope whose subnet has the address, or None if it belongs to another network."""
        for plan in self.pools:
            if plan.pool.on_network(address):
                return plan
        return None


class Plan:
    """Everything of the configuration that packets need.

    Attributes:
        listeners: where packets arrive.
        probes: whether a policy in use requires probes (`ping-clients`).
        reservations: reserved addresses by the identity of a client or port, and by scope name (`identities`).
        reserves_ports: whether an address is reserved for a port of a relay.
    """

    def __init__(self, configuration: Configuration) -> None:
        policies = {policy.name: policy for policy in configuration.policy}
        default = policies.get("default", Policy(name="default"))
        self.table = table = option_table(configuration)
        spaces = configuration.vendor_option_space
        self.pools = {
            scope.name: PoolPlan(scope, policies.get(scope.policy, default), table, spaces)
            for scope in configuration.scope
        }
        for plan in self.pools.values():
            plan.dns = dns_settings(configuration, policies.get(plan.scope.policy, default), plan.scope.subnet)
        self.reservations = addresses_by_identity(configuration.scope)
        self.reserves_ports = any(plan.port_reserved for plan in self.pools.values())
        self.decline_limit = configuration.server.decline_limit
        self.new_client_limit = configuration.server.new_client_limit
        self.listeners = configuration.listener
        self._routes = _routes(self.pools)
        self.probes = any(plan.ping_seconds for plan in self.pools.values())
        self._leasequery = configuration.server.leasequery
        self._leasequery_relays = [
            (int(subnet.netmask), int(subnet.network_address)) for subnet in configuration.server.leasequery_relays
        ]
        self._networks: dict[tuple[int, str | None], Network | None] = {}
        self._vpns = {octets: vpn.name for vpn in configuration.vpn for octets in selectors(vpn)}

    @property
    def longest(self) -> int:
        """The longest lease time of a scope, in seconds; 0 without scopes."""
        return max((plan.lease_time for plan in self.pools.values()), default=0)

    def leasequery_from(self, relay: int) -> bool:
        """Whether a relay may send DHCPLEASEQUERY (`leasequery`, `leasequery-relays`; an empty list allows all)."""
        return self._leasequery and (
            not self._leasequery_relays or any(relay & mask == network for mask, network in self._leasequery_relays)
        )

    @property
    def dns_settings(self) -> dict[str, DnsSettings]:
        """The DNS updates of scopes, by their names."""
        return {name: plan.dns for name, plan in self.pools.items() if plan.dns is not None}

    @property
    def has_vpns(self) -> bool:
        """Whether scopes can be of a VPN."""
        return bool(self._vpns)

    def vpn_of(self, octets: bytes | None) -> str | None:
        """Return the VPN that VSS information names, "" if it names none; None for an unknown one."""
        if not self._vpns or not octets or octets[:1] == GLOBAL:
            return ""
        return self._vpns.get(octets)

    def network_of(self, address: int, vpn: str | None = None) -> Network | None:
        """Return the network for clients behind this relay, interface or own address: that with the longest prefix.

        `vpn`: the VPN of the client, "" for none; None: of any VPN.
        """
        if not self._vpns:
            vpn = None
        try:
            return self._networks[address, vpn]
        except KeyError:
            pass
        found = next(
            (
                network
                for mask, value, network in self._routes
                if address & mask == value and vpn in (None, network.pools[0].scope.vpn or "")
            ),
            None,
        )
        if len(self._networks) >= _REMEMBERED_NETWORKS:
            self._networks.clear()
        self._networks[address, vpn] = found
        return found


def _routes(pools: Mapping[str, PoolPlan]) -> list[tuple[int, int, Network]]:
    """Return (mask, network, Network) with the longest prefix first.

    A deactivated scope gives no addresses. Its subnets still lead to the other scopes of its link, because the relay
    may have its address there.
    """
    links: dict[IPv4Network, list[PoolPlan]] = {}
    for plan in sorted(pools.values(), key=lambda each: each.scope.primary_subnet is not None):
        links.setdefault(plan.scope.network, []).append(plan)
    routes: list[tuple[int, int, Network]] = []
    for plans in links.values():
        network = Network(tuple(plan for plan in plans if not plan.scope.deactivated))
        if not network.pools:
            continue
        for plan in plans:
            for subnet in (plan.scope.subnet, *plan.scope.relay_subnets):
                routes.append((int(subnet.netmask), int(subnet.network_address), network))
    return sorted(routes, key=lambda route: -route[0])
