"""The messages of draft-ietf-dhc-failover-12: octets to typed messages and back.

A frame is a header of twelve octets (length, type, payload offset, time, transaction ID) and options with a two-octet
code and a two-octet length. Control messages are rare, so each is a frozen class, and a table has its options. Binding
updates and their acknowledgements are frequent and are in `failover4_bindings`.

Two Pairwatch servers recognise each other by the vendor class. Option 29 (`Vendor`) has what draft-12 lacks, as options
of the same form inside of it. Other servers skip it.

The requests about bindings and pools have a family: 4 here, and 6 if they come as RFC 8156 messages (`failover6`).

Times are Unix seconds, also on the wire. Any octets result in a message or a WireError. Unknown options are skipped. A
known option with a wrong length counts as absent: the session then refuses the message with a reject reason, which
the partner can log, instead of closing the connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum

from dhcpserver.wire.errors import TruncatedError, WireError
from dhcpserver.wire.failover4_bindings import (
    HEADER,
    HEADER_LENGTH,
    MAXIMUM_LENGTH,
    BindingAck,
    BindingUpdate,
    decode_ack,
    decode_update,
    encode_ack,
    encode_update,
)
from dhcpserver.wire.failover4_options import DIGEST, TEXT, U8, U16, U32, Codec, pack, sized, unpack

PROTOCOL_VERSION = 1
NO_TLS = b"\0"
"""One octet, which ISC dhcpd requires; older drafts have two."""
VENDOR_PREFIX = "pairwatch-"
"""The start of the vendor class of a partner that supports `Vendor`."""
STARTUP_FLAG = 1
VENDOR_BLOCK_VERSION = 1
DHCPV4_FAMILY = 1
DHCPV6_FAMILY = 2
PREFIX_FAMILY = 4


class Reject(IntEnum):
    """Reject reasons (option 21)."""

    ILLEGAL_ADDRESS = 1
    FATAL_CONFLICT = 2
    MISSING_BINDING = 3
    TIME_MISMATCH = 4
    INVALID_MCLT = 5
    OTHER = 6
    DUPLICATE_CONNECTION = 7
    INVALID_PARTNER = 8
    TLS_UNSUPPORTED = 9
    TLS_UNCONFIGURED = 10
    TLS_REQUIRED = 11
    DIGEST_UNSUPPORTED = 12
    DIGEST_UNCONFIGURED = 13
    VERSION_MISMATCH = 14
    OUTDATED = 15
    LESS_CRITICAL = 16
    NO_TRAFFIC = 17
    HASH_BUCKETS = 18
    NOT_RESERVED = 19
    DIGEST_FAILURE = 20
    MISSING_DIGEST = 21
    UNKNOWN = 254


def reason_text(reason: int) -> str:
    """Return a reject reason as text: its name, or its number if it has none."""
    try:
        return Reject(reason).name.lower().replace("_", " ")
    except ValueError:
        return f"reason {reason}"


@dataclass(frozen=True, slots=True)
class Vendor:
    """What two Pairwatch servers exchange in addition to draft-12; None for an absent option.

    Attributes:
        version: of this block.
        families: bit 0 DHCPv4, bit 1 DHCPv6 addresses, bit 2 prefix delegation.
        role: 0 main, 1 backup.
        uid: sixteen octets, new with every fresh data directory.
        communicated: 1 if the sender has a record of earlier communications with the receiver.
        last_contact: when the sender last received a message from it, 0 for never.
        digest: pairs of configuration class and the first octets of a hash over it.
        load_balancing, backup_pct: its settings.
        partner_down_time: in STATE messages in PARTNER-DOWN.
        start: the number of the sender's present start.
        seen_start, seen_number: the receiver's last start that the sender received, and the number of an update in
            it: no update up to this number is missing in the sender's store.
        seen_last: the greatest number of an update in that start that the sender received.
        older_copy: in CONNECT and CONNECTACK 0: the sender handles this option in STATE; there 1 if the store of the
            receiver is an older copy, because the receiver has acknowledged later updates than it has.
        nonce: sixteen random octets in CONNECT and CONNECTACK, if a shared secret is used.
    """

    version: int | None = None
    families: int | None = None
    role: int | None = None
    uid: bytes | None = None
    communicated: int | None = None
    last_contact: int | None = None
    digest: tuple[tuple[int, bytes], ...] | None = None
    load_balancing: int | None = None
    backup_pct: int | None = None
    partner_down_time: int | None = None
    nonce: bytes | None = None
    start: int | None = None
    seen_start: int | None = None
    seen_number: int | None = None
    seen_last: int | None = None
    older_copy: int | None = None


@dataclass(frozen=True, slots=True)
class PoolRequest:
    """The backup requests more addresses."""

    xid: int = 0
    time: int = 0
    family: int = 4


@dataclass(frozen=True, slots=True)
class PoolResponse:
    """The answer to a pool request; `transferred` is the number of addresses that will move."""

    xid: int = 0
    time: int = 0
    transferred: int | None = None
    family: int = 4


@dataclass(frozen=True, slots=True)
class UpdateRequestAll:
    """Request all bindings."""

    xid: int = 0
    time: int = 0
    family: int = 4


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """Request all bindings that the sender has not acknowledged."""

    xid: int = 0
    time: int = 0
    family: int = 4


@dataclass(frozen=True, slots=True)
class UpdateDone:
    """All requested bindings have been sent and acknowledged."""

    xid: int = 0
    time: int = 0
    family: int = 4


@dataclass(frozen=True, slots=True)
class Connect:
    """The main's first message on a connection. `digest` is a message digest that was not checked."""

    xid: int = 0
    time: int = 0
    relationship: str | None = None
    max_unacked: int | None = None
    receive_timer: int | None = None
    vendor_class: str | None = None
    protocol_version: int | None = None
    tls_request: bytes | None = None
    mclt: int | None = None
    hash_buckets: bytes | None = None
    vendor: Vendor | None = None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class ConnectAck:
    """The backup's answer to CONNECT; with `reject` it is a refusal."""

    xid: int = 0
    time: int = 0
    relationship: str | None = None
    max_unacked: int | None = None
    receive_timer: int | None = None
    vendor_class: str | None = None
    protocol_version: int | None = None
    tls_reply: int | None = None
    reject: int | None = None
    message: str | None = None
    vendor: Vendor | None = None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class StateReport:
    """STATE: the sender's endpoint state and its start time; with STARTUP_FLAG the state that it will resume."""

    xid: int = 0
    time: int = 0
    state: int | None = None
    flags: int | None = None
    since: int | None = None
    vendor: Vendor | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Keeps the connection alive."""

    xid: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The sender closes the connection, with the reason."""

    xid: int = 0
    time: int = 0
    reject: int | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A message with a valid frame and a type that this server does not support."""

    type: int
    xid: int = 0


Control = (
    PoolRequest
    | PoolResponse
    | UpdateRequestAll
    | UpdateRequest
    | UpdateDone
    | Connect
    | ConnectAck
    | StateReport
    | Contact
    | Disconnect
)
Message = Control | BindingUpdate | BindingAck | Unsupported


_VENDOR_OPTIONS: Mapping[int, tuple[str, Codec]] = {
    1: ("version", U16),
    2: ("families", U8),
    3: ("role", U8),
    4: ("uid", sized(16)),
    5: ("communicated", U8),
    6: ("last_contact", U32),
    7: ("digest", DIGEST),
    8: ("load_balancing", U8),
    9: ("backup_pct", U8),
    10: ("partner_down_time", U32),
    11: ("nonce", sized(16)),
    12: ("start", U32),
    13: ("seen_start", U32),
    14: ("seen_number", U32),
    15: ("seen_last", U32),
    16: ("older_copy", U8),
}


def _unpack_vendor(octets: bytes) -> Vendor | None:
    try:
        return Vendor(**unpack(octets, 0, _VENDOR_OPTIONS))
    except WireError:
        return None


VENDOR = Codec(lambda vendor: pack(vendor, _VENDOR_OPTIONS), _unpack_vendor)

_OPTIONS: Mapping[str, tuple[int, Codec]] = {
    "transferred": (1, U32),
    "hash_buckets": (11, sized(32)),
    "max_unacked": (14, U32),
    "mclt": (15, U32),
    "message": (16, TEXT),
    "digest": (17, Codec(bytes, bytes)),
    "receive_timer": (19, U32),
    "protocol_version": (20, U8),
    "reject": (21, U8),
    "relationship": (22, TEXT),
    "flags": (23, U8),
    "state": (24, U8),
    "since": (25, U32),
    "tls_reply": (26, U8),
    "tls_request": (27, Codec(bytes, lambda octets: octets if len(octets) in (1, 2) else None)),
    "vendor_class": (28, TEXT),
    "vendor": (29, VENDOR),
}

_TYPES: Mapping[int, type[Control]] = {
    1: PoolRequest,
    2: PoolResponse,
    5: Connect,
    6: ConnectAck,
    7: UpdateRequestAll,
    8: UpdateDone,
    9: UpdateRequest,
    10: StateReport,
    11: Contact,
    12: Disconnect,
}
BNDUPD = 3
BNDACK = 4
_NUMBER = {kind: number for number, kind in _TYPES.items()}
_OPTIONS_OF: Mapping[type[Control], Mapping[int, tuple[str, Codec]]] = {
    kind: {
        _OPTIONS[field.name][0]: (field.name, _OPTIONS[field.name][1])
        for field in fields(kind)
        if field.name in _OPTIONS
    }
    for kind in _TYPES.values()
}


def encode(message: Control | BindingUpdate | BindingAck, time: int) -> bytes:
    """Return the frame of a message that is sent at `time`."""
    if isinstance(message, BindingAck):
        return encode_ack(message, time)
    if isinstance(message, BindingUpdate):
        return encode_update(
            message.xid,
            time,
            message.address,
            message.status,
            message.client_id,
            message.hardware,
            message.state_exp,
            message.potential,
            message.sos,
            message.cltt,
            message.flags,
            message.relay_info,
            message.names,
        )
    kind = type(message)
    options = pack(message, _OPTIONS_OF[kind])
    length = HEADER_LENGTH + len(options)
    if length > MAXIMUM_LENGTH:
        raise WireError(f"{kind.__name__} of {length} octets; at most {MAXIMUM_LENGTH}")
    return HEADER.pack(length, _NUMBER[kind], HEADER_LENGTH, time, message.xid) + options


def decode(frame: bytes) -> Message:
    """Return the message of one complete frame. Raises WireError."""
    if len(frame) < HEADER_LENGTH:
        raise TruncatedError(f"{len(frame)} octets; a failover header has {HEADER_LENGTH}")
    length, number, offset, time, xid = HEADER.unpack_from(frame)
    if length != len(frame):
        raise WireError(f"the header has the length {length}, but the frame has {len(frame)} octets")
    if not HEADER_LENGTH <= offset <= length:
        raise WireError(f"payload offset {offset}; expected {HEADER_LENGTH} to {length}")
    if number == BNDUPD:
        return decode_update(frame, offset, time, xid)
    if number == BNDACK:
        return decode_ack(frame, offset, time, xid)
    kind = _TYPES.get(number)
    if kind is None:
        raise WireError(f"message type {number}; draft-12 has 1 to 12")
    return kind(xid=xid, time=time, **unpack(frame, offset, _OPTIONS_OF[kind]))
