"""The configuration of DHCPv6, prepared for messages: prefixes with their pools, and the links that they are on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Network

from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.prefix import Prefix, Reservation6
from dhcpserver.config.objects import Configuration
from dhcpserver.config.prefixes import TABLE6, encoded6
from dhcpserver.config.vpns import GLOBAL, selectors
from dhcpserver.leases.keys import address6, prefix
from dhcpserver.leases.pool import Pool6, PrefixPool
from dhcpserver.service.dns.settings import DnsSettings, dns_settings
from dhcpserver.service.plan import merged

REMEMBERED_LINKS = 10_000
"""Link-addresses whose link is remembered at most."""


class PrefixPlan:
    """One prefix.

    Attributes:
        pool: its leases; None for a prefix of which nothing is leased.
        by_request: whether a client gets the address that it asks for, if this server may give it.
        by_extension: whether a client gets what an extension chose for it.
        by_interface: whether a client gets the address of its interface identifier.
        at_random: whether a client gets a random address.
        reserved: the key that is reserved for a DUID.
        tags: by which clients select it.
        vpn: the VPN of its clients, "" for none.
        dns: the DNS updates of its leases, None for none.
        options: the data of the options by number.
        always: numbers of the options that are sent without a request too.
        reconfigure: whether clients that accept RECONFIGURE get a key for it.
        unicast: whether clients may send to the address of the server (RFC 8415 section 18.4).
    """

    __slots__ = (
        "_made_of",
        "always",
        "at_random",
        "by_extension",
        "by_interface",
        "by_request",
        "deactivated",
        "dns",
        "free_high",
        "free_low",
        "ignore_declines",
        "name",
        "network",
        "options",
        "own_options",
        "pool",
        "preferred",
        "rapid_commit",
        "reconfigure",
        "reserved",
        "restricted",
        "tags",
        "temporary",
        "type",
        "unavailable_timeout",
        "unicast",
        "valid",
        "vpn",
        "with_addresses",
    )

    def __init__(
        self,
        configured: Prefix,
        policy: Policy,
        own_networks: Iterable[IPv6Network] = (),
        nearer: Sequence[Policy] = (),
        base: "PrefixPlan | None" = None,
    ) -> None:
        """`nearer`: policies of a client and its class, the nearest last; `base`: the plan without them."""
        self._made_of = (configured, policy)
        lists = [each.v6_reply_options for each in (policy, *nearer)]
        options = encoded6(policy.v6_options) | encoded6(configured.options)
        for each in nearer:
            options |= encoded6(each.v6_options)
        policy = merged(policy, nearer)
        self.tags = frozenset(configured.selection_tags)
        self.vpn = configured.vpn or ""
        self.dns: DnsSettings | None = None if base is None else base.dns
        self.name = configured.name
        self.type = configured.dhcp_type
        self.network = configured.address
        self.deactivated = configured.deactivated
        self.free_low, self.free_high = configured.free_address_low, configured.free_address_high
        self.restricted = configured.restrict_to_reservations
        self.ignore_declines = configured.ignore_declines
        self.by_request = "client-request" in configured.allocation_algorithms
        self.by_extension = "extension" in configured.allocation_algorithms
        self.by_interface = "interface-identifier" in configured.allocation_algorithms
        chosen = "best-fit" if self.type == "prefix-delegation" else "random"
        self.at_random = chosen in configured.allocation_algorithms
        reserving = "reservation" in configured.allocation_algorithms
        self.reserved = {each.duid: key_of(each) for each in configured.reservations} if reserving else {}
        self.valid = policy.valid_lifetime
        self.preferred = policy.preferred_lifetime
        self.temporary = policy.allow_temporary_addresses
        self.with_addresses = policy.allow_non_temporary_addresses
        self.rapid_commit = policy.allow_rapid_commit
        self.unicast = policy.server_unicast
        self.reconfigure = policy.reconfigure
        self.unavailable_timeout = policy.unavailable_timeout
        self.options = options
        self.own_options = {
            each.duid: self.options | encoded6(each.options) for each in configured.reservations if each.options
        }
        self.always = tuple(dict.fromkeys(TABLE6.find(key).code for keys in lists for key in keys))
        self.pool: Pool6 | PrefixPool | None = _pool(configured, policy, own_networks) if base is None else base.pool

    def nearer(self, policies: Sequence[Policy]) -> "PrefixPlan":
        """Return the plan for clients that have policies of their own, the nearest last."""
        return PrefixPlan(*self._made_of, (), policies, self)

    def options_of(self, duid: bytes | None) -> Mapping[int, bytes]:
        """Return the options of a client."""
        return self.own_options.get(duid, self.options) if duid is not None else self.options


def key_of(reservation: Reservation6) -> int:
    """Return the key of what is reserved."""
    if reservation.prefix is not None:
        return prefix(int(reservation.prefix.network_address), reservation.prefix.prefixlen)
    assert reservation.ip6address is not None, "checked with the configuration"
    return address6(int(reservation.ip6address))


def _pool(configured: Prefix, policy: Policy, own_networks: Iterable[IPv6Network]) -> Pool6 | PrefixPool | None:
    keys = frozenset(key_of(each) for each in configured.reservations)
    network, length = int(configured.address.network_address), configured.address.prefixlen
    leased = configured.leased_from
    if configured.dhcp_type == "dhcp":
        first = int(leased.network_address)
        last = int(leased.broadcast_address)
        return Pool6(
            configured.name,
            network,
            length,
            [(first + (first == network and first != last), last)],
            reserved=frozenset(int(each.ip6address) for each in configured.reservations if each.ip6address is not None),
            max_leases=configured.max_leases,
            identifiers="interface-identifier" in configured.allocation_algorithms,
        )
    if configured.dhcp_type != "prefix-delegation":
        return None
    return PrefixPool(
        configured.name,
        int(leased.network_address),
        leased.prefixlen,
        policy.default_prefix_length,
        reserved=keys,
        max_leases=configured.max_leases,
        excluded=[(int(each.network_address), each.prefixlen) for each in own_networks if each.overlaps(leased)],
    )


@dataclass(frozen=True, slots=True)
class Link6:
    """A link.

    Attributes:
        prefixes: all prefixes on it, in the order of the configuration.
        addresses, delegations: those of which addresses are leased, and prefixes delegated.
    """

    prefixes: tuple[PrefixPlan, ...]
    addresses: tuple[PrefixPlan, ...]
    delegations: tuple[PrefixPlan, ...]

    @property
    def unicast(self) -> bool:
        """Whether clients of the link may send to the address of the server; its first prefix decides."""
        return self.prefixes[0].unicast

    @property
    def reconfigure(self) -> bool:
        """Whether clients of the link that accept RECONFIGURE get a key for it."""
        return any(plan.reconfigure for plan in self.prefixes)

    def on_link(self, address: int) -> bool:
        """Whether an address, an unsigned integer, is in a prefix of the link."""
        return any(_holds(plan.network, address) for plan in self.prefixes if plan.type != "prefix-delegation")

    def plan_of(self, key: int) -> PrefixPlan | None:
        """Return the prefix that manages a key, None if none of this link does."""
        for plan in (*self.addresses, *self.delegations):
            if plan.pool is not None and key in plan.pool:
                return plan
        return None


def _holds(network: IPv6Network, address: int) -> bool:
    shift = 128 - network.prefixlen
    return address >> shift == int(network.network_address) >> shift


class Plan6:
    """Everything of the configuration that DHCPv6 messages need.

    Attributes:
        prefixes: by name.
        listeners: where messages arrive.
    """

    def __init__(self, configuration: Configuration) -> None:
        policies = {"default": Policy(name="default")} | {each.name: each for each in configuration.policy}
        own = [each.address for each in configuration.prefix if each.dhcp_type != "prefix-delegation"]
        self.prefixes = {each.name: PrefixPlan(each, policies[each.policy], own) for each in configuration.prefix}
        for each in configuration.prefix:
            self.prefixes[each.name].dns = dns_settings(configuration, policies[each.policy], each.address)
        self.listeners = configuration.listener6
        grouped: dict[tuple[str, str], list[PrefixPlan]] = {}
        for each in configuration.prefix:
            if not each.deactivated:
                grouped.setdefault(each.link_key, []).append(self.prefixes[each.name])
        links = {key: link_of_plans(plans) for key, plans in grouped.items()}
        self._named = {name: link for (kind, name), link in links.items() if kind == "link"}
        routes = [
            (plan.network.prefixlen, plan.network, link)
            for link in links.values()
            for plan in link.prefixes
            if plan.type != "prefix-delegation"
        ]
        self._routes = sorted(routes, key=lambda route: -route[0])
        self._remembered: dict[tuple[int, str | None], Link6 | None] = {}
        self._vpns = {octets: vpn.name for vpn in configuration.vpn for octets in selectors(vpn)}
        self._link_of_prefix = {plan.name: link for link in links.values() for plan in link.prefixes}
        self._delegations = [plan for link in links.values() for plan in link.delegations]
        self._leasequery = configuration.server.leasequery
        self._leasequery_relays = configuration.server.leasequery_relays6

    @property
    def pools(self) -> list[Pool6 | PrefixPool]:
        """The pools of all prefixes that have one."""
        return [plan.pool for plan in self.prefixes.values() if plan.pool is not None]

    @property
    def longest(self) -> int:
        """The longest valid lifetime of a prefix of which something is leased, in seconds; 0 without one."""
        return max((plan.valid for plan in self.prefixes.values() if plan.pool is not None), default=0)

    def link_named(self, name: str) -> Link6 | None:
        """Return the link of that name, None if it has no prefix."""
        return self._named.get(name)

    @property
    def answers_queries(self) -> bool:
        """Whether any requester may send LEASEQUERY (`leasequery` and `leasequery-relays6`)."""
        return self._leasequery and bool(self._leasequery_relays)

    def leasequery_from(self, requester: int) -> bool:
        """Whether a requester may send LEASEQUERY. It gets the answer itself, so it must be listed."""
        return self._leasequery and any(_holds(network, requester) for network in self._leasequery_relays)

    def link_of_prefix(self, name: str) -> Link6 | None:
        """Return the link of a prefix by its name, None if it is deactivated."""
        return self._link_of_prefix.get(name)

    def listener_of(self, prefix: str) -> int:
        """Return the number of a listener on the link of a prefix, else that of the first one."""
        link = self._link_of_prefix.get(prefix)
        names = [each.link for each in self.listeners]
        return next((number for number, name in enumerate(names) if name and self._named.get(name) is link), 0)

    def delegation_of(self, address: int) -> PrefixPlan | None:
        """Return the prefix from which one with an address is or could be delegated, None if there is none."""
        for plan in self._delegations:
            if _holds(plan.network, address):
                return plan
        return None

    @property
    def dns_settings(self) -> dict[str, DnsSettings]:
        """The DNS updates of prefixes, by their names."""
        return {name: plan.dns for name, plan in self.prefixes.items() if plan.dns is not None}

    @property
    def has_vpns(self) -> bool:
        """Whether prefixes can be of a VPN."""
        return bool(self._vpns)

    def vpn_of(self, octets: bytes | None) -> str | None:
        """Return the VPN that VSS information names, "" if it names none; None for an unknown one."""
        if not self._vpns or not octets or octets[:1] == GLOBAL:
            return ""
        return self._vpns.get(octets)

    def link_of(self, address: int, vpn: str | None = None) -> Link6 | None:
        """Return the link that has an address, an unsigned integer: that of the longest prefix; None if none has.

        `vpn`: the VPN of the client, "" for none; None: of any VPN.
        """
        if not self._vpns:
            vpn = None
        try:
            return self._remembered[address, vpn]
        except KeyError:
            pass
        found = next(
            (
                link
                for _, network, link in self._routes
                if _holds(network, address) and vpn in (None, link.prefixes[0].vpn)
            ),
            None,
        )
        if len(self._remembered) >= REMEMBERED_LINKS:
            self._remembered.clear()
        self._remembered[address, vpn] = found
        return found


def link_of_plans(plans: Sequence[PrefixPlan]) -> Link6:
    """Return a link of prefixes."""
    return Link6(
        tuple(plans),
        tuple(plan for plan in plans if plan.type == "dhcp"),
        tuple(plan for plan in plans if plan.type == "prefix-delegation"),
    )
