"""What tells faults of one kind apart: the second half of the reduction key, from what a trap carries.

Senders of older MIB revisions send fewer varbinds, so each may be missing; both forms of a notification give the same
key, so that each clears the other.
"""

from console.model.observations import TrapSeen

PAIR = "pair"
NO_ADDRESS = frozenset({"", "0.0.0.0", "::"})
NETWORK, TAGS = "network=", "tags="
WIDE = (NETWORK, TAGS)
"""Thresholds over more than one pool: a poll knows them by the pools' thresholds alone."""


def pair(trap: TrapSeen) -> str:
    """One fault of the pair, whichever partner tells of it."""
    return PAIR


def sender(trap: TrapSeen) -> str:
    return trap.server or host(trap.source)


def host(source: str) -> str:
    """The address of `192.0.2.11:5000` or `[2001:db8::1]:5000`: a port is another one with every start."""
    return source.rpartition(":")[0].strip("[]") or source


def related(trap: TrapSeen) -> str:
    """The pair for the failover partner; any other related server is a fault of its own, by sender, type, address."""
    if is_partner(trap):
        return PAIR
    kind = _words(trap.varbinds.get("related-server-type") or trap.varbinds.get("server-type", ""))
    return "/".join(filter(None, (sender(trap), {"dnsprimary": "dns"}.get(kind, kind), _address(trap))))


def is_partner(trap: TrapSeen) -> bool:
    """Whether the server that it speaks of is the failover partner. The old form tells the type of server alone."""
    kind = trap.varbinds.get("related-server-type")
    if kind is not None:
        return _words(kind).startswith("failoverpartner") or kind.strip().startswith("3")
    return _words(trap.varbinds.get("server-type", "dhcp")).startswith(("dhcp", "2"))


def stopped(trap: TrapSeen) -> str:
    """The server, for its DHCP; its DNS, LDAP, TFTP or CCM server is another."""
    kind = _words(trap.varbinds.get("server-type", "dhcp"))
    return sender(trap) if kind.startswith(("dhcp", "2")) else f"{sender(trap)}/{kind}"


def threshold(trap: TrapSeen) -> str:
    """The server and the scope or prefix; the network, link or tags where the threshold is over all of those."""
    said = trap.varbinds
    kind = _words(said.get("threshold-type") or said.get("threshold-type6", ""))
    value = said.get("threshold-value", "")
    if value and kind.startswith("selectiontags"):
        return f"{trap.server}/{TAGS}{value}"
    if value and kind.startswith(("network", "link")):
        return f"{trap.server}/{NETWORK}{value}"
    length = said.get("prefix-length")
    prefix = said.get("prefix-address", "") + (f"/{length}" if length else "")
    names = (said.get("scope-name"), prefix if kind.startswith("prefix") else None, said.get("link-name"), prefix)
    return f"{trap.server}/{next((name for name in names if name), 'unnamed')}"


def duplicate(trap: TrapSeen) -> str:
    """The address, and who uses it where that is told."""
    user = trap.varbinds.get("hardware-address") or trap.varbinds.get("client-duid")
    return "/".join(filter(None, (address(trap), user)))


ADDRESSES = ("address", "contested-address", "ipv6-address", "contested-ipv6-address")
PREFIXES = ("duplicate-prefix", "contested-prefix")


def address(trap: TrapSeen) -> str:
    """The address or prefix that it is about; its sender when it does not say."""
    for name in ADDRESSES:
        if name in trap.varbinds:
            return trap.varbinds[name]
    for name in PREFIXES:
        if name in trap.varbinds:
            length = trap.varbinds.get(f"{name}-length")
            return trap.varbinds[name] + (f"/{length}" if length else "")
    return sender(trap)


def direction(trap: TrapSeen) -> str:
    return trap.varbinds.get("sync-direction", PAIR)


def dns_partner(trap: TrapSeen) -> str:
    return "/".join(filter(None, (sender(trap), _address(trap))))


def zone(trap: TrapSeen) -> str:
    """The zone at one DNS server."""
    named = trap.varbinds.get("dns-server") or trap.varbinds.get("ipv6-dns-server") or ""
    return "/".join(filter(None, (sender(trap), named, trap.varbinds.get("zone-name"))))


def zone_error(trap: TrapSeen) -> str:
    return "/".join(filter(None, (sender(trap), _address(trap), trap.varbinds.get("zone-name"))))


def interface(trap: TrapSeen) -> str:
    """ifIndex, which the agents of servers name by its OID alone."""
    index = next((text for name, text in trap.varbinds.items() if name.startswith("1.3.6.1.2.1.2.2.1.1")), None)
    return "/".join(filter(None, (sender(trap), index)))


def oid(trap: TrapSeen) -> str:
    return f"{sender(trap)}/{trap.oid}"


def _address(trap: TrapSeen) -> str | None:
    """The IPv4 address where there is one: old senders know no other."""
    found = (trap.varbinds.get("server", ""), trap.varbinds.get("ipv6-server", ""))
    return next((each for each in found if each not in NO_ADDRESS), None)


def _words(text: str) -> str:
    return text.strip().lower().replace("-", "").replace(" ", "")
