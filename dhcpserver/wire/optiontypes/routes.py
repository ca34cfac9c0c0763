"""Classless static routes (RFC 3442): the width of the network, its significant octets, the router."""

from ipaddress import IPv4Address

from dhcpserver.wire.optiontypes.addresses import network4
from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value


class Route(OptionType):
    """One route. A router of 0.0.0.0 is a network on the link (RFC 3442)."""

    name = "route"
    accepts = "a route such as 10.0.0.0/8 via 192.0.2.1"
    example = "10.0.0.0/8 via 192.0.2.1"

    def encode(self, value: object) -> bytes:
        """Return a route; `default` is 0.0.0.0/0, and the word `via` or a dash is optional."""
        parts = value.split() if isinstance(value, str) else []
        if len(parts) == 3 and parts[1] in ("via", "-"):
            del parts[1]
        if len(parts) != 2:
            raise self.refused(value)
        network = network4(self, "0.0.0.0/0" if parts[0] == "default" else parts[0])
        if "/" not in parts[0] and parts[0] != "default":
            raise self.refused(value)
        try:
            router = IPv4Address(parts[1])
        except ValueError:
            raise self.refused(value) from None
        length = network.prefixlen
        return bytes((length,)) + network.network_address.packed[: (length + 7) // 8] + router.packed

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the route at a position."""
        length = self.piece(octets, at, 1)[0]
        if length > 32:
            raise OptionValueError(f"a network of {length} bits; it is at most 32")
        size = (length + 7) // 8
        network = IPv4Address(self.piece(octets, at + 1, size).ljust(4, b"\0"))
        router = IPv4Address(self.piece(octets, at + 1 + size, 4))
        found = network4(self, f"{network}/{length}")
        return f"{found} via {router}", at + 5 + size
