"""BNDUPD and BNDREPLY of RFC 8156: one binding of an address or a prefix each.

The binding is in CLIENT_DATA, as in a leasequery:

    LQ_BASE_TIME                        the time that CLT_TIME counts from
    CLIENT_DATA
        CLIENTID
        IA_NA, IA_TA or IA_PD
            IAADDR or IAPREFIX          with the lifetimes that the client has
                F_BINDING_STATUS, F_START_TIME_OF_STATE, F_STATE_EXPIRATION_TIME, F_PARTNER_LIFETIME, CLT_TIME
        CLIENT_LINKLAYER_ADDR, LQ_RELAY_DATA, CLIENT_FQDN
    VENDOR_OPTS                         what RFC 8156 lacks (`failover6_frame.Extra`)

A lease without a client has no CLIENTID and no IA: its IAADDR or IAPREFIX is in CLIENT_DATA itself. Decoding accepts
the options in any order, and each at any of these levels.

The classes are those of draft-12 (`failover4_bindings`), with its numbers of status and reject reasons and with Unix
seconds, so that the layers above have one set of each. The address of a binding is the key of the lease book
(`dhcpserver.leases.keys`), with the family and the length of a prefix in it. BNDREPLY repeats status, state-expiration
and partner-lifetime as they were received, and the client and the lease.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Final

from dhcpserver.limits import INFINITE_SECONDS, MAXIMUM_RELAY_DATA
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.clientnames import NO_NAMES, ClientNames, read_names
from dhcpserver.wire.dhcp6ia import ADDRESS_BITS
from dhcpserver.wire.dhcp6options import StatusCode, pack_option, read_options
from dhcpserver.wire.errors import TruncatedError, WireError
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.failover6_frame import (
    HEADER_LENGTH,
    LONGEST_XID,
    Extra,
    frame,
    from_wire,
    pack_extra,
    read_extra,
    to_wire,
)

BNDUPD6: Final = 24
BNDREPLY6: Final = 25
ADDRESS_KEY: Final = 1
"""The number above the 128 bits of an IPv6 address in its key."""
PREFIX_KEY: Final = 2
"""The same for a prefix, with its length added."""

_BINDING_STATUS: Final = 114
_PARTNER_LIFETIME: Final = 123
_PARTNER_LIFETIME_SENT: Final = 124
_EXPIRATION_TIME: Final = 120
_RAW_CLT_TIME: Final = 126
_START_OF_STATE: Final = 133
_STATE_EXPIRATION: Final = 134
_BASE_TIME: Final = 100

_TO_WIRE: Final = {0: 0, 1: 5, 2: 1, 3: 2, 4: 3, 5: 7, 6: 8, 7: 6}
"""Status of draft-12 to binding-status: none, FREE, ACTIVE, EXPIRED, RELEASED, ABANDONED, RESET, BACKUP."""
_FROM_WIRE: Final = {wire: status for status, wire in _TO_WIRE.items()} | {4: 1}
"""PENDING-FREE is FREE: both servers have agreed that no client has the lease."""

_TO_STATUS: Final = {
    1: StatusCode.CONFIGURATION_CONFLICT,
    2: StatusCode.ADDRESS_IN_USE,
    3: StatusCode.MISSING_BINDING_INFORMATION,
    4: StatusCode.EXCESSIVE_TIME_SKEW,
    14: StatusCode.NOT_SUPPORTED,
    15: StatusCode.OUTDATED_BINDING_INFORMATION,
    16: StatusCode.OUTDATED_BINDING_INFORMATION,
    19: StatusCode.CONFIGURATION_CONFLICT,
}
"""Reject reason of draft-12 to status code. A reason that is not here is sent as UnspecFail."""
_TO_REJECT: Final = {
    StatusCode.CONFIGURATION_CONFLICT: 1,
    StatusCode.ADDRESS_IN_USE: 2,
    StatusCode.MISSING_BINDING_INFORMATION: 3,
    StatusCode.EXCESSIVE_TIME_SKEW: 4,
    StatusCode.NOT_SUPPORTED: 14,
    StatusCode.OUTDATED_BINDING_INFORMATION: 15,
}
_OTHER_REASON: Final = 6

_OPTION = struct.Struct("!HH")
_OPTION_U32 = struct.Struct("!HHI")
_STATE = struct.Struct("!HHBHHIHHIHHI")
_ECHO = struct.Struct("!HHBHHIHHI")
_ADDRESS = struct.Struct("!HHQQII")
_PREFIX = struct.Struct("!HHIIBQQ")
_ADDRESS_DATA = struct.Struct("!QQII")
_PREFIX_DATA = struct.Struct("!IIBQQ")
_HALF: Final = 0xFFFFFFFFFFFFFFFF


def encode_update6(
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
    ia: bytes = b"",
    preferred: int = 0,
    expiration: int = 0,
) -> bytes:
    """Return the frame of a BNDUPD. `cltt` 0, `flags` 0, an empty `hardware` and None are left out.

    `address` is a key; `ia`, `preferred` and `expiration` are as in `BindingUpdate`. A name that is too long for an
    option is left out, and so are relay data of more than MAXIMUM_RELAY_DATA octets.
    """
    inside = _STATE.pack(
        *(_BINDING_STATUS, 1, _TO_WIRE[status]),
        *(_START_OF_STATE, 4, to_wire(sos)),
        *(_STATE_EXPIRATION, 4, to_wire(state_exp)),
        *(_PARTNER_LIFETIME, 4, to_wire(potential)),
    )
    top = b""
    if cltt:
        base = max(time, cltt)
        top = _OPTION_U32.pack(_BASE_TIME, 4, to_wire(base))
        inside += _OPTION_U32.pack(o6.CLT_TIME, 4, base - cltt)
    if expiration:
        inside += _OPTION_U32.pack(_EXPIRATION_TIME, 4, to_wire(expiration))
    more = b""
    if hardware:
        more = pack_option(o6.CLIENT_LINK_LAYER_ADDRESS, b"\0" + hardware)
    if relay_info is not None and len(relay_info) <= MAXIMUM_RELAY_DATA:
        more += pack_option(o6.LQ_RELAY_DATA, relay_info)
    if names is not NO_NAMES:
        more += _pack_names(names)
    begin = cltt or time
    lifetime = _lifetime(preferred, begin)
    extra: dict[Extra, int] = {}
    if xid > LONGEST_XID:
        extra[Extra.NUMBER] = xid
    if flags:
        extra[Extra.FLAGS] = flags
    if _end(lifetime, begin) != preferred:
        extra[Extra.PREFERRED] = preferred
    data = _client_data(address, client_id, ia, lifetime, _lifetime(state_exp, begin), inside, more)
    return frame(BNDUPD6, xid, time, top + data + (pack_extra(extra) if extra else b""))


def acknowledge6(update: BindingUpdate, time: int, reject: int | None = None, message: str = "") -> bytes:
    """Return the frame of the BNDREPLY to a received update; with `reject` it is a refusal."""
    inside = update.body or _echo(update.status, update.state_exp, update.potential)
    if reject is not None:
        code = _TO_STATUS.get(reject, StatusCode.UNSPEC_FAIL)
        inside += o6.pack_status(code, message.encode("utf-8")[:256].decode("utf-8", "ignore"))
    data = _client_data(update.address, update.client_id, update.ia, 0, 0, inside, b"")
    return frame(BNDREPLY6, update.xid, time, data)


def _echo(status: int, state_exp: int, potential: int) -> bytes:
    """Return what a BNDREPLY repeats of the update, in the lease."""
    return _ECHO.pack(
        *(_BINDING_STATUS, 1, _TO_WIRE[status]),
        *(_STATE_EXPIRATION, 4, to_wire(state_exp)),
        *(_PARTNER_LIFETIME_SENT, 4, to_wire(potential)),
    )


def _lifetime(end: int, begin: int) -> int:
    """Return the seconds from the last transaction of the client to an end."""
    return end if end == INFINITE_SECONDS else max(end - begin, 0)


def _end(lifetime: int, begin: int) -> int:
    """Return the end of a lifetime, 0 for none."""
    return lifetime if lifetime in (0, INFINITE_SECONDS) else min(begin + lifetime, INFINITE_SECONDS)


def _pack_names(names: ClientNames) -> bytes:
    """Return CLIENT_FQDN; nothing for a name that is not labels of 1 to 63 octets, which no client can send."""
    labels = tuple(label.encode() for label in names.fqdn.split("."))
    if any(not 0 < len(label) < 64 for label in labels):
        return b""
    return pack_option(o6.CLIENT_FQDN, dhcp6values.pack_fqdn(dhcp6values.Fqdn(0, labels, complete=True)))


def _client_data(
    address: int, client_id: bytes | None, ia: bytes, preferred: int, valid: int, inside: bytes, more: bytes
) -> bytes:
    """Return CLIENT_DATA with the client and its lease, which has the options `inside`."""
    mark, high, low = address >> ADDRESS_BITS, address >> 64 & _HALF, address & _HALF
    if mark == ADDRESS_KEY:
        lease = _ADDRESS.pack(o6.IA_ADDRESS, 24 + len(inside), high, low, preferred, valid) + inside
    elif mark:
        lease = _PREFIX.pack(o6.IA_PREFIX, 25 + len(inside), preferred, valid, mark - PREFIX_KEY, high, low) + inside
    else:
        lease = inside  # The update that is acknowledged had no lease.
    if ia:
        number = ia[1:] if ia[0] == o6.IA_TA else ia[1:] + bytes(8)
        lease = _OPTION.pack(ia[0], len(number) + len(lease)) + number + lease
    if client_id is not None:
        lease = _OPTION.pack(o6.CLIENT_ID, len(client_id)) + client_id + lease
    return pack_option(o6.CLIENT_DATA, lease + more)


def decode_update6(data: bytes, xid: int, time: int) -> BindingUpdate:
    """Return the BNDUPD of a frame. Raises WireError."""
    update = BindingUpdate(xid, time)
    update.family = 6
    _Reader(update).read(data)
    update.body = _echo(update.status, update.state_exp, update.potential)
    return update


def decode_ack6(data: bytes, xid: int, time: int) -> BindingAck:
    """Return the BNDREPLY of a frame; its `potential` is the partner-lifetime-sent. Raises WireError."""
    ack = BindingAck(xid, time)
    reader = _Reader(ack)
    reader.read(data)
    if reader.status is not None and reader.status.code:
        ack.reject = _TO_REJECT.get(reader.status.code, _OTHER_REASON)  # type: ignore[call-overload]
        ack.message = reader.status.message
    return ack


class _Reader:
    """Reads the options of one binding into an update, at all levels."""

    def __init__(self, update: BindingUpdate) -> None:
        self._update = update
        self._base = 0
        self._level = 0
        self._age: int | None = None
        self._raw_contact = 0
        self._preferred = 0
        self._extra: dict[int, int] = {}
        self.status: o6.Status | None = None

    def read(self, data: bytes) -> None:
        """Read a frame."""
        self._options(data, HEADER_LENGTH)
        update, extra = self._update, self._extra
        if self._age is not None:
            update.cltt = ((self._base or update.time) - self._age) & 0xFFFFFFFF
        update.cltt = max(update.cltt, self._raw_contact)
        update.preferred = extra.get(Extra.PREFERRED, _end(self._preferred, update.cltt or update.time))
        update.flags = extra.get(Extra.FLAGS, 0)
        update.xid = extra.get(Extra.NUMBER, update.xid)

    def _options(self, data: bytes, start: int) -> None:
        """Read the options of one level. Raises WireError if there are too many levels."""
        self._level += 1
        if self._level > _MOST_LEVELS:
            raise WireError(f"a binding in more than {_MOST_LEVELS} levels of options")
        update = self._update
        for code, value in read_options(data, start):
            if code in _TIMES:
                if len(value) == 4:
                    setattr(update, _TIMES[code], from_wire(int.from_bytes(value, "big")))
            elif code in _LEVELS:
                _LEVELS[code](self, value)
            elif code == _BINDING_STATUS:
                update.status = _FROM_WIRE.get(value[0], 0) if len(value) == 1 else 0
            elif code == o6.CLIENT_ID:
                update.client_id = value
            elif code == o6.CLT_TIME and len(value) == 4:
                self._age = int.from_bytes(value, "big")
            elif code == _RAW_CLT_TIME and len(value) == 4:
                self._raw_contact = from_wire(int.from_bytes(value, "big"))
            elif code == _BASE_TIME and len(value) == 4:
                self._base = from_wire(int.from_bytes(value, "big"))
            elif code == o6.CLIENT_LINK_LAYER_ADDRESS:
                update.hardware = value[1:] if len(value) > 1 and not value[0] else b""
            elif code == o6.LQ_RELAY_DATA:
                update.relay_info = value
            elif code == o6.CLIENT_FQDN and value:
                update.names = read_names(None, _FQDN4_HEAD + value[1:])
            elif code == o6.STATUS_CODE:
                self.status = self.status or o6.status_of(((code, value),))
            elif code == o6.VENDOR_OPTIONS:
                self._extra = read_extra(value) or self._extra
        self._level -= 1

    def _client(self, value: bytes) -> None:
        self._options(value, 0)

    def _association(self, code: int, start: int, value: bytes) -> None:
        if len(value) < start:
            raise TruncatedError(f"an identity association of {len(value)} octets; at least {start}")
        self._update.ia = bytes((code,)) + value[:4]
        self._options(value, start)

    def _address(self, value: bytes) -> None:
        self._check_lease(value, _ADDRESS_DATA.size)
        high, low, self._preferred, _ = _ADDRESS_DATA.unpack_from(value)
        self._update.address = ADDRESS_KEY << ADDRESS_BITS | high << 64 | low
        self._options(value, _ADDRESS_DATA.size)

    def _prefix(self, value: bytes) -> None:
        self._check_lease(value, _PREFIX_DATA.size)
        self._preferred, _, length, high, low = _PREFIX_DATA.unpack_from(value)
        if not 0 < length <= ADDRESS_BITS:
            raise WireError(f"prefix length {length}; expected 1 to {ADDRESS_BITS}")
        host = ADDRESS_BITS - length
        self._update.address = PREFIX_KEY + length << ADDRESS_BITS | (high << 64 | low) >> host << host
        self._options(value, _PREFIX_DATA.size)

    def _check_lease(self, value: bytes, size: int) -> None:
        if self._update.address:
            raise WireError("two leases in one binding")
        if len(value) < size:
            raise TruncatedError(f"a lease of {len(value)} octets; at least {size}")


_MOST_LEVELS: Final = 4
"""The message, CLIENT_DATA, the identity association, the lease."""
_FQDN4_HEAD: Final = b"\x04\xff\xff"
"""The head of option 81 with a name in labels: `clientnames` reads the same names for both families."""
_TIMES: Final = {
    _EXPIRATION_TIME: "expiration",
    _PARTNER_LIFETIME: "potential",
    _PARTNER_LIFETIME_SENT: "potential",
    _START_OF_STATE: "sos",
    _STATE_EXPIRATION: "state_exp",
}
_LEVELS: Final[Mapping[int, Callable[[_Reader, bytes], None]]] = {
    o6.CLIENT_DATA: _Reader._client,
    o6.IA_NA: lambda reader, value: reader._association(o6.IA_NA, 12, value),
    o6.IA_TA: lambda reader, value: reader._association(o6.IA_TA, 4, value),
    o6.IA_PD: lambda reader, value: reader._association(o6.IA_PD, 12, value),
    o6.IA_ADDRESS: _Reader._address,
    o6.IA_PREFIX: _Reader._prefix,
}
"""The options that have options inside."""
