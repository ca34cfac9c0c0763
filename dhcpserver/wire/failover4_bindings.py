"""BNDUPD and BNDACK of draft-12: one binding each, tens of thousands a second.

An encoded message has a fixed part of 49 octets (header, address, status, three times), which one `struct` call packs
and one unpacks, followed by the options that not every binding has. Decoding tries that layout first; it reads options
in any other order, as a foreign partner sends them, one by one.

A BNDACK repeats the options of its BNDUPD, so it is made from the received octets: a new header, the same options
without option 82 (which is in client-request-options), and a reject reason if the update is refused.
"""

import struct
from typing import Final

from dhcpserver.wire import options4
from dhcpserver.wire.clientnames import NO_NAMES, ClientNames, pack_names, read_names
from dhcpserver.wire.errors import TruncatedError, WireError

HEADER = struct.Struct("!HBBII")
HEADER_LENGTH: Final = 12
MAXIMUM_LENGTH: Final = 2048

RESERVED_FLAG: Final = 1
BOOTP_FLAG: Final = 2

_FIXED = struct.Struct("!HBBIIIIIBIIIIII")
_FIXED_LENGTH: Final = 49
_OPTION = struct.Struct("!HH")
_OPTION_U32 = struct.Struct("!HHI")
_ADDRESS: Final = 2 << 16 | 4
_STATUS: Final = 3 << 16 | 1
_STATE_EXP: Final = 13 << 16 | 4
_POTENTIAL: Final = 18 << 16 | 4
_SOS: Final = 25 << 16 | 4

_CLIENT_ID: Final = 4
_HARDWARE: Final = 5
_CLTT: Final = 6
_REQUEST_OPTIONS: Final = 8
_FLAGS: Final = 12
_MESSAGE: Final = 16
_REJECT: Final = 21
_RELAY_INFO: Final = 82
_NUMBERS: Final = {2: ("address", 4), 3: ("status", 1), 6: ("cltt", 4), 12: ("flags", 2), 13: ("state_exp", 4)} | {
    18: ("potential", 4),
    25: ("sos", 4),
}


def text(octets: bytes) -> str:
    """Return text of a partner, which can end with a NUL, and which is not always UTF-8."""
    return octets.rstrip(b"\0").decode("utf-8", "replace")


class BindingUpdate:
    """BNDUPD.

    Attributes:
        address: unsigned; 0 if the option is absent.
        status: binding status by the numbers of draft-12; 0 if absent.
        client_id: None if the client has none.
        hardware: htype octet and address; empty if absent.
        state_exp, potential, sos, cltt: Unix seconds, 0 if absent.
        flags: RESERVED_FLAG, BOOTP_FLAG.
        relay_info: option 82, None without it; for DHCPv6 the relay data.
        ia: the identity association of a DHCPv6 client (`dhcpserver.leases.lease.Lease.ia`); empty for DHCPv4.
        preferred: the end of the preferred lifetime of a DHCPv6 lease, 0 for DHCPv4.
        expiration: the greatest potential expiration that the sender has acknowledged; 0 in draft-12.
        family: 4 for DHCPv4, 6 for DHCPv6.
        names: the names that the client sent, NO_NAMES without them.
        body: the options as received, without client-request-options; an acknowledgement repeats them.
    """

    __slots__ = (
        "address",
        "body",
        "client_id",
        "cltt",
        "expiration",
        "family",
        "flags",
        "hardware",
        "ia",
        "names",
        "potential",
        "preferred",
        "relay_info",
        "sos",
        "state_exp",
        "status",
        "time",
        "xid",
    )

    def __init__(self, xid: int = 0, time: int = 0) -> None:
        self.xid = xid
        self.time = time
        self.address = 0
        self.status = 0
        self.client_id: bytes | None = None
        self.hardware = b""
        self.state_exp = 0
        self.potential = 0
        self.sos = 0
        self.cltt = 0
        self.flags = 0
        self.relay_info: bytes | None = None
        self.names = NO_NAMES
        self.ia = b""
        self.preferred = 0
        self.expiration = 0
        self.family = 4
        self.body = b""

    @property
    def key(self) -> bytes:
        """The client's key, as in the lease book."""
        if self.ia:
            return b"\2" + self.ia + (self.client_id or b"")
        return b"\1" + self.client_id if self.client_id else b"\0" + self.hardware


class BindingAck(BindingUpdate):
    """BNDACK: the fields of the update, and the reject reason (None if it was accepted)."""

    __slots__ = ("message", "reject")

    def __init__(self, xid: int = 0, time: int = 0) -> None:
        super().__init__(xid, time)
        self.reject: int | None = None
        self.message = ""


