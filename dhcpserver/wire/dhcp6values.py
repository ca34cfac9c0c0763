"""The data of DHCPv6 options that have a form of their own: classes, names, leasequery, relay data.

Each function that reads takes the data of an option and returns None, or an empty tuple, if they do not have the form
of the option: such an option counts as absent. The types of other options are in `optiontypes.standard6`.
"""

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

from dhcpserver.wire.clientnames import NO_RECORDS, Records, answer_flags, left_to_server
from dhcpserver.wire.dhcp6options import (
    CLIENT_DATA,
    LQ_QUERY,
    LQ_RELAY_DATA,
    Option,
    Options,
    pack_option,
    pack_options,
    read_options,
)
from dhcpserver.wire.errors import WireError

QUERY_BY_ADDRESS: Final = 1
QUERY_BY_CLIENT_ID: Final = 2
QUERY_BY_RELAY_ID: Final = 3
QUERY_BY_LINK_ADDRESS: Final = 4
QUERY_BY_REMOTE_ID: Final = 5

FQDN_S: Final = 1
"""RFC 4704 section 4.1: the server performs the AAAA update."""
FQDN_O: Final = 2
"""The server has overridden S."""
FQDN_N: Final = 4
"""The server performs no update."""

_ADDRESS_OCTETS: Final = 16
_LONGEST_NAME: Final = 255


class VendorClass(NamedTuple):
    """Option 16: an enterprise number, and values that describe the client."""

    enterprise: int
    values: tuple[bytes, ...]


class VendorData(NamedTuple):
    """Option 17: an enterprise number and its options."""

    enterprise: int
    options: Options


class HardwareAddress(NamedTuple):
    """Option 79: the hardware type (RFC 826) and the address of the client, as its first relay received it."""

    type: int
    address: bytes


class Fqdn(NamedTuple):
    """Option 39: flags, and the labels of a name. A partial name, which lacks its domain, is not `complete`."""

    flags: int
    labels: tuple[bytes, ...]
    complete: bool


class LeaseQuery(NamedTuple):
    """Option 44: the kind of query, the link that it is restricted to (0 for none), and its options."""

    type: int
    link_address: int
    options: Options


class RelayData(NamedTuple):
    """Option 47: the address of the relay that sent to the server, and its message without the client's."""

    peer_address: int
    message: bytes


def codes(data: bytes | None) -> tuple[int, ...]:
    """Return the option codes of an Option Request or an Echo Request."""
    if not data or len(data) & 1:
        return ()
    return struct.unpack(f"!{len(data) >> 1}H", data)


def pack_codes(wanted: Iterable[int]) -> bytes:
    """Return the data of an Option Request."""
    return b"".join(code.to_bytes(2, "big") for code in wanted)


def counted(data: bytes, start: int = 0) -> tuple[bytes, ...] | None:
    """Return values that each have a two-octet length (User Class); None if the last one is cut short."""
    found = []
    position = start
    while position < len(data):
        stop = position + 2 + int.from_bytes(data[position : position + 2], "big")
        if position + 2 > len(data) or stop > len(data):
            return None
        found.append(data[position + 2 : stop])
        position = stop
    return tuple(found)


def pack_counted(values: Iterable[bytes]) -> bytes:
    """Return values with a two-octet length before each."""
    return b"".join(len(value).to_bytes(2, "big") + value for value in values)


def vendor_class(data: bytes) -> VendorClass | None:
    """Return a Vendor Class."""
    values = counted(data, 4) if len(data) >= 4 else None
    return None if values is None else VendorClass(int.from_bytes(data[:4], "big"), values)


def vendor_data(data: bytes) -> VendorData | None:
    """Return the options of one enterprise in Vendor-specific Information."""
    if len(data) < 4:
        return None
    try:
        return VendorData(int.from_bytes(data[:4], "big"), tuple(read_options(data, 4)))
    except WireError:
        return None


def hardware_address(data: bytes | None) -> HardwareAddress | None:
    """Return a client's link-layer address (RFC 6939)."""
    return HardwareAddress(data[0] << 8 | data[1], data[2:]) if data is not None and len(data) > 2 else None


