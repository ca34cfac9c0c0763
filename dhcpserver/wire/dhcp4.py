"""DHCPv4 and BOOTP messages (RFC 2131 section 2, RFC 951): octets to `Packet` and back.

Addresses are unsigned integers in host order, here and in all layers above: they index bitmaps and dictionaries, and
converting them to objects would take longer than the rest of parsing.
"""

import struct
from collections.abc import Iterable

from dhcpserver.wire import options4
from dhcpserver.wire.errors import TruncatedError, WireError

BOOTREQUEST = 1
BOOTREPLY = 2
BROADCAST_FLAG = 0x8000
MAGIC = b"\x63\x82\x53\x63"
MINIMUM_LENGTH = 300
"""A BOOTP message is at least this long (RFC 951); replies are padded to it."""
MAXIMUM_HOPS = 16
MAXIMUM_HARDWARE_LENGTH = 16

_HEADER = struct.Struct("!BBBBIHHIIII")
_REPLY = struct.Struct("!BBBBIHHIIII16s64s128s4s")
_OPTIONS_START = 240
_FILE = slice(108, 236)
_SNAME = slice(44, 108)


class Packet:
    """One DHCPv4 message.

    Attributes:
        op, htype, hlen, hops, xid, secs, flags: as in the header.
        ciaddr, yiaddr, siaddr, giaddr: addresses as unsigned integers, 0 for none.
        chaddr: the hardware address, `hlen` octets.
        options: code to data, instances concatenated (RFC 3396); empty for a BOOTP message without the magic cookie.
    """

    __slots__ = (
        "chaddr",
        "ciaddr",
        "flags",
        "giaddr",
        "hlen",
        "hops",
        "htype",
        "op",
        "options",
        "secs",
        "siaddr",
        "xid",
        "yiaddr",
    )

    def __init__(
        self,
        op: int,
        htype: int,
        hlen: int,
        hops: int,
        xid: int,
        secs: int,
        flags: int,
        ciaddr: int,
        yiaddr: int,
        siaddr: int,
        giaddr: int,
        chaddr: bytes,
        options: dict[int, bytes],
    ) -> None:
        self.op = op
        self.htype = htype
        self.hlen = hlen
        self.hops = hops
        self.xid = xid
        self.secs = secs
        self.flags = flags
        self.ciaddr = ciaddr
        self.yiaddr = yiaddr
        self.siaddr = siaddr
        self.giaddr = giaddr
        self.chaddr = chaddr
        self.options = options

    @property
    def message_type(self) -> int:
        """Option 53, or 0 for BOOTP."""
        value = self.options.get(options4.MESSAGE_TYPE)
        return value[0] if value else 0

    def address(self, code: int) -> int:
        """Return an option as an address, 0 if it is absent or does not have four octets."""
        value = self.options.get(code)
        return int.from_bytes(value, "big") if value is not None and len(value) == 4 else 0


def parse(data: bytes) -> Packet:
    """Parse one message. Any octets result in a Packet or a WireError."""
    if len(data) < 236:
        raise TruncatedError(f"{len(data)} octets; a BOOTP header has 236")
    op, htype, hlen, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr = _HEADER.unpack_from(data)
    if hlen > MAXIMUM_HARDWARE_LENGTH:
        raise WireError(f"hardware address length {hlen}; at most {MAXIMUM_HARDWARE_LENGTH}")
    if hops > MAXIMUM_HOPS:
        raise WireError(f"{hops} hops; at most {MAXIMUM_HOPS}")
    options: dict[int, bytes] = {}
    if data[236:240] == MAGIC:
        options4.read_options(data, _OPTIONS_START, options)
        overload = options.pop(options4.OVERLOAD, None)
        if overload:
            _overloaded(data, overload[0], options)
    return Packet(
        op, htype, hlen, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, data[28 : 28 + hlen], options
    )


def _overloaded(data: bytes, where: int, options: dict[int, bytes]) -> None:
    """Read the options in `file` (1), `sname` (2) or both (3), in that order (RFC 2131 section 4.1)."""
    if where & 1:
        options4.read_options(data[_FILE], 0, options)
    if where & 2:
        options4.read_options(data[_SNAME], 0, options)
    options.pop(options4.OVERLOAD, None)


def encode(packet: Packet, options: Iterable[tuple[int, bytes]] | None = None) -> bytes:
    """Return the octets of a message with `options` in that order, or those of the packet, padded to 300 octets."""
    packed = options4.pack(packet.options.items() if options is None else options)
    return encode_with(packet, packed)


def encode_with(packet: Packet, packed: bytes) -> bytes:
    """Return the same with options that are packed already (without END)."""
    octets = (
        _REPLY.pack(
            packet.op,
            packet.htype,
            packet.hlen,
            packet.hops,
            packet.xid,
            packet.secs,
            packet.flags,
            packet.ciaddr,
            packet.yiaddr,
            packet.siaddr,
            packet.giaddr,
            packet.chaddr,
            b"",
            b"",
            MAGIC,
        )
        + packed
        + b"\xff"
    )
    return octets if len(octets) >= MINIMUM_LENGTH else octets.ljust(MINIMUM_LENGTH, b"\0")


def encode_reply(
    request: Packet,
    ciaddr: int,
    yiaddr: int,
    siaddr: int,
    flags: int,
    packed: bytes,
    boot: bytes | None = None,
) -> bytes:
    """Return a BOOTREPLY to `request`: xid, giaddr and chaddr are copied, secs and hops are 0 (RFC 2131 table 3).

    `packed` is the options field without END; `boot` is `sname` and `file` together, 192 octets, or None.
    """
    octets = (
        _REPLY.pack(
            BOOTREPLY,
            request.htype,
            request.hlen,
            0,
            request.xid,
            0,
            flags,
            ciaddr,
            yiaddr,
            siaddr,
            request.giaddr,
            request.chaddr,
            b"" if boot is None else boot[:64],
            b"" if boot is None else boot[64:],
            MAGIC,
        )
        + packed
        + b"\xff"
    )
    return octets if len(octets) >= MINIMUM_LENGTH else octets.ljust(MINIMUM_LENGTH, b"\0")
