"""The door to the failover encodings: the messages, and what an encoding offers for them.

`state`, `bindings` and `pools` import messages from here and never from `dhcpserver.wire`. The messages are plain data.
An `Encoding` turns them into frames: `draft12` for DHCPv4, `rfc8156` for DHCPv6.

Frames are read in `link`, by one reader for all encodings (`dhcpserver.wire.framing`). The messages of the relationship
(CONNECT, STATE, CONTACT, DISCONNECT) always use draft-12, so `link` encodes them itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from dhcpserver.wire.clientnames import NO_NAMES, ClientNames
from dhcpserver.wire.failover4 import (
    STARTUP_FLAG,
    Control,
    Message,
    PoolRequest,
    PoolResponse,
    Reject,
    StateReport,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
    Vendor,
    reason_text,
)
from dhcpserver.wire.failover4_bindings import BOOTP_FLAG, RESERVED_FLAG, BindingAck, BindingUpdate

__all__ = [
    "BOOTP_FLAG",
    "LONGEST_XID",
    "RESERVED_FLAG",
    "STARTUP_FLAG",
    "BindingAck",
    "BindingUpdate",
    "Control",
    "EncodeAck",
    "EncodeUpdate",
    "EncodeUpdate6",
    "Encoding",
    "Message",
    "PoolRequest",
    "PoolResponse",
    "Reject",
    "StateReport",
    "UpdateDone",
    "UpdateRequest",
    "UpdateRequestAll",
    "Vendor",
    "reason_text",
]


class EncodeUpdate(Protocol):
    """Encodes a binding update. Times are Unix seconds; 0, None and an empty `hardware` are left out."""

    def __call__(
        self,
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
        /,
    ) -> bytes:
        """Return the frame."""


class EncodeUpdate6(Protocol):
    """Encodes a binding update of DHCPv6.

    `ia`, `preferred`: as in Lease. `expiration`: the greatest potential expiration that was acknowledged.
    """

    def __call__(
        self,
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
        names: ClientNames,
        ia: bytes,
        preferred: int,
        expiration: int,
        /,
    ) -> bytes:
        """Return the frame."""


class EncodeAck(Protocol):
    """Encodes the acknowledgement of a received update; `reject` None accepts it."""

    def __call__(self, update: BindingUpdate, time: int, reject: int | None = None, message: str = "", /) -> bytes:
        """Return the frame."""


Update = TypeVar("Update")
LONGEST_XID = 0xFFFFFF
"""A transaction id of RFC 8156 has 24 bits."""


@dataclass(frozen=True, slots=True)
class Encoding(Generic[Update]):
    """How the messages about bindings and pools become frames.

    Attributes:
        name: for texts.
        encode: encodes an update request, its answer, a pool request or its answer; takes the message and the time.
        encode_update, encode_ack: encode a binding update and its acknowledgement. They are called for every lease
            change, so their users keep them as attributes.
    """

    name: str
    encode: Callable[[Control, int], bytes]
    encode_update: Update
    encode_ack: EncodeAck
