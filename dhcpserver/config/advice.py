"""What a configuration has that can work, and is not advised: for `serve --check` and for the log at each start."""

from collections.abc import Callable, Iterator

from dhcpserver.config.clients import treated
from dhcpserver.config.document import place
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration

Found = Iterator[tuple[Location, str]]


def _dhcp_beside_dynamic_bootp(configuration: Configuration) -> Found:
    """R-248, R-252: leases of dynamic BOOTP never end, so DHCP clients would run out of addresses."""
    for index, scope in enumerate(configuration.scope):
        if scope.dynamic_bootp and scope.dhcp and not scope.deactivated:
            yield (
                ("scope", index, "dynamic-bootp"),
                "dynamic BOOTP leases never end, and DHCP clients take addresses from the same scope: set dhcp = false "
                "here, and use another scope for DHCP",
            )


def _several_scopes_of_dynamic_bootp(configuration: Configuration) -> Found:
    """R-252: each link that needs BOOTP has one scope for it."""
    first: dict[object, str] = {}
    for index, scope in enumerate(configuration.scope):
        if not scope.dynamic_bootp or scope.deactivated:
            continue
        other = first.setdefault(scope.network, scope.name)
        if other != scope.name:
            yield (
                ("scope", index, "dynamic-bootp"),
                f"scope {other!r} of the same link has dynamic BOOTP too: one scope for it is enough",
            )


def _no_more_for_the_backup(configuration: Configuration) -> Found:
    """R-249: addresses of these scopes are never used by the partner, so the backup needs more of them."""
    scopes = [scope for scope in configuration.scope if scope.dynamic_bootp and not scope.deactivated]
    for index, pair in enumerate(configuration.failover_pair):
        own = [scope.name for scope in scopes if scope.backup_pct is None]
        if pair.failover and own and not pair.load_balancing and pair.dynamic_bootp_backup_pct <= pair.backup_pct:
            yield (
                ("failover-pair", index, "dynamic-bootp-backup-pct"),
                f"it is not above backup-pct ({pair.backup_pct}): not even in PARTNER-DOWN the backup uses addresses "
                f"of the main in scopes with dynamic BOOTP ({', '.join(own)})",
            )


def _unused_clients(configuration: Configuration) -> Found:
    """Clients and client-classes count only with `client-class` of the server."""
    if not configuration.server.client_class:
        if any(each.enabled for each in configuration.ldap):
            yield ("ldap", 0), "client-class of the server is false, so that no LDAP server is asked"
        for at, _ in treated(configuration):
            yield at, f"client-class of the server is false, so that no {at[0]} counts"
            return


def _policies_of_clients(configuration: Configuration) -> Found:
    """What is a property of a pool cannot differ from client to client."""
    policies = {each.name: each for each in configuration.policy}
    for at, each in treated(configuration):
        policy = policies.get(each.policy_name or "")
        for name in sorted(_OF_POOLS & (policy.model_fields_set if policy else set())):
            attribute = name.replace("_", "-")
            text = f"{attribute} of policy {each.policy_name!r} counts for scopes and prefixes, not for a {at[0]}"
            yield (*at, "policy-name"), text


_OF_POOLS = {
    "grace_period",
    "default_prefix_length",
    "forward_dnsupdate",
    "reverse_dnsupdate",
    "forward_zone_name",
}


def _uncalled_extensions(configuration: Configuration) -> Found:
    """An extension that no point names is never called."""
    called = {name for point in configuration.extension_point for name in point.extensions}
    for index, each in enumerate(configuration.extension):
        if each.name not in called:
            yield ("extension", index), f"extension {each.name!r} is never called: no extension-point has it"


RULES: tuple[Callable[[Configuration], Found], ...] = (
    _dhcp_beside_dynamic_bootp,
    _several_scopes_of_dynamic_bootp,
    _no_more_for_the_backup,
    _uncalled_extensions,
    _unused_clients,
    _policies_of_clients,
)


def advice(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Return the places of a correct configuration, as text, and what is not advised there."""
    for rule in RULES:
        for location, text in rule(configuration):
            yield place(location), text
