"""Which DNS records the leases of a scope or a prefix have, and under which names."""

import hashlib
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from dhcpserver.config.classes.dns_update import DnsUpdateConfig
from dhcpserver.config.classes.policy import Policy
from dhcpserver.config.objects import Configuration
from dhcpserver.leases.keys import text_of
from dhcpserver.wire.clientnames import ClientNames

LONGEST_LABEL = 63
LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """The DNS updates of one scope or prefix.

    Attributes:
        forward, reverse: the configuration that gets records of names and of addresses, "" for none.
        zone, reverse_zone: their zones, without a dot at the end.
        trim: whether a name of a client is cut at its first dot.
        stem: the beginning of names that are made for clients without one, "" if none are made.
        hashed: whether such a name of a DHCPv6 client has a digest of its DUID, not the DUID.
        bootp: whether BOOTP clients have records.
    """

    forward: str
    reverse: str
    zone: str
    reverse_zone: str
    trim: bool
    stem: str
    hashed: bool
    bootp: bool

    def name(self, names: ClientNames, key: int, client_id: bytes | None, *, family: int) -> str:
        """Return the qualified name of a lease; "" if it has none."""
        sent = names.fqdn or names.host_name
        zone = self.zone.lower()
        host = sent[: -len(zone) - 1] if sent.lower().endswith("." + zone) else sent
        labels = [_label(each) for each in (host.split(".")[:1] if self.trim else host.split("."))]
        name = ".".join(each for each in labels if each)
        if not name and self.stem:
            name = self._made(key, client_id, family)
        full = f"{name}.{self.zone}" if name else ""
        return full if len(full) <= LONGEST_NAME else ""

    def _made(self, key: int, client_id: bytes | None, family: int) -> str:
        if family == 4 or not client_id:
            return _label(f"{self.stem}-{re.sub(r'[.:/]', '-', text_of(key))}")
        if self.hashed:
            return f"{self.stem}-{b32encode(hashlib.sha256(client_id).digest()[:10]).decode().lower()}"
        return f"{self.stem}-{client_id.hex()}"[:LONGEST_LABEL]


def _label(text: str) -> str:
    """Return a text as a label of letters, digits and hyphens; "" if nothing is left."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-")[:LONGEST_LABEL].rstrip("-")


def dns_settings(
    configuration: Configuration, policy: Policy, network: IPv4Network | IPv6Network
) -> DnsSettings | None:
    """Return the settings of a scope or a prefix by its policy; None without DNS updates."""
    known: Mapping[str, DnsUpdateConfig] = {each.name: each for each in configuration.dns_update_config}
    forward, reverse = known.get(policy.forward_dnsupdate or ""), known.get(policy.reverse_dnsupdate or "")
    first = forward or reverse
    if first is None:
        return None
    zone = policy.forward_zone_name or first.forward_zone_name or (reverse and reverse.forward_zone_name) or ""
    return DnsSettings(
        forward="" if forward is None else forward.name,
        reverse="" if reverse is None else reverse.name,
        zone=zone.rstrip("."),
        reverse_zone=((reverse and reverse.reverse_zone_name) or _reverse_zone(network)).rstrip("."),
        trim=configuration.server.trim_host_name,
        stem=first.synthetic_name_stem if first.synthesize_name else "",
        hashed=first.v6_synthetic_name_generator == "hashed-duid",
        bootp=configuration.server.update_dns_for_bootp,
    )


def _reverse_zone(network: IPv4Network | IPv6Network) -> str:
    """Return the zone at the octet or the nibble in which a network begins: that of 192.0.2.0/26 has three octets."""
    parts = network.network_address.reverse_pointer.split(".")
    bits, top = (8, 4) if network.version == 4 else (4, 32)
    kept = max(1, min(network.prefixlen, network.max_prefixlen - 1) // bits)
    return ".".join(parts[top - kept :])
