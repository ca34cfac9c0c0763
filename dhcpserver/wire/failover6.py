"""The messages of RFC 8156 that two Pairwatch servers exchange for DHCPv6: octets to typed messages and back.

Types 24 to 30: bindings (`failover6_bindings`), pool requests for delegated prefixes, and update requests. The
relationship itself (CONNECT, STATE, CONTACT, DISCONNECT) uses draft-12, so types 31 to 35 are not supported here.

The classes are those of `failover4`, with the family 6.
"""

from collections.abc import Mapping
from typing import Final

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6options import first, read_options
from dhcpserver.wire.errors import TruncatedError, WireError
from dhcpserver.wire.failover4 import (
    Control,
    Message,
    PoolRequest,
    PoolResponse,
    Unsupported,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
)
from dhcpserver.wire.failover6_bindings import BNDREPLY6, BNDUPD6, decode_ack6, decode_update6
from dhcpserver.wire.failover6_frame import HEADER_LENGTH, Extra, frame, pack_extra, read_extra, sent_time

FAMILY: Final = 6

_PLAIN: Final[Mapping[int, type[PoolRequest | UpdateRequest | UpdateRequestAll | UpdateDone]]] = {
    26: PoolRequest,
    28: UpdateRequest,
    29: UpdateRequestAll,
    30: UpdateDone,
}
_POOLRESP: Final = 27
_NUMBERS: Final[Mapping[type[Control], int]] = {
    PoolRequest: 26,
    PoolResponse: _POOLRESP,
    UpdateRequest: 28,
    UpdateRequestAll: 29,
    UpdateDone: 30,
}


def encode6(message: Control, time: int) -> bytes:
    """Return the frame of a pool request, an update request or their answers, sent at `time`.

    Raises WireError for a message of the relationship, which draft-12 has.
    """
    number = _NUMBERS.get(type(message))
    if number is None:
        raise WireError(f"{type(message).__name__} is not sent as an RFC 8156 message")
    options = b""
    if isinstance(message, PoolResponse) and message.transferred is not None:
        options = pack_extra({Extra.TRANSFERRED: message.transferred})
    return frame(number, message.xid, time, options)


def decode6(data: bytes) -> Message:
    """Return the message of one complete frame, its two octets of size included. Raises WireError."""
    if len(data) < HEADER_LENGTH:
        raise TruncatedError(f"{len(data)} octets; the header of an RFC 8156 message has {HEADER_LENGTH}")
    size = int.from_bytes(data[:2], "big")
    if size + 2 != len(data):
        raise WireError(f"the header has the size {size}, but {len(data) - 2} octets follow it")
    number = data[2]
    xid = int.from_bytes(data[3:6], "big")
    time = sent_time(data[6:10])
    if number == BNDUPD6:
        return decode_update6(data, xid, time)
    if number == BNDREPLY6:
        return decode_ack6(data, xid, time)
    options = read_options(data, HEADER_LENGTH)
    kind = _PLAIN.get(number)
    if kind is not None:
        return kind(xid, time, FAMILY)
    if number == _POOLRESP:
        extra = read_extra(first(options, o6.VENDOR_OPTIONS) or b"")
        return PoolResponse(xid, time, extra.get(Extra.TRANSFERRED), FAMILY)
    return Unsupported(number, xid)
