"""The encoding of RFC 8156, for the bindings of DHCPv6: addresses and delegated prefixes.

On the wire a binding has the kind of an identity association, an IAID and lifetimes. In the layers above, an address is
a key of the lease book, and a binding has the times of every lease. The functions here turn the one into the other.
"""

from dhcpserver.failover.codec import EncodeUpdate6, Encoding
from dhcpserver.leases import keys
from dhcpserver.limits import INFINITE_SECONDS
from dhcpserver.wire.clientnames import ClientNames
from dhcpserver.wire.dhcp6ia import ADDRESS_BITS, IAKind
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.failover6 import (
    Control6,
    PoolRequest6,
    PoolResponse6,
    UpdateDone6,
    UpdateRequest6,
    UpdateRequestAll6,
    encode,
)
from dhcpserver.wire.failover6_bindings import BindingAck6, BindingUpdate6, acknowledge, encode_update

__all__ = [
    "LONGEST_XID6",
    "RFC_8156",
    "BindingAck6",
    "BindingUpdate6",
    "Control6",
    "PoolRequest6",
    "PoolResponse6",
    "ReceivedUpdate6",
    "UpdateDone6",
    "UpdateRequest6",
    "UpdateRequestAll6",
    "ack_of",
    "update_of",
]


LONGEST_XID6 = 0xFFFFFF
"""A transaction id of RFC 8156 has 24 bits; the number of an update, which has more, is sent beside it."""


class ReceivedUpdate6(BindingUpdate):
    """A binding update of DHCPv6 with the fields that the bindings use.

    Attributes:
        received: the message, which the acknowledgement repeats.
    """

    family = 6

    __slots__ = ("received",)

    def __init__(self, received: BindingUpdate6) -> None:
        super().__init__(received.xid, received.time)
        self.received = received
        self.address = key_of(received)
        self.status = received.status
        self.client_id = received.client_id
        self.ia = b"" if received.client_id is None else bytes((received.kind,)) + received.iaid.to_bytes(4, "big")
        self.state_exp = received.state_exp
        self.potential = received.potential
        self.sos = received.sos
        self.cltt = received.cltt
        self.expiration = received.expiration
        self.preferred = _preferred_end(received)
        self.flags = received.flags
        self.relay_info = received.relay_data
        self.names = received.names


def key_of(binding: BindingUpdate6) -> int:
    """Return the key of the address or prefix; 0 if the message has none."""
    if not binding.length:
        return 0
    if binding.kind is IAKind.PD:
        return keys.prefix(binding.address, binding.length)
    return keys.address6(binding.address)


def _preferred_end(binding: BindingUpdate6) -> int:
    """Return when the preferred lifetime ends: before the end of the lease by the difference of the lifetimes."""
    if not binding.valid or not binding.state_exp or binding.preferred >= INFINITE_SECONDS:
        return binding.state_exp
    if binding.state_exp >= INFINITE_SECONDS or binding.valid >= INFINITE_SECONDS:
        return binding.cltt + binding.preferred
    return max(binding.state_exp - max(binding.valid - binding.preferred, 0), 0)


def update_of(message: BindingUpdate6) -> ReceivedUpdate6:
    """Return a received BNDUPD for the bindings."""
    return ReceivedUpdate6(message)


def ack_of(message: BindingAck6) -> BindingAck:
    """Return a received BNDREPLY for the bindings."""
    ack = BindingAck(message.xid, message.time)
    ack.address = key_of(message)
    ack.status = message.status
    ack.reject = message.reject
    ack.message = message.message
    return ack


def _encode_update(
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
) -> bytes:
    update = BindingUpdate6(xid, time)
    prefix = keys.kind_of(address) is keys.Kind.PREFIX
    update.address = keys.value_of(address)
    update.length = keys.length_of(address) if prefix else ADDRESS_BITS
    update.kind = IAKind(ia[0]) if ia else IAKind.PD if prefix else IAKind.NA
    update.iaid = int.from_bytes(ia[1:], "big")
    update.client_id = client_id if ia else None
    update.status = status
    update.state_exp, update.potential, update.sos, update.cltt = state_exp, potential, sos, cltt
    update.expiration = expiration
    update.valid = _seconds(state_exp, cltt or sos)
    update.preferred = min(_seconds(preferred, cltt or sos), update.valid)
    update.flags = flags
    update.relay_data = relay_info
    update.names = names
    return encode_update(update, time)


def _seconds(end: int, start: int) -> int:
    """Return a lifetime as the client received it."""
    return INFINITE_SECONDS if end >= INFINITE_SECONDS else max(end - start, 0)


def _encode_ack(update: BindingUpdate, time: int, reject: int | None = None, message: str = "") -> bytes:
    assert isinstance(update, ReceivedUpdate6), "an update of DHCPv6 is acknowledged in its own encoding"
    return acknowledge(update.received, time, reject, message)


RFC_8156: Encoding[Control6, EncodeUpdate6] = Encoding("RFC 8156", encode, _encode_update, _encode_ack)
