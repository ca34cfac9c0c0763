"""Checks of VPNs, and the octets by which relays name them (RFC 6607)."""

from collections.abc import Iterator

from dhcpserver.config.classes.vpn import Vpn
from dhcpserver.config.lines import Location
from dhcpserver.config.objects import Configuration
from dhcpserver.config.options import Fault

_NAME, _IDENTIFIER = b"\0", b"\1"
GLOBAL = b"\xff"
"""The type of the octets that name no VPN."""


def selectors(vpn: Vpn) -> Iterator[bytes]:
    """Yield the octets of VSS information that name a VPN: type and data (RFC 6607 section 3.5)."""
    if vpn.vrf_name is not None:
        yield _NAME + vpn.vrf_name.encode()
    if vpn.vpn_id is not None:
        yield _IDENTIFIER + bytes.fromhex(vpn.vpn_id.replace(":", ""))


def check_vpns(configuration: Configuration) -> Iterator[Fault]:
    """Yield VPNs that no relay can name or that another one has, and scopes, prefixes and links of wrong ones."""
    known = {each.name for each in configuration.vpn}
    seen: dict[bytes, str] = {}
    for index, vpn in enumerate(configuration.vpn):
        if vpn.vpn_id is None and vpn.vrf_name is None:
            yield ("vpn", index), "it needs a vpn-id or a vrf-name, by which relays name it"
        for octets in selectors(vpn):
            if octets in seen:
                yield ("vpn", index), f"relays name it as the VPN {seen[octets]!r}"
            seen.setdefault(octets, vpn.name)
    for kind, groups in (("scope", _networks(configuration)), ("prefix", _links(configuration))):
        for index, _, wanted in groups:
            if wanted is not None and wanted not in known:
                place: Location = (kind, index, "vpn")
                yield place, f"there is no vpn {wanted!r} (there are: {', '.join(sorted(known)) or 'none'})"
    for kind, groups in (("scope", _networks(configuration)), ("prefix", _links(configuration))):
        first: dict[object, str | None] = {}
        for index, link, wanted in groups:
            if first.setdefault(link, wanted) != wanted:
                yield (kind, index, "vpn"), "its link has a scope or a prefix of another VPN, or of none"


def _networks(configuration: Configuration) -> Iterator[tuple[int, object, str | None]]:
    for index, scope in enumerate(configuration.scope):
        yield index, scope.network, scope.vpn


def _links(configuration: Configuration) -> Iterator[tuple[int, object, str | None]]:
    for index, prefix in enumerate(configuration.prefix):
        yield index, prefix.link_key, prefix.vpn


def check_template(configuration: Configuration) -> Iterator[Fault]:
    """Yield a scope template of the pair that does not exist, and references of templates that do not."""
    templates = {each.name for each in configuration.scope_template}
    for index, pair in enumerate(configuration.failover_pair):
        if pair.scopetemplate is not None and pair.scopetemplate not in templates:
            known = ", ".join(sorted(templates)) or "none"
            text = f"there is no scope-template {pair.scopetemplate!r} (there are: {known})"
            yield ("failover-pair", index, "scopetemplate"), text
    policies = {each.name for each in configuration.policy} | {"default"}
    for index, template in enumerate(configuration.scope_template):
        if template.policy is not None and template.policy not in policies:
            yield ("scope-template", index, "policy"), f"there is no policy {template.policy!r}"


CHECKS = (check_vpns, check_template)
"""The checks, for `check.CHECKS`."""
