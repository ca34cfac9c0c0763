"""The settings of the failover endpoint from the configuration, and the digest that the partners compare."""

import hashlib
import json
from dataclasses import fields
from typing import Any

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.check import link_addresses
from dhcpserver.config.classes.failover_pair import FailoverPair
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.objects import Configuration
from dhcpserver.failover.settings import PairSettings, PoolSettings
from dhcpserver.leases.keys import Kind
from dhcpserver.limits import CONFIGURATION_HASH_OCTETS

DIGEST_CLASSES = {
    1: "scope",
    2: "policy",
    3: "option_definition",
    4: "vendor_option_space",
    5: "prefix",
    6: "link",
    7: "client_class",
    8: "client",
    9: "vpn",
}
"""Class numbers of the configuration digest and their objects, which must be equal on both partners (R-007)."""


def pair_settings(configuration: Configuration, server_uid: bytes, version: str) -> PairSettings | None:
    """Return the settings of the server's pair; None without a pair, or while `failover` is off."""
    pair = next((pair for pair in configuration.failover_pair if pair.failover), None)
    if pair is None:
        return None
    main = pair.main == configuration.server.name
    partner = next(cluster for cluster in configuration.cluster if cluster.name == (pair.backup if main else pair.main))
    return PairSettings(
        name=pair.name,
        main=main,
        max_unacked=pair.max_unacked_bndupd or max_unacked(configuration.server.max_dhcp_requests),
        keepalive=pair.keepalive_time,
        connect_retry=float(pair.connect_retry),
        startup_time=float(pair.startup_time),
        failover_recover=configuration.server.failover_recover,
        shared_secret=pair.shared_secret.get_secret_value().encode() if pair.shared_secret else b"",
        server_uid=server_uid,
        version=version,
        config_digest=digest(configuration),
        grace_period=default_grace_period(configuration),
        longest_lease=longest_lease(configuration),
        kinds=leased_kinds(configuration),
        pools=pool_settings(configuration),
        local_name=configuration.server.name,
        partner_name=partner.name,
        partner_address=(pair.backup_server if main else pair.main_server) or partner.ipaddr,
        partner_address6=(pair.backup_ip6address if main else pair.main_ip6address) or partner.ip6address,
        **_same_in_both(pair),
    )


def longest_lease(configuration: Configuration) -> int:
    """Return the longest lease time of the policies, in seconds; with prefixes, their valid lifetimes count too."""
    policies = (*configuration.policy, Policy(name="default"))
    times = [policy.dhcp_lease_time for policy in policies]
    if configuration.prefix:
        times += [policy.valid_lifetime for policy in policies]
    return max(times)


def leased_kinds(configuration: Configuration) -> frozenset[Kind]:
    """Return what this server leases. DHCPv4 is always in it: the relationship is its own."""
    types = {prefix.dhcp_type for prefix in configuration.prefix}
    found = {Kind.ADDRESS4}
    if "dhcp" in types:
        found.add(Kind.ADDRESS6)
    if "prefix-delegation" in types:
        found.add(Kind.PREFIX)
    return frozenset(found)


CONVERTED = frozenset({"name", "main", "startup_time", "connect_retry", "shared_secret"})
"""Fields of both FailoverPair and PairSettings that have another type or meaning in the settings."""


def _same_in_both(pair: FailoverPair) -> dict[str, Any]:
    """Return the attributes of the pair that the settings have under the same name: adding one needs no line here."""
    names = {each.name for each in fields(PairSettings)} & FailoverPair.model_fields.keys() - CONVERTED
    return {name: getattr(pair, name) for name in names}


def max_unacked(max_dhcp_requests: int) -> int:
    """Return a fifth of `max-dhcp-requests`, but at least 100, or all of them if they are fewer (R-156)."""
    return max(max_dhcp_requests // 5, min(100, max_dhcp_requests))


def pool_settings(configuration: Configuration) -> dict[str, PoolSettings]:
    """Return the failover settings of each scope or prefix and its policy, by its name."""
    grace = grace_periods(configuration)
    prefixes = {
        prefix.name: PoolSettings(deactivated=prefix.deactivated, grace_period=grace[prefix.name])
        for prefix in configuration.prefix
    }
    return prefixes | {
        scope.name: PoolSettings(
            backup_pct=scope.backup_pct,
            boundary=int(scope.failover_backup_allocation_boundary or 0),
            allocate_first_available=scope.allocate_first_available,
            dynamic_bootp=scope.dynamic_bootp,
            deactivated=scope.deactivated,
            grace_period=grace[scope.name],
        )
        for scope in configuration.scope
    }


def grace_periods(configuration: Configuration) -> dict[str, int]:
    """Return the grace period of the policy of each scope or prefix, in seconds by its name."""
    policies = {policy.name: policy.grace_period for policy in configuration.policy}
    default = default_grace_period(configuration)
    named = [(scope.name, scope.policy) for scope in configuration.scope]
    named += [(prefix.name, prefix.policy) for prefix in configuration.prefix]
    return {name: policies.get(policy, default) for name, policy in named}


def default_grace_period(configuration: Configuration) -> int:
    """Return the grace period of the policy `default`, in seconds, whether or not the configuration has that policy."""
    named = (policy for policy in configuration.policy if policy.name == "default")
    return next(named, Policy(name="default")).grace_period


def digest(configuration: Configuration) -> tuple[tuple[int, bytes], ...]:
    """Return for each class the first 8 octets of the SHA-256 of its canonical form.

    The order of the objects and of reservations makes no difference, and only values that differ from the defaults are
    in it: a later version with one more attribute agrees with this one until the attribute is set. A class that only
    one of the partners has is not compared (`link.handshake`).
    """
    return tuple(
        (number, hashlib.sha256(_canonical(getattr(configuration, name))).digest()[:CONFIGURATION_HASH_OCTETS])
        for number, name in DIGEST_CLASSES.items()
    )


def _canonical(objects: tuple[Attributes, ...]) -> bytes:
    dumped = [item.model_dump(mode="json", exclude_defaults=True) for item in objects]
    dumped.sort(key=lambda item: str(item["name"]))
    for each in dumped:
        if "reservations" in each:
            each["reservations"].sort(key=str)
    return json.dumps(dumped, sort_keys=True, separators=(",", ":")).encode()


def local_link_addresses(
    configuration: Configuration, pair: FailoverPair
) -> tuple[tuple[tuple[str, int], tuple[str, int]], ...]:
    """Return (local end, partner's end) of each address family in use, IPv6 first."""
    main = pair.main == configuration.server.name
    return tuple(
        (ends[0], ends[1]) if main else (ends[1], ends[0])
        for ends in link_addresses(configuration, pair)
        if ends is not None
    )
