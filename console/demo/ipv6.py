"""DHCPv6 in the demo: the links with their prefixes, and the listener of a server.

Loopback has one IPv6 address, `::1`, so the servers differ by their ports, and all clients are behind relays. Each link
has a /64 for addresses, which parity divides between the partners, and prefixes to delegate, which they balance.
"""

from ipaddress import IPv6Network

ADDRESS = "::1"
POPULATION_LINKS = (
    ("office", IPv6Network("2001:db8:21::/64"), IPv6Network("2001:db8:2100::/46")),
    ("lab", IPv6Network("2001:db8:22::/64"), IPv6Network("2001:db8:2200::/46")),
)
"""The links of the demo's own clients: name, addresses, and 1,024 prefixes of 56 bits."""
WIFI = ("wifi", IPv6Network("2001:db8:64::/64"), IPv6Network("2001:db8:4000::/36"))
"""The link of other clients: those of relays with the link-address `::1`."""

_LISTENER = """
[[listener6]]
address = "{address}"
port = {port}
"""
_LINK = """
[[link]]
name = "{name}"

[[prefix]]
name = "{name}-v6"
address = "{addresses}"
link = "{name}"
{limit}
[[prefix]]
name = "{name}-pd"
address = "{delegated}"
dhcp-type = "prefix-delegation"
link = "{name}"
{limit}"""
_RELAYS = """
[[prefix]]
name = "wifi-relays"
address = "{address}/128"
dhcp-type = "infrastructure"
link = "wifi"
"""


def tables(port: int, pool: int) -> str:
    """The tables of a server's configuration. `pool`: the leases of each prefix of the link `wifi`."""
    links = [(link, "") for link in POPULATION_LINKS]
    links.append((WIFI, f"max-leases = {pool}\n"))
    text = "".join(
        _LINK.format(name=name, addresses=addresses, delegated=delegated, limit=limit)
        for (name, addresses, delegated), limit in links
    )
    return _LISTENER.format(address=ADDRESS, port=port) + text + _RELAYS.format(address=ADDRESS)


def link_addresses() -> list[str]:
    """The link-addresses of the population's relays."""
    return [str(addresses.network_address + 1) for _, addresses, _ in POPULATION_LINKS]
