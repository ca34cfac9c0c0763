"""What all frames of RFC 8156 have: the header, times, and the vendor options of two Pairwatch servers.

A frame is a header of ten octets and options. The header: size (2), which does not include itself, type (1),
transaction ID (3), sending time (4) in seconds from 2000-01-01T00:00Z.
"""

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from dhcpserver.limits import INFINITE_SECONDS
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6duid import EPOCH_2000
from dhcpserver.wire.dhcp6options import pack_option
from dhcpserver.wire.errors import WireError

HEADER_LENGTH: Final = 10
MAXIMUM_SIZE: Final = 65_535
LONGEST_XID: Final = 0xFFFFFF
ENTERPRISE: Final = 32473
"""The enterprise number of `Extra`: that for documentation (RFC 5612), since the project has none."""


class Extra(IntEnum):
    """The options in VENDOR_OPTS, for two Pairwatch servers."""

    NUMBER = 1
    """The transaction ID, if it does not fit into 24 bits."""
    FLAGS = 2
    """RESERVED_FLAG, as in draft-12."""
    TRANSFERRED = 3
    """In POOLRESP: how many prefixes will move."""
    PREFERRED = 4
    """The end of the preferred lifetime in Unix seconds, if the lifetimes in the lease do not give it."""


_SENT = struct.Struct("!HII")


def to_wire(time: int) -> int:
    """Return Unix seconds as seconds from 2000 (modulo 2^32); a time that never comes stays that."""
    return INFINITE_SECONDS if time == INFINITE_SECONDS else (time - EPOCH_2000) & 0xFFFFFFFF


def from_wire(time: int) -> int:
    """Return seconds from 2000 as Unix seconds."""
    return INFINITE_SECONDS if time == INFINITE_SECONDS else (time + EPOCH_2000) & 0xFFFFFFFF


def sent_time(octets: bytes) -> int:
    """Return the sending time of a header as Unix seconds."""
    return (int.from_bytes(octets, "big") + EPOCH_2000) & 0xFFFFFFFF


def frame(kind: int, xid: int, time: int, options: bytes) -> bytes:
    """Return a frame sent at `time`. Raises WireError if it is too long."""
    size = HEADER_LENGTH - 2 + len(options)
    if size > MAXIMUM_SIZE:
        raise WireError(f"a failover message of {size} octets; at most {MAXIMUM_SIZE}")
    return _SENT.pack(size, kind << 24 | xid & LONGEST_XID, (time - EPOCH_2000) & 0xFFFFFFFF) + options


def pack_extra(found: Mapping[Extra, int]) -> bytes:
    """Return VENDOR_OPTS with numbers of four octets; nothing if there are none."""
    if not found:
        return b""
    inside = b"".join(pack_option(code, value.to_bytes(4, "big")) for code, value in found.items())
    return pack_option(o6.VENDOR_OPTIONS, ENTERPRISE.to_bytes(4, "big") + inside)


def read_extra(data: bytes) -> dict[int, int]:
    """Return the numbers in VENDOR_OPTS; none for another enterprise or octets without that form."""
    vendor = dhcp6values.vendor_data(data)
    if vendor is None or vendor.enterprise != ENTERPRISE:
        return {}
    return {code: int.from_bytes(value, "big") for code, value in vendor.options if len(value) == 4}
