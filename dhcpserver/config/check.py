"""What no single attribute can tell: references, overlaps, and pairs that could never work.

Each rule takes the whole configuration and yields what it finds; a rule is added by adding it to RULES.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise

from dhcpserver.config import telling
from dhcpserver.config.lines import Path
from dhcpserver.config.objects import Configuration, FailoverPair

Finding = tuple[Path, str]

NO_IPV4 = IPv4Address("0.0.0.0")
NO_IPV6 = IPv6Address("::")


def _unique_names(configuration: Configuration) -> Iterator[Finding]:
    for kind in ("user", "cluster", "policy", "scope", "addr_trap", "trap_recipient"):
        seen: dict[str, int] = {}
        for index, item in enumerate(getattr(configuration, kind)):
            if item.name.lower() in seen:
                yield (kind.replace("_", "-"), index, "name"), f"there is another one named {item.name!r}"
            seen[item.name.lower()] = index


def _references(configuration: Configuration) -> Iterator[Finding]:
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


def _pair(configuration: Configuration) -> Iterator[Finding]:
    name = configuration.server.name
    for index, pair in enumerate(configuration.failover_pair):
        place: Path = ("failover-pair", index)
        if pair.main == pair.backup:
            yield (*place, "backup"), "the backup must be another cluster than the main"
        elif name not in (pair.main, pair.backup):
            yield (*place, "main"), f"neither the main nor the backup is this server, {name!r}"
        elif not any(endpoints(configuration, pair)):
            text = "no address family is left for the failover link: set cluster addresses, or unset 0.0.0.0 and ::"
            yield place, text
        else:
            yield from _protection(configuration, pair, place)


def _protection(configuration: Configuration, pair: FailoverPair, place: Path) -> Iterator[Finding]:
    files = {"tls-certificate": pair.tls_certificate, "tls-key": pair.tls_key, "tls-ca": pair.tls_ca}
    for name, file in files.items():
        if pair.tls and file is None:
            yield (*place, "tls"), f"it needs {', '.join(files)}; {name} is missing"
    addresses = [host for ends in endpoints(configuration, pair) if ends for host, _ in ends]
    if not (
        pair.tls or pair.shared_secret or pair.allow_plain or all(ip_address(host).is_loopback for host in addresses)
    ):
        text = "the failover link leaves this machine: set tls, a shared-secret, or allow-plain = true"
        yield (*place, "allow-plain"), text


def _scopes(configuration: Configuration) -> Iterator[Finding]:
    spans: list[tuple[IPv4Address, IPv4Address, str, int]] = []
    for index, scope in enumerate(configuration.scope):
        place: Path = ("scope", index)
        for begin, end in scope.ranges:
            if begin not in scope.subnet or end not in scope.subnet:
                yield (*place, "ranges"), f"{begin}-{end} is not inside the subnet {scope.subnet}"
            spans.append((begin, end, scope.name, index))
        for reservation in scope.reservations:
            if reservation.ipaddr not in scope.subnet:
                yield (*place, "reservations"), f"{reservation.ipaddr} is not inside the subnet {scope.subnet}"
            if (reservation.mac is None) == (reservation.client_id is None):
                text = f"{reservation.ipaddr} needs a mac or a client-id, and not both"
                yield (*place, "reservations"), text
        boundary = scope.failover_backup_allocation_boundary
        if boundary not in (None, NO_IPV4):  # 0.0.0.0 means halfway, as if it were not set.
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
        for other_index, other in enumerate(configuration.scope[:index]):
            if scope.subnet.overlaps(other.subnet):
                text = f"{scope.subnet} overlaps {other.subnet} of scope {configuration.scope[other_index].name!r}"
                yield (*place, "subnet"), text
    spans.sort()
    for (_, end, name, _), (begin, _, other_name, other_index) in pairwise(spans):
        if begin <= end and name == other_name:
            yield ("scope", other_index, "ranges"), f"ranges overlap at {begin}"


def _listeners(configuration: Configuration) -> Iterator[Finding]:
    for index, listener in enumerate(configuration.listener):
        if listener.address is None and listener.interface is None:
            yield ("listener", index), "it needs an address or an interface"


def _api(configuration: Configuration) -> Iterator[Finding]:
    api = configuration.api
    try:
        loopback = ip_address(api.address).is_loopback
    except ValueError:
        yield ("api", "address"), f"{api.address!r} is not an IP address"
        return
    if not loopback and not api.certificate and not api.allow_plain:
        yield ("api", "address"), "outside loopback set certificate and key, or allow-plain = true"
    if bool(api.certificate) != bool(api.key):
        yield ("api", "certificate"), "certificate and key go together"
    for index, user in enumerate(configuration.user):
        if user.password is None and user.token is None:
            yield ("user", index), "it needs a password or a token"


RULES: tuple[Callable[[Configuration], Iterator[Finding]], ...] = (
    _unique_names,
    _references,
    _pair,
    _scopes,
    _listeners,
    _api,
    telling.recipients,
    telling.thresholds,
)


def findings(configuration: Configuration) -> list[Finding]:
    """All that the rules have to say; empty when the configuration can be used."""
    return [finding for rule in RULES for finding in rule(configuration)]


Endpoint = tuple[str, int]


def endpoints(configuration: Configuration, pair: FailoverPair) -> tuple[tuple[Endpoint, Endpoint] | None, ...]:
    """For IPv6 and then IPv4: (main, backup) as (address, port), or None where that family is not to be used.

    An address of the pair overrides the cluster's; 0.0.0.0 or :: switches a family off (R-038, R-053 to R-056).
    """
    clusters = {cluster.name: cluster for cluster in configuration.cluster}
    main, backup = clusters.get(pair.main), clusters.get(pair.backup)
    ports = (pair.main_port or pair.port, pair.backup_port or pair.port)
    found: list[tuple[Endpoint, Endpoint] | None] = []
    for nothing, ours, theirs in (
        (
            NO_IPV6,
            pair.main_ip6address or (main and main.ip6address),
            pair.backup_ip6address or (backup and backup.ip6address),
        ),
        (NO_IPV4, pair.main_server or (main and main.ipaddr), pair.backup_server or (backup and backup.ipaddr)),
    ):
        usable = ours and theirs and nothing not in (ours, theirs)
        found.append(((str(ours), ports[0]), (str(theirs), ports[1])) if usable else None)
    return tuple(found)
