"""Addresses, networks and prefixes of both families."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from dhcpserver.wire.optiontypes.basetype import OptionType, OptionValueError, Value


class Address4(OptionType):
    """An IPv4 address."""

    name = "address4"
    accepts = "an IPv4 address"
    example = "192.0.2.1"

    def encode(self, value: object) -> bytes:
        """Return the four octets of an address."""
        try:
            return IPv4Address(value.strip() if isinstance(value, str) else "").packed
        except ValueError:
            raise self.refused(value) from None

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the address at a position."""
        return str(IPv4Address(self.piece(octets, at, 4))), at + 4


class Address6(OptionType):
    """An IPv6 address."""

    name = "address6"
    accepts = "an IPv6 address"
    example = "2001:db8::1"

    def encode(self, value: object) -> bytes:
        """Return the sixteen octets of an address without a zone."""
        try:
            address = IPv6Address(value.strip() if isinstance(value, str) else "")
        except ValueError:
            raise self.refused(value) from None
        if address.scope_id is not None:
            raise self.refused(value)
        return address.packed

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the address at a position."""
        return str(IPv6Address(self.piece(octets, at, 16))), at + 16


class AddressAndMask(OptionType):
    """A network as address and mask, four octets each (option 21)."""

    name = "address-and-mask"
    accepts = "a network such as 192.0.2.0/24"
    example = "192.0.2.0/24"

    def encode(self, value: object) -> bytes:
        """Return address and mask."""
        network = network4(self, value)
        return network.network_address.packed + network.netmask.packed

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the network at a position."""
        address, mask = IPv4Address(self.piece(octets, at, 4)), IPv4Address(self.piece(octets, at + 4, 4))
        return str(network4(self, f"{address}/{_mask_length(self, mask)}")), at + 8


class Prefix6(OptionType):
    """An IPv6 prefix: its length, then as many octets as the length needs (RFC 6603, RFC 7598)."""

    name = "prefix6"
    accepts = "an IPv6 prefix such as 2001:db8::/32"
    example = "2001:db8::/32"

    def encode(self, value: object) -> bytes:
        """Return length and octets."""
        try:
            prefix = IPv6Network(value.strip() if isinstance(value, str) else "")
        except ValueError:
            raise self.refused(value) from None
        return bytes((prefix.prefixlen,)) + prefix.network_address.packed[: (prefix.prefixlen + 7) // 8]

    def take(self, octets: bytes, at: int) -> tuple[Value, int]:
        """Return the prefix at a position."""
        length = self.piece(octets, at, 1)[0]
        if length > 128:
            raise OptionValueError(f"a prefix length of {length}; it is at most 128")
        size = (length + 7) // 8
        packed = self.piece(octets, at + 1, size).ljust(16, b"\0")
        try:
            return str(IPv6Network((packed, length))), at + 1 + size
        except ValueError:
            raise OptionValueError("the prefix has bits beyond its length") from None


def network4(kind: OptionType, value: object) -> IPv4Network:
    """Return an IPv4 network. Raises OptionValueError if it has bits beyond its mask, or is none."""
    try:
        return IPv4Network(value.strip() if isinstance(value, str) else "")
    except ValueError as error:
        if "host bits" in str(error):
            raise OptionValueError(f"{value} has bits beyond its mask; it needs {kind.accepts}") from None
        raise kind.refused(value) from None


def _mask_length(kind: OptionType, mask: IPv4Address) -> int:
    length = int(mask).bit_count()
    if int(mask) != (0xFFFFFFFF << 32 - length) & 0xFFFFFFFF:
        raise OptionValueError(f"{mask} is not a mask; it needs {kind.accepts}")
    return length
