"""Checks of scopes that are possible to write and cannot be meant: an address that two clients would get, a router that
clients cannot reach, the server's own address in a range.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.classes.scope import Reservation, Scope
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault, encoded, option_table
from dhcpserver.wire.optiontypes.table import OptionTable

_ROUTERS = 3
_ETHERNET = 1
_NO_NETWORK_ADDRESS = 31
"""A subnet of this length or longer has no network and no broadcast address (RFC 3021)."""


def check_reservations(configuration: Configuration) -> Iterator[Fault]:
    """Yield addresses that are reserved twice, clients with two reservations on a link, and impossible clients."""
    addresses: dict[IPv4Address, str] = {}
    links: dict[IPv4Network, dict[_Identity, IPv4Address]] = {}
    for index, scope in enumerate(configuration.scope):
        clients = links.setdefault(scope.network, {})
        for number, each in enumerate(scope.reservations):
            place: Location = ("scope", index, "reservations", number)
            if each.ipaddr in addresses:
                text = f"{each.ipaddr} is reserved twice: for {addresses[each.ipaddr]} too"
                yield (*place, "ipaddr"), text
            addresses.setdefault(each.ipaddr, _client(each))
            yield from _check_address(scope, place, each)
            for kind, identity in _identities(each):
                if (kind, identity) in clients:
                    text = f"{_client(each)} has two reservations here: {clients[kind, identity]} too"
                    yield (*place, kind), text
                clients.setdefault((kind, identity), each.ipaddr)
            if each.mac is not None and each.mac[0] == _ETHERNET and (each.mac[1] & 1 or not any(each.mac[1:])):
                yield (
                    (*place, "mac"),
                    f"{each.mac[1:].hex(':')} is not the address of one client: it is multicast or zero",
                )


def _check_address(scope: Scope, place: Location, reservation: Reservation) -> Iterator[Fault]:
    if reservation.ipaddr in _reserved_by_subnet(scope.subnet):
        text = f"{reservation.ipaddr} is the network or broadcast address of {scope.subnet}"
        yield (*place, "ipaddr"), text


_Identity = tuple[str, bytes | str | tuple[bytes | None, bytes | None]]
"""The attribute that names a client or a port, and its value."""


def _identities(reservation: Reservation) -> Iterator[_Identity]:
    if reservation.mac is not None:
        yield "mac", reservation.mac
    if reservation.client_id is not None:
        yield "client-id", reservation.client_id.replace(":", "").lower()
    if reservation.for_port:
        name = "remote-id" if reservation.circuit_id is None else "circuit-id"
        yield name, (reservation.circuit_id, reservation.remote_id)


def _client(reservation: Reservation) -> str:
    if reservation.mac is not None:
        return reservation.mac[1:].hex(":")
    if reservation.for_port:
        names = {"circuit-id": reservation.circuit_id, "remote-id": reservation.remote_id}
        return " and ".join(f"{name} {_text(value)}" for name, value in names.items() if value is not None)
    return f"client-id {reservation.client_id}"


def _text(octets: bytes) -> str:
    """Return octets as the file has them: text, or hexadecimal digits."""
    text = octets.decode(errors="replace")
    return text if text.isprintable() and "\ufffd" not in text else f"hex:{octets.hex(':')}"


def check_subnets(configuration: Configuration) -> Iterator[Fault]:
    """Yield subnets that have no clients, ranges with the network or broadcast address, and doubled relay subnets."""
    served: dict[IPv4Network, Scope] = {}
    shared = {scope.primary_subnet for scope in configuration.scope}
    for index, scope in enumerate(configuration.scope):
        place: Location = ("scope", index)
        subnet = scope.subnet
        if subnet.is_multicast or subnet.network_address == IPv4Address(0) or subnet.overlaps(_FUTURE):
            yield (
                (*place, "subnet"),
                f"{subnet} is not a subnet of clients: it is multicast, reserved, or all addresses",
            )
        for number, (begin, end) in enumerate(scope.ranges):
            for address in _reserved_by_subnet(subnet):
                if begin <= address <= end:
                    kind = "network" if address == subnet.network_address else "broadcast"
                    yield (*place, "ranges", number), f"{begin}-{end} has the {kind} address {address} of {subnet}"
        if scope.deactivated and scope.primary_subnet is None and subnet not in shared:
            continue
        for where, network in (((*place, "subnet"), subnet), *_relay_subnets(place, scope)):
            other = served.setdefault(network, scope)
            if other.network != scope.network:
                yield where, f"{network} is a subnet or relay subnet of scope {other.name!r} too: only that would serve"


def check_primary_subnets(configuration: Configuration) -> Iterator[Fault]:
    """Yield primary subnets that are not the subnet of another scope, or that are secondary themselves."""
    scopes = {scope.subnet: scope for scope in configuration.scope}
    for index, scope in enumerate(configuration.scope):
        wanted = scope.primary_subnet
        if wanted is None:
            continue
        place: Location = ("scope", index, "primary-subnet")
        primary = scopes.get(wanted)
        if primary is None:
            yield place, f"no scope has the subnet {wanted}"
        elif wanted == scope.subnet:
            yield place, f"{wanted} is the subnet of this scope: set the attribute in secondary scopes only"
        elif primary.primary_subnet is not None:
            text = f"{wanted} of scope {primary.name!r} is a secondary subnet itself, of {primary.primary_subnet}"
            yield place, text


_FUTURE = IPv4Network("240.0.0.0/4")


def _relay_subnets(place: Location, scope: Scope) -> Iterator[tuple[Location, IPv4Network]]:
    for number, network in enumerate(scope.relay_subnets):
        yield (*place, "relay-subnets", number), network


def _reserved_by_subnet(subnet: IPv4Network) -> tuple[IPv4Address, ...]:
    """Return the network and the broadcast address of a subnet that has them."""
    return () if subnet.prefixlen >= _NO_NETWORK_ADDRESS else (subnet.network_address, subnet.broadcast_address)


def check_routers(configuration: Configuration) -> Iterator[Fault]:
    """Yield routers that are outside the subnet of their clients, or inside a range."""
    table = option_table(configuration)
    policies = {policy.name: (number, policy) for number, policy in enumerate(configuration.policy)}
    for index, scope in enumerate(configuration.scope):
        place: Location = ("scope", index)
        found = _routers(table, scope)
        where: Location = (*place, "options")
        if found is None:
            number, policy = policies.get(scope.policy, (0, Policy(name="default")))
            found = _routers(table, policy) or []
            where = (*place, "subnet")
        for router in found:
            yield from _check_router(where, scope, router)
        for number, reservation in enumerate(scope.reservations):
            for router in _routers(table, reservation) or []:
                yield from _check_router((*place, "reservations", number, "options"), scope, router)


def _check_router(place: Location, scope: Scope, router: IPv4Address) -> Iterator[Fault]:
    if router not in scope.subnet:
        yield place, f"the router {router} is outside the subnet {scope.subnet}: its clients cannot reach it"
    else:
        for begin, end in scope.ranges:
            if begin <= router <= end and not any(each.ipaddr == router for each in scope.reservations):
                yield place, f"the router {router} is inside the range {begin}-{end}: a client would get its address"


def _routers(table: OptionTable, holder: Policy | Scope | Reservation) -> list[IPv4Address] | None:
    data = encoded(table, holder).get(_ROUTERS)
    return None if data is None else [IPv4Address(data[at : at + 4]) for at in range(0, len(data), 4)]


def check_lease_times(configuration: Configuration) -> Iterator[Fault]:
    """Yield bounds of lease times that no request of a client can have, or that exclude the policy's own time."""
    for index, policy in enumerate(configuration.policy):
        place: Location = ("policy", index)
        shortest, longest = policy.min_lease_time, policy.max_lease_time
        for name, bound in (("min-lease-time", shortest), ("max-lease-time", longest)):
            if bound is not None and not policy.allow_lease_time_override:
                yield (*place, name), "it needs allow-lease-time-override = true"
        if shortest is not None and shortest > policy.dhcp_lease_time:
            yield (*place, "min-lease-time"), f"it is longer than the dhcp-lease-time, {policy.dhcp_lease_time} s"
        if longest is not None and longest < policy.dhcp_lease_time:
            yield (*place, "max-lease-time"), f"it is shorter than the dhcp-lease-time, {policy.dhcp_lease_time} s"


def check_own_addresses(configuration: Configuration) -> Iterator[Fault]:
    """Yield ranges and reservations that have an address of this server or of its partner."""
    own: dict[IPv4Address, str] = {}
    for listener in configuration.listener:
        if listener.address is not None:
            own[listener.address] = "this server"
    for cluster in configuration.cluster:
        if cluster.ipaddr is not None:
            own.setdefault(cluster.ipaddr, cluster.name)
    for index, scope in enumerate(configuration.scope):
        for address, name in own.items():
            for number, (begin, end) in enumerate(scope.ranges):
                if begin <= address <= end:
                    text = f"{begin}-{end} has {address}, the address of {name}: a client would get it"
                    yield ("scope", index, "ranges", number), text
            for number, reservation in enumerate(scope.reservations):
                if reservation.ipaddr == address:
                    text = f"{address} is the address of {name}"
                    yield ("scope", index, "reservations", number, "ipaddr"), text


CHECKS = (
    check_reservations,
    check_subnets,
    check_primary_subnets,
    check_routers,
    check_lease_times,
    check_own_addresses,
)
"""The checks, for `check.CHECKS`."""
