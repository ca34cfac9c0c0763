"""The messages of RFC 8156 that two Pairwatch servers exchange for DHCPv6: octets to typed messages and back.

Types 24 to 30: bindings (`failover6_bindings`), pool requests for delegated prefixes, and update requests. The
relationship itself (CONNECT, STATE, CONTACT, DISCONNECT) uses draft-12, so types 31 to 35 are not supported here.

The classes are those of `failover4` with a 6 in their names: a server that has both families needs both to be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6options import first, read_options
from dhcpserver.wire.errors import TruncatedError, WireError
from dhcpserver.wire.failover4 import Unsupported
from dhcpserver.wire.failover6_bindings import (
    BNDREPLY6,
    BNDUPD6,
    BindingAck6,
    BindingUpdate6,
    decode_ack,
    decode_update,
    encode_update,
)
from dhcpserver.wire.failover6_frame import HEADER_LENGTH, Extra, frame, pack_extra, read_extra, sent_time


@dataclass(frozen=True, slots=True)
class PoolRequest6:
    """The backup requests more prefixes."""

    xid: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True)
class PoolResponse6:
    """The answer to a pool request; `transferred` is the number of prefixes that will move, None if it is not sent."""

    xid: int = 0
    time: int = 0
    transferred: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateRequest6:
    """Request all DHCPv6 bindings that the sender has not acknowledged."""

    xid: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True)
class UpdateRequestAll6:
    """Request all DHCPv6 bindings."""

    xid: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True)
class UpdateDone6:
    """All requested DHCPv6 bindings have been sent and acknowledged."""

    xid: int = 0
    time: int = 0


Control6 = PoolRequest6 | PoolResponse6 | UpdateRequest6 | UpdateRequestAll6 | UpdateDone6
Message6 = Control6 | BindingUpdate6 | BindingAck6

_NUMBERS: Final[Mapping[type[Control6], int]] = {
    PoolRequest6: 26,
    PoolResponse6: 27,
    UpdateRequest6: 28,
    UpdateRequestAll6: 29,
    UpdateDone6: 30,
}
_PLAIN: Final[Mapping[int, type[PoolRequest6 | UpdateRequest6 | UpdateRequestAll6 | UpdateDone6]]] = {
    26: PoolRequest6,
    28: UpdateRequest6,
    29: UpdateRequestAll6,
    30: UpdateDone6,
}
_POOLRESP: Final = 27


def encode(message: Control6 | BindingUpdate6, time: int) -> bytes:
    """Return the frame of a message that is sent at `time`; `failover6_bindings.acknowledge` makes a BNDREPLY."""
    if isinstance(message, BindingUpdate6):
        return encode_update(message, time)
    options = b""
    if isinstance(message, PoolResponse6) and message.transferred is not None:
        options = pack_extra({Extra.TRANSFERRED: message.transferred})
    return frame(_NUMBERS[type(message)], message.xid, time, options)


def decode(data: bytes) -> Message6 | Unsupported:
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
        return decode_update(data, xid, time)
    if number == BNDREPLY6:
        return decode_ack(data, xid, time)
    options = read_options(data, HEADER_LENGTH)
    kind = _PLAIN.get(number)
    if kind is not None:
        return kind(xid, time)
    if number == _POOLRESP:
        extra = read_extra(first(options, o6.VENDOR_OPTIONS) or b"")
        return PoolResponse6(xid, time, extra.get(Extra.TRANSFERRED))
    return Unsupported(number, xid)