def encode_update(
    xid: int,
    time: int,
    address: int,
    status: int,
    client_id: bytes | None,
    hardware: bytes,
    state_exp: int,
    potential: int,
    sos: int,
    cltt: int,
    flags: int,
    relay_info: bytes | None,
    names: ClientNames = NO_NAMES,
) -> bytes:
    """Return the frame of a BNDUPD, without options for `cltt` 0, `flags` 0, an empty `hardware` and None.

    Names that make the frame too long are left out.
    """
    tail = _OPTION_U32.pack(_CLTT, 4, cltt) if cltt else b""
    if client_id is not None:
        tail += _OPTION.pack(_CLIENT_ID, len(client_id)) + client_id
    if hardware:
        tail += _OPTION.pack(_HARDWARE, len(hardware)) + hardware
    if flags:
        tail += struct.pack("!HHH", _FLAGS, 2, flags)
    packed = b"" if relay_info is None else _pack_relay_info(relay_info)
    if names is not NO_NAMES:
        packed_names = pack_names(names)
        if _FIXED_LENGTH + len(tail) + _OPTION.size + len(packed) + len(packed_names) <= MAXIMUM_LENGTH:
            packed += packed_names
    if packed:
        tail += _OPTION.pack(_REQUEST_OPTIONS, len(packed)) + packed
    return (
        _FIXED.pack(
            _FIXED_LENGTH + len(tail),
            3,
            HEADER_LENGTH,
            time,
            xid,
            _ADDRESS,
            address,
            _STATUS,
            status,
            _STATE_EXP,
            state_exp,
            _POTENTIAL,
            potential,
            _SOS,
            sos,
        )
        + tail
    )


def _pack_relay_info(relay_info: bytes) -> bytes:
    """Return option 82 as in a DHCP message; a long one in several instances (RFC 3396)."""
    if len(relay_info) < 256:
        return bytes((_RELAY_INFO, len(relay_info))) + relay_info
    parts = (relay_info[start : start + 255] for start in range(0, len(relay_info), 255))
    return b"".join(bytes((_RELAY_INFO, len(part))) + part for part in parts)


def acknowledge(update: BindingUpdate, time: int, reject: int | None = None, message: str = "") -> bytes:
    """Return the frame of the BNDACK to a received update; with `reject` it is a refusal."""
    body = update.body
    if reject is not None:
        octets = message.encode("utf-8")[:256]
        body += struct.pack("!HHB", _REJECT, 1, reject) + _OPTION.pack(_MESSAGE, len(octets)) + octets
    return HEADER.pack(HEADER_LENGTH + len(body), 4, HEADER_LENGTH, time, update.xid) + body


def encode_ack(ack: BindingAck, time: int) -> bytes:
    """Return the frame of a BNDACK from its fields."""
    echoed = BindingUpdate(ack.xid)
    echoed.body = encode_update(
        ack.xid,
        time,
        ack.address,
        ack.status,
        ack.client_id,
        ack.hardware,
        ack.state_exp,
        ack.potential,
        ack.sos,
        ack.cltt,
        ack.flags,
        None,
    )[HEADER_LENGTH:]
    return acknowledge(echoed, time, ack.reject, ack.message)


def decode_update(frame: bytes, offset: int, time: int, xid: int) -> BindingUpdate:
    """Return the BNDUPD of a frame; `offset` is the start of the options."""
    update = BindingUpdate(xid, time)
    _read(update, frame, offset)
    return update


def decode_ack(frame: bytes, offset: int, time: int, xid: int) -> BindingAck:
    """Return the BNDACK of a frame."""
    ack = BindingAck(xid, time)
    _read(ack, frame, offset)
    return ack


def _read(update: BindingUpdate, frame: bytes, offset: int) -> None:
    end = len(frame)
    position = offset
    if offset == HEADER_LENGTH and end >= _FIXED_LENGTH:
        _, _, _, _, _, a, address, b, status, c, state_exp, d, potential, e, sos = _FIXED.unpack_from(frame)
        if a == _ADDRESS and b == _STATUS and c == _STATE_EXP and d == _POTENTIAL and e == _SOS:
            update.address = address
            update.status = status
            update.state_exp = state_exp
            update.potential = potential
            update.sos = sos
            position = _FIXED_LENGTH
    parts = None
    body_start = offset
    while position < end:
        start = position
        if start + 4 > end:
            raise TruncatedError(f"option header at offset {start} of {end} octets is cut short")
        code, length = _OPTION.unpack_from(frame, start)
        position = start + 4 + length
        if position > end:
            raise TruncatedError(
                f"option {code} at offset {start} needs {length} octets, and {end - start - 4} are left"
            )
        if code == _HARDWARE:
            update.hardware = frame[start + 4 : position]
        elif code == _CLIENT_ID:
            update.client_id = frame[start + 4 : position]
        elif code == _CLTT and length == 4:
            update.cltt = int.from_bytes(frame[start + 4 : position], "big")
        elif code == _REQUEST_OPTIONS:
            found = _request_options(frame, start + 4, position)
            update.relay_info = found.get(_RELAY_INFO)
            update.names = read_names(found.get(options4.HOST_NAME), found.get(options4.CLIENT_FQDN))
            parts = (parts or b"") + frame[body_start:start]
            body_start = position
        elif code in _NUMBERS:
            name, size = _NUMBERS[code]
            if length == size:
                setattr(update, name, int.from_bytes(frame[start + 4 : position], "big"))
        elif isinstance(update, BindingAck):
            if code == _REJECT and length == 1:
                update.reject = frame[start + 4]
            elif code == _MESSAGE:
                update.message = text(frame[start + 4 : position])
    update.body = frame[body_start:] if parts is None else parts + frame[body_start:]


def _request_options(frame: bytes, position: int, end: int) -> dict[int, bytes]:
    """Return the DHCP options in client-request-options, which have one-octet codes and lengths."""
    found: dict[int, bytes] = {}
    while position + 2 <= end:
        code, length = frame[position], frame[position + 1]
        if position + 2 + length > end:
            raise WireError(
                f"client-request-options: option {code} needs {length} octets, and {end - position - 2} are left"
            )
        found[code] = found.get(code, b"") + frame[position + 2 : position + 2 + length]
        position += 2 + length
    return found
