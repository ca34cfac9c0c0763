"""BNDUPD and BNDREPLY of RFC 8156: one binding of an address or a prefix each.

The binding is in CLIENT_DATA, as in a leasequery:

    LQ_BASE_TIME                        the time that CLT_TIME counts from
    CLIENT_DATA
        CLIENTID
        IA_NA, IA_TA or IA_PD
            IAADDR or IAPREFIX          with the lifetimes that the client has
                status and times        binding-status, start-time-of-state, state-expiration-time, partner-lifetime,
                                        CLT_TIME, partner-raw-clt-time, expiration-time
        LQ_RELAY_DATA, CLIENT_FQDN, F_RECONFIGURE_DATA
    VENDOR_OPTS                         what RFC 8156 lacks; see `Extra`

A lease without a client has no CLIENTID and no IA: its IAADDR or IAPREFIX is in CLIENT_DATA itself. Decoding accepts
the options in any order, and each at any of these levels.

Times are Unix seconds here and seconds from 2000 on the wire. Status and reject reasons have the numbers of draft-12
here, as in `failover4_bindings`, so that the layers above have one set of each.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Final

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.clientnames import NO_NAMES, ClientNames, read_names
from dhcpserver.wire.dhcp6ia import ADDRESS_BITS, IAKind
from dhcpserver.wire.dhcp6options import StatusCode, pack_option, read_options
from dhcpserver.wire.errors import TruncatedError, WireError
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
MAXIMUM_RELAY_DATA: Final = 4096
"""Octets of relay data in an update. Longer data are left out; the lease itself is what matters."""
_BINDING_STATUS: Final = 114
_EXPIRATION_TIME: Final = 120
_PARTNER_LIFETIME: Final = 123
_PARTNER_LIFETIME_SENT: Final = 124
_RAW_CLT_TIME: Final = 126
_RECONFIGURE_DATA: Final = 129
_START_OF_STATE: Final = 133
_STATE_EXPIRATION: Final = 134
_BASE_TIME: Final = 100

_TO_WIRE: Final = {1: 5, 2: 1, 3: 2, 4: 3, 5: 7, 6: 8, 7: 6}
"""Status of draft-12 to binding-status: FREE, ACTIVE, EXPIRED, RELEASED, ABANDONED, RESET, BACKUP."""
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

_OPTION_U32 = struct.Struct("!HHI")
_STATE = struct.Struct("!HHBHHIHHIHHI")
_ADDRESS = struct.Struct("!HHQQII")
_PREFIX = struct.Struct("!HHIIBQQ")
_IA = struct.Struct("!HHIII")
_IA_TA = struct.Struct("!HHI")
_HALF: Final = 0xFFFFFFFFFFFFFFFF


class BindingUpdate6:
    """BNDUPD for DHCPv6.

    Attributes:
        xid: transaction ID; more than 24 bits are sent in `Extra`.
        time: when it was sent.
        kind: NA, TA or PD; an address without a client is NA.
        address, length: the address and 128, or the prefix and its length; the length is 0 if there is none.
        status: binding status by the numbers of draft-12; 0 if it is absent or unknown.
        client_id: the DUID, None without a client.
        iaid: of the identity association, 0 without a client.
        preferred, valid: the lifetimes that the client received, in seconds.
        state_exp: when the state ends; for ACTIVE the end of the valid lifetime.
        potential: until when the partner treats the lease as leased (partner-lifetime).
        sos: start time of the state.
        cltt: last transaction of the client with the sender; raw_clt: with the receiver, as it was received.
        expiration: the greatest partner-lifetime that the sender acknowledged.
        flags: RESERVED_FLAG of draft-12.
        relay_data: data of LQ_RELAY_DATA, None without a relay.
        names: the name that the client sent, NO_NAMES without one.
        reconfigure: data of F_RECONFIGURE_DATA (time and key), None without one.
    """

    __slots__ = (
        "address",
        "client_id",
        "cltt",
        "expiration",
        "flags",
        "iaid",
        "kind",
        "length",
        "names",
        "potential",
        "preferred",
        "raw_clt",
        "reconfigure",
        "relay_data",
        "sos",
        "state_exp",
        "status",
        "time",
        "valid",
        "xid",
    )

    def __init__(self, xid: int = 0, time: int = 0) -> None:
        self.xid = xid
        self.time = time
        self.kind = IAKind.NA
        self.address = 0
        self.length = 0
        self.status = 0
        self.client_id: bytes | None = None
        self.iaid = 0
        self.preferred = 0
        self.valid = 0
        self.state_exp = 0
        self.potential = 0
        self.sos = 0
        self.cltt = 0
        self.raw_clt = 0
        self.expiration = 0
        self.flags = 0
        self.relay_data: bytes | None = None
        self.names = NO_NAMES
        self.reconfigure: bytes | None = None


class BindingAck6(BindingUpdate6):
    """BNDREPLY: the client, the lease, its status and `state_exp`, and the partner-lifetime as `potential`.

    Attributes:
        reject: reject reason by the numbers of draft-12, None if the update was accepted.
        message: the reason as text.
    """

    __slots__ = ("message", "reject")

    def __init__(self, xid: int = 0, time: int = 0) -> None:
        super().__init__(xid, time)
        self.reject: int | None = None
        self.message = ""


def encode_update(update: BindingUpdate6, time: int) -> bytes:
    """Return the frame of a BNDUPD that is sent at `time`. Times that are 0 and absent data are left out."""
    inside = _STATE.pack(
        *(_BINDING_STATUS, 1, _TO_WIRE[update.status]),
        *(_START_OF_STATE, 4, to_wire(update.sos)),
        *(_STATE_EXPIRATION, 4, to_wire(update.state_exp)),
        *(_PARTNER_LIFETIME, 4, to_wire(update.potential)),
    )
    top = b""
    if update.cltt:
        base = max(time, update.cltt)
        top = _OPTION_U32.pack(_BASE_TIME, 4, to_wire(base))
        inside += _OPTION_U32.pack(o6.CLT_TIME, 4, base - update.cltt)
    if update.raw_clt:
        inside += _OPTION_U32.pack(_RAW_CLT_TIME, 4, to_wire(update.raw_clt))
    if update.expiration:
        inside += _OPTION_U32.pack(_EXPIRATION_TIME, 4, to_wire(update.expiration))
    more = b""
    if update.relay_data is not None and len(update.relay_data) <= MAXIMUM_RELAY_DATA:
        more += pack_option(o6.LQ_RELAY_DATA, update.relay_data)
    if update.names is not NO_NAMES:
        more += _pack_names(update.names)
    if update.reconfigure is not None:
        more += pack_option(_RECONFIGURE_DATA, update.reconfigure)
    return frame(BNDUPD6, update.xid, time, top + _client_data(update, inside, more) + _extra(update))


def acknowledge(update: BindingUpdate6, time: int, reject: int | None = None, message: str = "") -> bytes:
    """Return the frame of the BNDREPLY to a received update; with `reject` it is a refusal."""
    inside = struct.pack("!HHB", _BINDING_STATUS, 1, _TO_WIRE.get(update.status, 0))
    inside += _OPTION_U32.pack(_STATE_EXPIRATION, 4, to_wire(update.state_exp))
    inside += _OPTION_U32.pack(_PARTNER_LIFETIME_SENT, 4, to_wire(update.potential))
    if reject is not None:
        code = _TO_STATUS.get(reject, StatusCode.UNSPEC_FAIL)
        inside += o6.pack_status(code, message.encode("utf-8")[:256].decode("utf-8", "ignore"))
    return frame(BNDREPLY6, update.xid, time, _client_data(update, inside, b"") + _extra(update))


def _extra(update: BindingUpdate6) -> bytes:
    if update.xid <= LONGEST_XID and not update.flags:
        return b""
    found = {Extra.NUMBER: update.xid} if update.xid > LONGEST_XID else {}
    if update.flags:
        found[Extra.FLAGS] = update.flags
    return pack_extra(found)


def _pack_names(names: ClientNames) -> bytes:
    """Return CLIENT_FQDN; nothing for a name that is not labels of 1 to 63 octets, which no client can send."""
    labels = tuple(label.encode() for label in names.fqdn.split("."))
    if any(not 0 < len(label) < 64 for label in labels):
        return b""
    return pack_option(o6.CLIENT_FQDN, dhcp6values.pack_fqdn(dhcp6values.Fqdn(0, labels, complete=True)))


def _client_data(update: BindingUpdate6, inside: bytes, more: bytes) -> bytes:
    """Return CLIENT_DATA with the client and its lease, which has the options `inside`."""
    address = update.address
    high, low = address >> 64, address & _HALF
    if not update.length:
        lease = b""  # The update that is acknowledged had none.
    elif update.kind is IAKind.PD:
        lease = _PREFIX.pack(o6.IA_PREFIX, 25 + len(inside), update.preferred, update.valid, update.length, high, low)
    else:
        lease = _ADDRESS.pack(o6.IA_ADDRESS, 24 + len(inside), high, low, update.preferred, update.valid)
    lease += inside
    if update.client_id is None:
        return pack_option(o6.CLIENT_DATA, lease + more)
    if update.kind is IAKind.TA:
        head = _IA_TA.pack(o6.IA_TA, 4 + len(lease), update.iaid)
    else:
        head = _IA.pack(update.kind, 12 + len(lease), update.iaid, 0, 0)
    return pack_option(o6.CLIENT_DATA, pack_option(o6.CLIENT_ID, update.client_id) + head + lease + more)


def decode_update(data: bytes, xid: int, time: int) -> BindingUpdate6:
    """Return the BNDUPD of a frame. Raises WireError."""
    update = BindingUpdate6(xid, time)
    _Reader(update).read(data)
    return update


def decode_ack(data: bytes, xid: int, time: int) -> BindingAck6:
    """Return the BNDREPLY of a frame. Raises WireError."""
    ack = BindingAck6(xid, time)
    reader = _Reader(ack)
    reader.read(data)
    if reader.status is not None and reader.status.code:
        ack.reject = _TO_REJECT.get(reader.status.code, _OTHER_REASON)  # type: ignore[call-overload]
        ack.message = reader.status.message
    return ack


class _Reader:
    """Reads the options of one binding into an update, at all levels."""

    def __init__(self, update: BindingUpdate6) -> None:
        self._update = update
        self._base = 0
        self._level = 0
        self._client_age: int | None = None
        self.status: o6.Status | None = None

    def read(self, data: bytes) -> None:
        """Read a frame."""
        self._options(data, HEADER_LENGTH)
        if self._client_age is not None:
            base = self._base or self._update.time
            self._update.cltt = (base - self._client_age) & 0xFFFFFFFF

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
                self._client_age = int.from_bytes(value, "big")
            elif code == _BASE_TIME and len(value) == 4:
                self._base = from_wire(int.from_bytes(value, "big"))
            elif code == o6.LQ_RELAY_DATA:
                update.relay_data = value
            elif code == o6.CLIENT_FQDN and value:
                update.names = read_names(None, _FQDN4_HEAD + value[1:])
            elif code == _RECONFIGURE_DATA:
                update.reconfigure = value
            elif code == o6.STATUS_CODE:
                self.status = self.status or o6.status_of(((code, value),))
            elif code == o6.VENDOR_OPTIONS:
                found = read_extra(value)
                update.flags = found.get(Extra.FLAGS, update.flags)
                update.xid = found.get(Extra.NUMBER, update.xid)
        self._level -= 1

    def _client(self, value: bytes) -> None:
        self._options(value, 0)

    def _association(self, kind: IAKind, start: int, value: bytes) -> None:
        if len(value) < start:
            raise TruncatedError(f"IA_{kind.name} of {len(value)} octets; at least {start}")
        self._update.iaid = int.from_bytes(value[:4], "big")
        self._options(value, start)
        self._update.kind = kind

    def _lease(self, kind: IAKind, start: int, value: bytes) -> None:
        update = self._update
        if update.length or len(value) < start:
            raise WireError("two leases in one binding" if update.length else f"a lease of {len(value)} octets")
        update.kind = kind
        if kind is IAKind.PD:
            update.preferred, update.valid, update.length, high, low = _PREFIX_DATA.unpack_from(value)
            if not 0 < update.length <= ADDRESS_BITS:
                raise WireError(f"prefix length {update.length}; expected 1 to {ADDRESS_BITS}")
            host = ADDRESS_BITS - update.length
            update.address = (high << 64 | low) >> host << host
        else:
            high, low, update.preferred, update.valid = _ADDRESS_DATA.unpack_from(value)
            update.address, update.length = high << 64 | low, ADDRESS_BITS
        self._options(value, start)


_ADDRESS_DATA = struct.Struct("!QQII")
_PREFIX_DATA = struct.Struct("!IIBQQ")
_MOST_LEVELS: Final = 4
"""The message, CLIENT_DATA, the identity association, the lease."""
_FQDN4_HEAD: Final = b"\x04\xff\xff"
"""The head of option 81 with a name in labels: `clientnames` reads the same names for both families."""
_TIMES: Final = {
    _EXPIRATION_TIME: "expiration",
    _PARTNER_LIFETIME: "potential",
    _PARTNER_LIFETIME_SENT: "potential",
    _RAW_CLT_TIME: "raw_clt",
    _START_OF_STATE: "sos",
    _STATE_EXPIRATION: "state_exp",
}
_LEVELS: Final[Mapping[int, Callable[[_Reader, bytes], None]]] = {
    o6.CLIENT_DATA: _Reader._client,
    o6.IA_NA: lambda reader, value: reader._association(IAKind.NA, 12, value),
    o6.IA_TA: lambda reader, value: reader._association(IAKind.TA, 4, value),
    o6.IA_PD: lambda reader, value: reader._association(IAKind.PD, 12, value),
    o6.IA_ADDRESS: lambda reader, value: reader._lease(IAKind.NA, 24, value),
    o6.IA_PREFIX: lambda reader, value: reader._lease(IAKind.PD, 25, value),
}
"""The options that have options inside."""
