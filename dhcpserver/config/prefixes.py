"""Checks of prefixes, links and their reservations that are possible to write and cannot be meant."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv6Address, IPv6Network

from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.prefix import Prefix, Reservation6
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault, check_values
from dhcpserver.wire.optiontypes.basetype import OptionValueError
from dhcpserver.wire.optiontypes.standard6 import STANDARD6
from dhcpserver.wire.optiontypes.table import OptionTable

TABLE6 = OptionTable(STANDARD6, family=6)
"""The standard options of DHCPv6."""


def encoded6(options: Mapping[str, object]) -> dict[int, bytes]:
    """Return the data of options by number, without those that have a fault."""
    found: dict[int, bytes] = {}
    for key, value in options.items():
        try:
            definition = TABLE6.find(key)
            found[definition.code] = definition.encode(value)
        except OptionValueError:
            continue
    return found


def _policies(configuration: Configuration) -> dict[str, Policy]:
    return {"default": Policy(name="default")} | {policy.name: policy for policy in configuration.policy}


def check_prefixes(configuration: Configuration) -> Iterator[Fault]:
    """Yield wrong references, ranges outside their prefix, prefixes that overlap, and lengths that cannot be."""
    links = {link.name for link in configuration.link}
    scopes = {scope.name.lower() for scope in configuration.scope}
    policies = _policies(configuration)
    for index, prefix in enumerate(configuration.prefix):
        place: Location = ("prefix", index)
        if prefix.name.lower() in scopes:
            yield (*place, "name"), f"a scope has the name {prefix.name!r}, ignoring case: leases are shown by it"
        if prefix.policy not in policies:
            yield (*place, "policy"), f"there is no policy {prefix.policy!r} (there are: {', '.join(sorted(policies))})"
        if prefix.link is not None and prefix.link not in links:
            known = ", ".join(sorted(links)) or "none"
            yield (*place, "link"), f"there is no link {prefix.link!r} (there are: {known})"
        if prefix.dhcp_type == "prefix-delegation" and prefix.link is None:
            yield place, "prefixes are delegated to the clients of a link: set link"
        if prefix.range is not None and not prefix.range.subnet_of(prefix.address):
            yield (*place, "range"), f"{prefix.range} is not in {prefix.address}"
        if prefix.address.is_multicast or prefix.address.is_link_local or not int(prefix.address.network_address):
            yield (*place, "address"), f"{prefix.address} is not a prefix of clients: multicast, link-local or all"
        yield from _check_length(place, prefix, policies)
        for other in configuration.prefix[:index]:
            if other.leased_from.overlaps(prefix.leased_from) and _leases(other) and _leases(prefix):
                text = f"{prefix.leased_from} overlaps {other.leased_from} of prefix {other.name!r}"
                yield (*place, "address"), text


def _leases(prefix: Prefix) -> bool:
    return prefix.dhcp_type in ("dhcp", "prefix-delegation")


def _check_length(place: Location, prefix: Prefix, policies: Mapping[str, Policy]) -> Iterator[Fault]:
    policy = policies.get(prefix.policy)
    if policy is None or prefix.dhcp_type != "prefix-delegation":
        return
    length = policy.default_prefix_length
    if length < prefix.leased_from.prefixlen:
        text = f"default-prefix-length {length} of policy {prefix.policy!r} is shorter than {prefix.leased_from}"
        yield (*place, "policy"), text


def check_reservations6(configuration: Configuration) -> Iterator[Fault]:
    """Yield reservations outside their prefix, of the wrong kind, or for the second time."""
    policies = _policies(configuration)
    taken: dict[IPv6Address | IPv6Network, str] = {}
    for index, prefix in enumerate(configuration.prefix):
        clients: dict[bytes, str] = {}
        for number, each in enumerate(prefix.reservations):
            place: Location = ("prefix", index, "reservations", number)
            yield from _check_kind(place, prefix, each, policies.get(prefix.policy))
            reserved = each.ip6address or each.prefix
            if reserved is not None:
                if reserved in taken:
                    yield place, f"{reserved} is reserved twice: for {taken[reserved]} too"
                taken.setdefault(reserved, each.duid.hex(":"))
            if each.duid in clients:
                yield (*place, "duid"), f"{each.duid.hex(':')} has two reservations here: {clients[each.duid]} too"
            clients.setdefault(each.duid, str(reserved))


def _check_kind(place: Location, prefix: Prefix, reservation: Reservation6, policy: Policy | None) -> Iterator[Fault]:
    if prefix.dhcp_type == "dhcp":
        address = reservation.ip6address
        if address is None or reservation.prefix is not None:
            yield place, "a reservation here is one address: set ip6address"
        elif address not in prefix.address:
            yield (*place, "ip6address"), f"{address} is not in {prefix.address}"
        elif address == prefix.address.network_address:
            yield (*place, "ip6address"), f"{address} is the address of every router of {prefix.address}"
        return
    if prefix.dhcp_type != "prefix-delegation":
        yield place, f"nothing is leased from a prefix of the type {prefix.dhcp_type}"
        return
    wanted = reservation.prefix
    if wanted is None or reservation.ip6address is not None:
        yield place, "a reservation here is one prefix: set prefix"
    elif not wanted.subnet_of(prefix.address):
        yield (*place, "prefix"), f"{wanted} is not in {prefix.address}"
    elif policy is not None and wanted.prefixlen != policy.default_prefix_length:
        text = f"{wanted} has not the default-prefix-length {policy.default_prefix_length} of policy {prefix.policy!r}"
        yield (*place, "prefix"), text


def check_listeners6(configuration: Configuration) -> Iterator[Fault]:
    """Yield listeners without a place, with two, or with a link that does not exist."""
    links = {link.name for link in configuration.link}
    for index, listener in enumerate(configuration.listener6):
        place: Location = ("listener6", index)
        if (listener.address is None) == (listener.interface is None):
            yield place, "set address or interface"
        if listener.link is not None and listener.link not in links:
            yield (*place, "link"), f"there is no link {listener.link!r}"


def check_options6(configuration: Configuration) -> Iterator[Fault]:
    """Yield options of DHCPv6 that do not fit their type, or that the protocol sets."""
    for index, policy in enumerate(configuration.policy):
        place: Location = ("policy", index)
        yield from check_values(TABLE6, (*place, "v6-options"), policy.v6_options, {})
        for number, key in enumerate(policy.v6_reply_options):
            try:
                definition = TABLE6.find(key)
            except OptionValueError as error:
                yield (*place, "v6-reply-options", number), str(error)
                continue
            if definition.set_by_protocol:
                where: Location = (*place, "v6-reply-options", number)
                yield where, f"the protocol sets {definition.name} ({definition.code})"
    for index, prefix in enumerate(configuration.prefix):
        where = ("prefix", index)
        yield from check_values(TABLE6, (*where, "options"), prefix.options, {})
        for number, reservation in enumerate(prefix.reservations):
            yield from check_values(TABLE6, (*where, "reservations", number, "options"), reservation.options, {})


CHECKS = (check_prefixes, check_reservations6, check_listeners6, check_options6)
"""The checks, for `check.CHECKS`."""