def pack_hardware_address(address: HardwareAddress) -> bytes:
    """Return the data of option 79."""
    return address.type.to_bytes(2, "big") + address.address


def fqdn(data: bytes | None) -> Fqdn | None:
    """Return a client's name (RFC 4704). Compression is not permitted in it."""
    if not data or len(data) > 1 + _LONGEST_NAME:
        return None
    labels: list[bytes] = []
    position = 1
    while position < len(data):
        length = data[position]
        position += 1
        if not length:
            return Fqdn(data[0], tuple(labels), complete=True) if position == len(data) else None
        if length > 63 or position + length > len(data):
            return None
        labels.append(data[position : position + length])
        position += length
    return Fqdn(data[0], tuple(labels), complete=False)


def pack_fqdn(name: Fqdn) -> bytes:
    """Return the data of option 39."""
    octets = b"".join(bytes((len(label),)) + label for label in name.labels)
    return bytes((name.flags,)) + octets + (b"\0" if name.complete else b"")


def fqdn_wishes(name: Fqdn | None) -> tuple[bool, bool]:
    """Return whether a client leaves the records of its name to the server, and those of its address."""
    return (True, True) if name is None else left_to_server(name.flags, FQDN_S, FQDN_N)


def answer_fqdn(name: Fqdn, domain: tuple[bytes, ...], records: Records = NO_RECORDS) -> bytes:
    """Return the data of option 39 in the reply (RFC 4704 section 6).

    The name is that of the records, or the client's; a partial one is completed with the labels of `domain`.
    """
    flags = answer_flags(name.flags, records, FQDN_S, FQDN_O, FQDN_N)
    labels, complete = name.labels, name.complete
    if records.name and not name.flags & FQDN_N:
        labels, complete = tuple(records.name.encode().split(b".")), True
    if labels and not complete and domain:
        labels, complete = labels + domain, True
    octets = pack_fqdn(Fqdn(flags, labels, complete))
    return octets if len(octets) <= 1 + _LONGEST_NAME else octets[:1]


def lease_query(data: bytes | None) -> LeaseQuery | None:
    """Return a query (RFC 5007 section 4.1.2.1)."""
    if data is None or len(data) < 1 + _ADDRESS_OCTETS:
        return None
    try:
        inside = tuple(read_options(data, 1 + _ADDRESS_OCTETS))
    except WireError:
        return None
    return LeaseQuery(data[0], int.from_bytes(data[1 : 1 + _ADDRESS_OCTETS], "big"), inside)


def pack_lease_query(query: LeaseQuery) -> bytes:
    """Return the octets of an option LQ_QUERY."""
    head = bytes((query.type,)) + query.link_address.to_bytes(_ADDRESS_OCTETS, "big")
    return pack_option(LQ_QUERY, head + pack_options(query.options))


def pack_client_data(options: Iterable[Option]) -> bytes:
    """Return the octets of an option CLIENT_DATA."""
    return pack_option(CLIENT_DATA, pack_options(options))


def addresses(data: bytes | None) -> tuple[int, ...]:
    """Return the addresses of an option that is a list of them, such as LQ_CLIENT_LINK."""
    if not data or len(data) % _ADDRESS_OCTETS:
        return ()
    return tuple(
        int.from_bytes(data[start : start + _ADDRESS_OCTETS], "big") for start in range(0, len(data), _ADDRESS_OCTETS)
    )


def pack_addresses(values: Iterable[int]) -> bytes:
    """Return the data of an option that is a list of addresses."""
    return b"".join(value.to_bytes(_ADDRESS_OCTETS, "big") for value in values)


def relay_data(data: bytes | None) -> RelayData | None:
    """Return the relay data of a binding (RFC 5007 section 4.1.2.4)."""
    if data is None or len(data) < _ADDRESS_OCTETS:
        return None
    return RelayData(int.from_bytes(data[:_ADDRESS_OCTETS], "big"), data[_ADDRESS_OCTETS:])


def pack_relay_data(relay: RelayData) -> bytes:
    """Return the octets of an option LQ_RELAY_DATA."""
    return pack_option(LQ_RELAY_DATA, relay.peer_address.to_bytes(_ADDRESS_OCTETS, "big") + relay.message)
