"""Checks over several attributes: references, overlaps, and pairs that could never work.

Each check gets the whole configuration and yields the faults that it finds. A new check is added to CHECKS.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from itertools import pairwise

from dhcpserver.config import (
    clients,
    dnsupdates,
    extensions,
    ldaps,
    leaseevents,
    leasequery,
    options,
    prefixes,
    scopes,
    traps,
    vendors,
    vpns,
)
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration

Fault = tuple[Location, str]
"""The location of a wrong value, and what is wrong with it."""

PASSWORD = re.compile(r"scrypt\$\d+\$\d+\$\d+\$(?:[0-9a-f]{2})+\$[0-9a-f]{64}")
TOKEN = re.compile(r"sha256\$[0-9a-f]{64}")
"""The stored forms of a password and of a token (`api.passwords`)."""
NAMED = (
    *("user", "cluster", "policy", "scope", "addr_trap", "trap_recipient", "link", "prefix"),
    *(
        "extension",
        "extension_point",
        "client",
        "client_class",
        "vpn",
        "scope_template",
        "key",
        "dns_update_config",
        "ldap",
    ),
)
"""The classes whose objects have names."""
NO_IPV4 = IPv4Address("0.0.0.0")
NO_IPV6 = IPv6Address("::")


def _check_unique_names(configuration: Configuration) -> Iterator[Fault]:
    for kind in NAMED:
        seen: dict[str, int] = {}
        for index, item in enumerate(getattr(configuration, kind)):
            if item.name.lower() in seen:
                yield (
                    (kind.replace("_", "-"), index, "name"),
                    f"the name {item.name!r} is used twice, ignoring case",
                )
            seen[item.name.lower()] = index


def _check_references(configuration: Configuration) -> Iterator[Fault]:
    policies = {policy.name for policy in configuration.policy}
    for index, scope in enumerate(configuration.scope):
        if scope.policy not in policies and not (scope.policy == "default" and "policy" not in scope.model_fields_set):
            known = ", ".join(sorted(policies)) or "none"
            yield ("scope", index, "policy"), f"there is no policy {scope.policy!r} (there are: {known})"
    clusters = {cluster.name for cluster in configuration.cluster}
    for index, pair in enumerate(configuration.failover_pair):
        for role in ("main", "backup"):
            if getattr(pair, role) not in clusters:
                known = ", ".join(sorted(clusters)) or "none"
                text = f"there is no cluster {getattr(pair, role)!r} (there are: {known})"
                yield ("failover-pair", index, role), text


def _check_pair(configuration: Configuration) -> Iterator[Fault]:
    name = configuration.server.name
    for index, pair in enumerate(configuration.failover_pair):
        place: Location = ("failover-pair", index)
        if pair.main == pair.backup:
            yield (*place, "backup"), "the backup must be another cluster than the main"
        elif name not in (pair.main, pair.backup):
            yield (*place, "main"), f"neither the main nor the backup is this server, {name!r}"
        elif not any(link_addresses(configuration, pair)):
            text = "the failover link has no address family: set cluster addresses, or remove 0.0.0.0 and ::"
            yield place, text
        else:
            yield from _check_protection(configuration, pair, place)


def _check_protection(configuration: Configuration, pair: FailoverPair, place: Location) -> Iterator[Fault]:
    files = {"tls-certificate": pair.tls_certificate, "tls-key": pair.tls_key, "tls-ca": pair.tls_ca}
    for name, file in files.items():
        if pair.tls and file is None:
            yield (*place, "tls"), f"it needs {', '.join(files)}; {name} is missing"
    addresses = [host for ends in link_addresses(configuration, pair) if ends for host, _ in ends]
    if not (
        pair.tls or pair.shared_secret or pair.allow_plain or all(ip_address(host).is_loopback for host in addresses)
    ):
        text = "the failover link leaves this machine: set tls, a shared-secret, or allow-plain = true"
        yield (*place, "allow-plain"), text


def _check_scopes(configuration: Configuration) -> Iterator[Fault]:
    spans: list[tuple[IPv4Address, IPv4Address, str, int]] = []
    for index, scope in enumerate(configuration.scope):
        place: Location = ("scope", index)
        for number, (begin, end) in enumerate(scope.ranges):
            if begin not in scope.subnet or end not in scope.subnet:
                yield (*place, "ranges", number), f"{begin}-{end} is not inside the subnet {scope.subnet}"
            spans.append((begin, end, scope.name, index))
        for number, reservation in enumerate(scope.reservations):
            if reservation.ipaddr not in scope.subnet:
                text = f"{reservation.ipaddr} is not inside the subnet {scope.subnet}"
                yield (*place, "reservations", number, "ipaddr"), text
            if [reservation.mac is None, reservation.client_id is None, not reservation.for_port].count(False) != 1:
                text = f"{reservation.ipaddr} needs one of: mac, client-id, or circuit-id and remote-id (both or one)"
                yield (*place, "reservations", number), text
        boundary = scope.failover_backup_allocation_boundary
        if boundary not in (None, NO_IPV4):  # 0.0.0.0 means the middle, like no value.
            if not scope.allocate_first_available:
                text = "it needs allocate-first-available = true"
                yield (*place, "failover-backup-allocation-boundary"), text
            if boundary not in scope.subnet:
                text = f"{boundary} is not inside the subnet {scope.subnet}"
                yield (*place, "failover-backup-allocation-boundary"), text
        if scope.dynamic_bootp and not scope.bootp:
            yield (*place, "dynamic-bootp"), "it needs bootp = true"
        if scope.free_address_low > scope.free_address_high:
            yield (*place, "free-address-low"), "the low threshold is above the high one"
    for first, second in overlapping([scope.subnet for scope in configuration.scope]):
        one, other = configuration.scope[first], configuration.scope[second]
        yield ("scope", second, "subnet"), f"{other.subnet} overlaps {one.subnet} of scope {one.name!r}"
    spans.sort()
    for (_, end, name, _), (begin, _, other_name, other_index) in pairwise(spans):
        if begin <= end and name == other_name:
            yield ("scope", other_index, "ranges"), f"ranges overlap at {begin}"


def overlapping(subnets: Sequence[IPv4Network]) -> list[tuple[int, int]]:
    """Return the places of each two subnets that overlap, of which one contains the other, in the order of the second.

    In the order of their addresses, a subnet overlaps only those before it that are not over yet: 10,000 scopes are
    checked in a fraction of a second.
    """
    found: list[tuple[int, int]] = []
    open_ones: list[tuple[int, int]] = []
    order = sorted(range(len(subnets)), key=lambda each: (int(subnets[each].network_address), subnets[each].prefixlen))
    for index in order:
        start = int(subnets[index].network_address)
        while open_ones and open_ones[-1][0] < start:
            open_ones.pop()
        found += [(min(index, other), max(index, other)) for _, other in open_ones]
        open_ones.append((int(subnets[index].broadcast_address), index))
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _check_listeners(configuration: Configuration) -> Iterator[Fault]:
    for index, listener in enumerate(configuration.listener):
        if listener.address is None and listener.interface is None:
            yield ("listener", index), "it needs an address or an interface"


def _check_api(configuration: Configuration) -> Iterator[Fault]:
    api = configuration.api
    try:
        loopback = ip_address(api.address).is_loopback
    except ValueError:
        yield ("api", "address"), f"{api.address!r} is not an IP address"
        return
    if not loopback and not api.certificate and not api.allow_plain:
        yield ("api", "address"), "outside loopback set certificate and key, or allow-plain = true"
    if bool(api.certificate) != bool(api.key):
        yield ("api", "certificate"), "certificate and key must be set together"
    for index, user in enumerate(configuration.user):
        if user.password is None and user.token is None:
            yield ("user", index), "it needs a password or a token"
        for name, secret, form, how in (
            ("password", user.password, PASSWORD, "scrypt$COST$BLOCK$PARALLEL$SALT$HASH; --hash-password prints it"),
            ("token", user.token, TOKEN, "sha256$ and the SHA-256 of the token in 64 lower-case hexadecimal digits"),
        ):
            if secret is not None and not form.fullmatch(secret.get_secret_value()):
                yield ("user", index, name), f"it has the form {how}"


CHECKS: tuple[Callable[[Configuration], Iterator[Fault]], ...] = (
    _check_unique_names,
    _check_references,
    _check_pair,
    _check_scopes,
    _check_listeners,
    _check_api,
    options.check_definitions,
    options.check_options,
    *vendors.CHECKS,
    *scopes.CHECKS,
    traps.check_recipients,
    traps.check_thresholds,
    leaseevents.check_lease_events,
    leasequery.check_leasequery,
    *prefixes.CHECKS,
    *extensions.CHECKS,
    *clients.CHECKS,
    *vpns.CHECKS,
    *dnsupdates.CHECKS,
    *ldaps.CHECKS,
)


def find_faults(configuration: Configuration) -> list[Fault]:
    """Return the faults that all checks find; empty if the configuration can be used."""
    return [fault for check in CHECKS for fault in check(configuration)]


SocketAddress = tuple[str, int]


def link_addresses(
    configuration: Configuration, pair: FailoverPair
) -> tuple[tuple[SocketAddress, SocketAddress] | None, ...]:
    """Return for IPv6 and then IPv4: (main, backup) as (address, port), or None if that family is not used.

    An address of the pair overrides the cluster's; 0.0.0.0 or :: disables a family (R-038, R-053 to R-056).
    """
    clusters = {cluster.name: cluster for cluster in configuration.cluster}
    main, backup = clusters.get(pair.main), clusters.get(pair.backup)
    ports = (pair.main_port or pair.port, pair.backup_port or pair.port)
    found: list[tuple[SocketAddress, SocketAddress] | None] = []
    for disabled, main_address, backup_address in (
        (
            NO_IPV6,
            pair.main_ip6address or (main and main.ip6address),
            pair.backup_ip6address or (backup and backup.ip6address),
        ),
        (NO_IPV4, pair.main_server or (main and main.ipaddr), pair.backup_server or (backup and backup.ipaddr)),
    ):
        usable = main_address and backup_address and disabled not in (main_address, backup_address)
        found.append(((str(main_address), ports[0]), (str(backup_address), ports[1])) if usable else None)
    return tuple(found)
