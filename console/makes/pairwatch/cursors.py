"""The places at which pages of leases go on: an address of either family, or a delegated prefix."""

from ipaddress import ip_address, ip_network


def place(text: str) -> tuple[int, int, int]:
    """The place of a cursor in the order of the server's pages. Raises ValueError for other texts."""
    if "/" in text:
        network = ip_network(text)
        return network.version, network.prefixlen + 1, int(network.network_address)
    address = ip_address(text)
    return address.version, 0, int(address)
