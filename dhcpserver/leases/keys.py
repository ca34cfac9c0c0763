"""The integers by which the lease book names what it leases: addresses of both families, and prefixes.

An IPv4 address is its value, an IPv6 address its value with a mark above its 128 bits, and a prefix its value with a
mark that has its length. So one order, one dictionary and one calendar hold all three, and for IPv4 nothing is added to
the number.

    IPv4 address    0 .. 2^32 - 1
    IPv6 address    1 << 128 | address
    prefix          (2 + length) << 128 | prefix
"""

from enum import Enum
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network, NetmaskValueError
from typing import Final

_BITS: Final = 128
_VALUE: Final = (1 << _BITS) - 1
_ADDRESS6: Final = 1
_PREFIX: Final = 2
LAST_IPV4: Final = (1 << 32) - 1
"""The greatest key of an IPv4 address."""


class Kind(Enum):
    """What is leased."""

    ADDRESS4 = "IPv4 address"
    ADDRESS6 = "IPv6 address"
    PREFIX = "prefix"


def address6(value: int) -> int:
    """Return the key of an IPv6 address, given as an unsigned integer."""
    return _ADDRESS6 << _BITS | value


def prefix(value: int, length: int) -> int:
    """Return the key of a prefix: its value with zeros after the first `length` bits, 1 to 128."""
    return (_PREFIX + length) << _BITS | value


def kind_of(key: int) -> Kind:
    """Return what a key names."""
    mark = key >> _BITS
    if not mark:
        return Kind.ADDRESS4
    return Kind.ADDRESS6 if mark == _ADDRESS6 else Kind.PREFIX


def value_of(key: int) -> int:
    """Return the address or the prefix as an unsigned integer."""
    return key & _VALUE


def length_of(key: int) -> int:
    """Return the length of a prefix in bits; 128 for an IPv6 address, 32 for an IPv4 address."""
    mark = key >> _BITS
    if mark >= _PREFIX:
        return mark - _PREFIX
    return _BITS if mark else 32


def text_of(key: int) -> str:
    """Return an address or prefix in its usual form: `192.0.2.1`, `2001:db8::1`, `2001:db8:1::/56`."""
    mark = key >> _BITS
    if not mark:
        return f"{key >> 24}.{key >> 16 & 255}.{key >> 8 & 255}.{key & 255}"
    text = str(IPv6Address(key & _VALUE))
    return text if mark == _ADDRESS6 else f"{text}/{mark - _PREFIX}"


def read_key(text: str) -> int:
    """Return the key of an address or a prefix in its usual form. Raises ValueError, with what is expected."""
    try:
        if "/" in text:
            network = IPv6Network(text)
            return prefix(int(network.network_address), network.prefixlen)
        return address6(int(IPv6Address(text))) if ":" in text else int(IPv4Address(text))
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise ValueError(f"{text!r} is not an address or an IPv6 prefix: {error}") from error


def packed(key: int) -> tuple[bytes, int]:
    """Return the sixteen octets and the length of an IPv6 address or prefix, for the store. An address has length 0."""
    mark = key >> _BITS
    return (key & _VALUE).to_bytes(16, "big"), mark - _PREFIX if mark >= _PREFIX else 0


def unpacked(octets: bytes, length: int) -> int:
    """Return the key of what `packed` returned."""
    value = int.from_bytes(octets, "big")
    return prefix(value, length) if length else address6(value)


def is_ipv4(key: int) -> bool:
    """Return whether a key names an IPv4 address."""
    return key <= LAST_IPV4
