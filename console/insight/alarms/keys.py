"""The entity of a trap: the second half of the reduction key, which distinguishes faults of one kind.

Senders of older MIB revisions send fewer varbinds, so each varbind may be missing. Both forms of a notification give
the same key, so that each clears the other.
"""

from console.model.observations import TrapSeen

PAIR = "pair"
NO_ADDRESS = frozenset({"", "0.0.0.0", "::"})
NETWORK, TAGS = "network=", "tags="
WIDE = (NETWORK, TAGS)
"""Thresholds over more than one pool. A poll sees them only in the thresholds of the pools."""


def pair(trap: TrapSeen) -> str:
    """One fault of the pair, whichever partner reports it."""
    return PAIR


def sender(trap: TrapSeen) -> str:
    """The server or the device that sent the trap, or its address."""
    return trap.server or trap.device or host(trap.source)


def host(source: str) -> str:
    """The address of `192.0.2.11:5000` or `[2001:db8::1]:5000`. The port is left out: it changes at every start."""
    return source.rpartition(":")[0].strip("[]") or source


def related(trap: TrapSeen) -> str:
    """The pair, for the failover partner. Any other related server is a separate fault: sender, type and address."""
    if is_partner(trap):
        return PAIR
    kind = _words(trap.varbinds.get("related-server-type") or trap.varbinds.get("server-type", ""))
    return "/".join(filter(None, (sender(trap), {"dnsprimary": "dns"}.get(kind, kind), _address(trap))))


def is_partner(trap: TrapSeen) -> bool:
    """Whether the related server is the failover partner. The old form has only the type of the server."""
    kind = trap.varbinds.get("related-server-type")
    if kind is not None:
        return _words(kind).startswith("failoverpartner") or kind.strip().startswith("3")
    return _words(trap.varbinds.get("server-type", "dhcp")).startswith(("dhcp", "2"))


def stopped(trap: TrapSeen) -> str:
    """The server, for DHCP. DNS, LDAP, TFTP and CCM servers on the same host are separate entities."""
    kind = _words(trap.varbinds.get("server-type", "dhcp"))
    return sender(trap) if kind.startswith(("dhcp", "2")) else f"{sender(trap)}/{kind}"


def threshold(trap: TrapSeen) -> str:
    """The server with the scope or prefix; with the network, link or tags where the threshold covers all of these."""
    varbinds = trap.varbinds
    kind = _words(varbinds.get("threshold-type") or varbinds.get("threshold-type6", ""))
    value = varbinds.get("threshold-value", "")
    if value and kind.startswith("selectiontags"):
        return f"{trap.server}/{TAGS}{value}"
    if value and kind.startswith(("network", "link")):
        return f"{trap.server}/{NETWORK}{value}"
    length = varbinds.get("prefix-length")
    prefix = varbinds.get("prefix-address", "") + (f"/{length}" if length else "")
    in_prefix = prefix if kind.startswith("prefix") else None
    names = (varbinds.get("scope-name"), in_prefix, varbinds.get("link-name"), prefix)
    return f"{trap.server}/{next((name for name in names if name), 'unnamed')}"


def duplicate(trap: TrapSeen) -> str:
    """The address, with the client that uses it where the trap has that."""
    user = trap.varbinds.get("hardware-address") or trap.varbinds.get("client-duid")
    return "/".join(filter(None, (address(trap), user)))


ADDRESSES = ("address", "contested-address", "ipv6-address", "contested-ipv6-address")
PREFIXES = ("duplicate-prefix", "contested-prefix")


def address(trap: TrapSeen) -> str:
    """The address or prefix of the trap; its sender where the trap has none."""
    for name in ADDRESSES:
        if name in trap.varbinds:
            return trap.varbinds[name]
    for name in PREFIXES:
        if name in trap.varbinds:
            length = trap.varbinds.get(f"{name}-length")
            return trap.varbinds[name] + (f"/{length}" if length else "")
    return sender(trap)


def direction(trap: TrapSeen) -> str:
    """The direction of a synchronisation; the pair where the trap has none."""
    return trap.varbinds.get("sync-direction", PAIR)


def dns_partner(trap: TrapSeen) -> str:
    """The sender and its DNS partner."""
    return "/".join(filter(None, (sender(trap), _address(trap))))


def zone(trap: TrapSeen) -> str:
    """The zone at one DNS server."""
    named = trap.varbinds.get("dns-server") or trap.varbinds.get("ipv6-dns-server") or ""
    return "/".join(filter(None, (sender(trap), named, trap.varbinds.get("zone-name"))))


def zone_error(trap: TrapSeen) -> str:
    """The sender, its DNS partner and the zone."""
    return "/".join(filter(None, (sender(trap), _address(trap), trap.varbinds.get("zone-name"))))


def interface(trap: TrapSeen) -> str:
    """The sender and the ifIndex. Older journals have that varbind under its OID."""
    named = (text for name, text in trap.varbinds.items() if name.startswith("1.3.6.1.2.1.2.2.1.1"))
    index = trap.varbinds.get("if-index") or next(named, None)
    return "/".join(filter(None, (sender(trap), index)))


def ups_alarm(trap: TrapSeen) -> str:
    """The UPS and its alarm."""
    known = trap.varbinds.get("ups-alarm-descr") or trap.varbinds.get("ups-alarm-id") or "alarm"
    return f"{sender(trap)}/{known}"


def oid(trap: TrapSeen) -> str:
    """The sender and the OID of the trap."""
    return f"{sender(trap)}/{trap.oid}"


def _address(trap: TrapSeen) -> str | None:
    """The IPv4 address where there is one, as in the old form; else the IPv6 address."""
    addresses = (trap.varbinds.get("server", ""), trap.varbinds.get("ipv6-server", ""))
    return next((each for each in addresses if each not in NO_ADDRESS), None)


def _words(text: str) -> str:
    return text.strip().lower().replace("-", "").replace(" ", "")
