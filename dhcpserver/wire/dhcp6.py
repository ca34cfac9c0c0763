"""DHCPv6 messages (RFC 8415 sections 8 and 9): octets to `Message` and back.

A relay wraps the message of a client, or of the relay before it, into RELAY-FORW. `parse` takes all of them off: a
`Message` is what the client sent, with the relays as `relays`, the one next to the client first. A reply is wrapped
again in RELAY-REPL for each of them (`encode_reply`).

Options are in the order of the message, with all instances. Those that have bindings (IA_NA, IA_TA, IA_PD) are read
with the message, so that a damaged one is an error of the message. The other options are read when they are used; one
that does not have its form counts as absent. `refusal` (`dhcp6refusal`) has the rules for discarding messages.

Addresses are unsigned integers.
"""

import struct
from collections.abc import Iterable
from typing import Final

from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values as values
from dhcpserver.wire.dhcp6ia import IA, read_ia
from dhcpserver.wire.dhcp6options import MessageType6, Option, Status, pack_option, pack_options, read_options
from dhcpserver.wire.errors import TruncatedError, WireError

MAXIMUM_HOP_COUNT: Final = 8
"""HOP_COUNT_LIMIT (RFC 8415 section 7.6): the hop count of the relay nearest to the server is at most this."""
MAXIMUM_RELAYS: Final = MAXIMUM_HOP_COUNT + 1
"""Relays around one message: the first one sends the hop count 0."""
HEADER_LENGTH: Final = 4
RELAY_HEADER_LENGTH: Final = 34

_RELAY = struct.Struct("!BBQQQQ")
_HALF: Final = 0xFFFFFFFFFFFFFFFF
_RELAY_TYPES: Final = (MessageType6.RELAY_FORW.value, MessageType6.RELAY_REPL.value)
_RELAY_REPL: Final = MessageType6.RELAY_REPL.value
_RELAY_MESSAGE: Final = o6.RELAY_MESSAGE
_IA_CODES: Final = frozenset((o6.IA_NA, o6.IA_TA, o6.IA_PD))
_ECHOED: Final = (o6.INTERFACE_ID, o6.RELAY_PORT)
"""Options of a relay that it gets back: RFC 8415 section 21.18, RFC 8357 section 5.3."""


class Hop:
    """One relay that a message passed.

    Attributes:
        type: RELAY_FORW or RELAY_REPL.
        hop_count: as sent by the relay.
        link_address: an address of the link of the client, 0 if the relay sent none.
        peer_address: where the relay received the message from.
        options: of the relay, in their order, without the relayed message.
    """

    __slots__ = ("hop_count", "link_address", "options", "peer_address", "type")

    def __init__(
        self,
        type: int,
        hop_count: int,
        link_address: int,
        peer_address: int,
        options: Iterable[Option] = (),
    ) -> None:
        self.type = type
        self.hop_count = hop_count
        self.link_address = link_address
        self.peer_address = peer_address
        self.options = list(options)

    def get(self, code: int) -> bytes | None:
        """Return the data of the first instance of an option, None without one."""
        return o6.first(self.options, code)

    @property
    def interface_id(self) -> bytes | None:
        """Option 18: the interface of the relay, None without it."""
        return self.get(o6.INTERFACE_ID)

    @property
    def remote_id(self) -> values.VendorClass | None:
        """Option 37 (RFC 4649): an enterprise number and one value, None without it."""
        data = self.get(o6.REMOTE_ID)
        return None if data is None or len(data) < 4 else values.VendorClass(int.from_bytes(data[:4]), (data[4:],))

    @property
    def subscriber_id(self) -> bytes | None:
        """Option 38 (RFC 4580), None without it."""
        return self.get(o6.SUBSCRIBER_ID)

    @property
    def relay_id(self) -> bytes | None:
        """Option 53 (RFC 5460): the DUID of the relay, None without it."""
        return self.get(o6.RELAY_ID)

    @property
    def hardware_address(self) -> values.HardwareAddress | None:
        """Option 79 (RFC 6939): the client's hardware address, None without it."""
        return values.hardware_address(self.get(o6.CLIENT_LINK_LAYER_ADDRESS))


class Message:
    """One message of a client or a server, without its relays.

    Attributes:
        type: a number of MessageType6, or another one.
        xid: transaction ID, 24 bits.
        options: all options in their order; an IA is here too, as it was received.
        ias: the identity associations, in their order.
        relays: the relays, the one next to the client first; empty for a message that was not relayed.
    """

    __slots__ = ("_first", "ias", "options", "relays", "type", "xid")

    def __init__(self, type: int, xid: int, options: Iterable[Option] = (), relays: Iterable[Hop] = ()) -> None:
        """Raises WireError for an identity association that is not valid."""
        self.type = type
        self.xid = xid
        self.options = list(options)
        self.relays = tuple(relays)
        self.ias: list[IA] = []
        self._first: dict[int, bytes] = {}
        found = self._first
        for code, data in self.options:
            if code in _IA_CODES:
                self.ias.append(read_ia(code, data))
            elif code not in found:
                found[code] = data

    def get(self, code: int) -> bytes | None:
        """Return the data of the first instance of an option that is not an IA, None without one."""
        return self._first.get(code)

    def all(self, code: int) -> list[bytes]:
        """Return the data of all instances of an option."""
        return [data for each, data in self.options if each == code]

    @property
    def client_id(self) -> bytes | None:
        """The DUID of the client; `refusal` checks its length."""
        return self._first.get(o6.CLIENT_ID)

    @property
    def server_id(self) -> bytes | None:
        """The DUID of the server that the message is from or for."""
        return self._first.get(o6.SERVER_ID)

    @property
    def requested(self) -> tuple[int, ...]:
        """The codes in Option Request, in their order."""
        return values.codes(self._first.get(o6.OPTION_REQUEST))

    @property
    def preference(self) -> int:
        """The preference of a server in ADVERTISE, 0 without one."""
        return self._number(o6.PREFERENCE, 1) or 0

    @property
    def elapsed_hundredths(self) -> int:
        """Hundredths of a second since the client began the exchange; 0xFFFF means that or more."""
        return self._number(o6.ELAPSED_TIME, 2) or 0

    @property
    def rapid_commit(self) -> bool:
        """Whether the client accepts a REPLY to its SOLICIT, or the REPLY is one."""
        return o6.RAPID_COMMIT in self._first

    @property
    def reconfigure_accept(self) -> bool:
        """Whether the client accepts RECONFIGURE."""
        return o6.RECONFIGURE_ACCEPT in self._first

    @property
    def reconfigure_message(self) -> int | None:
        """The message type that a RECONFIGURE requests, None without one."""
        return self._number(o6.RECONFIGURE_MESSAGE, 1)

    @property
    def status(self) -> Status | None:
        """The status of the whole message, None without one."""
        return o6.status_of(self.options)

    @property
    def user_classes(self) -> tuple[bytes, ...]:
        """The user classes of the client."""
        data = self._first.get(o6.USER_CLASS)
        return (values.counted(data) or ()) if data is not None else ()

    @property
    def vendor_classes(self) -> tuple[values.VendorClass, ...]:
        """The vendor classes of the client, one for each enterprise."""
        found = (values.vendor_class(data) for data in self.all(o6.VENDOR_CLASS))
        return tuple(each for each in found if each is not None)

    @property
    def vendor_options(self) -> tuple[values.VendorData, ...]:
        """The vendor-specific information, one for each enterprise."""
        found = (values.vendor_data(data) for data in self.all(o6.VENDOR_OPTIONS))
        return tuple(each for each in found if each is not None)

    @property
    def fqdn(self) -> values.Fqdn | None:
        """The name of the client, None without one."""
        return values.fqdn(self._first.get(o6.CLIENT_FQDN))

    @property
    def lease_query(self) -> values.LeaseQuery | None:
        """The query of a LEASEQUERY; None without one, or if it is malformed."""
        return values.lease_query(self._first.get(o6.LQ_QUERY))

    # What the relays added

    @property
    def link_address(self) -> int:
        """The address that selects the link: that of the relay nearest to the client that sent one; 0 for none."""
        for hop in self.relays:
            if hop.link_address:
                return hop.link_address
        return 0

    @property
    def peer_address(self) -> int:
        """The address of the client, as its relay received it; 0 for a message that was not relayed."""
        return self.relays[0].peer_address if self.relays else 0

    @property
    def hardware_address(self) -> values.HardwareAddress | None:
        """The hardware address of the client, as its relay received it (option 79); None without it."""
        return self.relays[0].hardware_address if self.relays else None

    @property
    def replies_to_source_port(self) -> bool:
        """Whether the last relay receives replies at the port that it sent from (RFC 8357), and not at 547."""
        return bool(self.relays) and self.relays[-1].get(o6.RELAY_PORT) is not None

    def _number(self, code: int, octets: int) -> int | None:
        data = self._first.get(code)
        return int.from_bytes(data, "big") if data is not None and len(data) == octets else None


def parse(data: bytes) -> Message:
    """Parse one datagram, with the relays around the message. Any octets result in a Message or a WireError."""
    hops: list[Hop] = []
    while True:
        if len(data) < HEADER_LENGTH:
            raise TruncatedError(f"{len(data)} octets; a DHCPv6 header has {HEADER_LENGTH}")
        if data[0] not in _RELAY_TYPES:
            break
        if len(hops) == MAXIMUM_RELAYS:
            raise WireError(f"more than {MAXIMUM_RELAYS} relays")
        hop, data = parse_relay(data)
        if hops and hop.type != hops[0].type:
            raise WireError("RELAY-FORW and RELAY-REPL in one message")
        hops.append(hop)
    hops.reverse()
    return Message(data[0], data[1] << 16 | data[2] << 8 | data[3], read_options(data, HEADER_LENGTH), hops)


def parse_relay(data: bytes) -> tuple[Hop, bytes]:
    """Return the outermost relay of a RELAY-FORW or RELAY-REPL, and the octets that it relayed. Raises WireError."""
    hop, inner = _hop_and_inner(data)
    if inner is None:
        raise WireError("a relay message without the relayed message")
    return hop, inner


def _hop_and_inner(data: bytes) -> tuple[Hop, bytes | None]:
    if len(data) < RELAY_HEADER_LENGTH:
        raise TruncatedError(f"{len(data)} octets; the header of a relay has {RELAY_HEADER_LENGTH}")
    kind, hop_count, link, link_low, peer, peer_low = _RELAY.unpack_from(data)
    if kind not in _RELAY_TYPES:
        raise WireError(f"message type {kind} where RELAY-FORW or RELAY-REPL was expected")
    if hop_count > MAXIMUM_HOP_COUNT:
        raise WireError(f"hop count {hop_count}; at most {MAXIMUM_HOP_COUNT}")
    inner: bytes | None = None
    options: list[Option] = []
    for option in read_options(data, RELAY_HEADER_LENGTH):
        if option[0] != _RELAY_MESSAGE:
            options.append(option)
        elif inner is None:
            inner = option[1]
        else:
            raise WireError("two relayed messages in one relay message")
    return Hop(kind, hop_count, link << 64 | link_low, peer << 64 | peer_low, options), inner


def encode(type: int, xid: int, packed: bytes) -> bytes:
    """Return a message of options that are packed already (`pack_options`, `dhcp6ia.pack_ia`)."""
    return (type << 24 | xid).to_bytes(4, "big") + packed


def encode_message(message: Message) -> bytes:
    """Return a message from its options, with its relays around it."""
    octets = encode(message.type, message.xid, pack_options(message.options))
    for hop in message.relays:
        octets = encode_relay(hop, octets)
    return octets


def encode_relay(hop: Hop, inner: bytes | None) -> bytes:
    """Return a relay message around the octets that it relays; without those if `inner` is None."""
    link, peer = hop.link_address, hop.peer_address
    head = _RELAY.pack(hop.type, hop.hop_count, link >> 64, link & _HALF, peer >> 64, peer & _HALF)
    octets = head + pack_options(hop.options)
    return octets if inner is None else octets + pack_option(_RELAY_MESSAGE, inner)


def encode_reply(request: Message, type: int, packed: bytes, confirmed: tuple[int, ...] = ()) -> bytes:
    """Return the answer to a message, wrapped for the relays that it passed.

    A relay gets back its hop count and addresses, and of its options Interface-Id and Relay Port, and what it
    requested (RFC 4994). `confirmed`: further options that it gets back.
    """
    octets = (type << 24 | request.xid).to_bytes(4, "big") + packed
    for hop in request.relays:
        link, peer = hop.link_address, hop.peer_address
        head = _RELAY.pack(_RELAY_REPL, hop.hop_count, link >> 64, link & _HALF, peer >> 64, peer & _HALF)
        octets = head + _echoed(hop, confirmed) + pack_option(_RELAY_MESSAGE, octets)
    return octets


def _echoed(hop: Hop, confirmed: tuple[int, ...]) -> bytes:
    """Return the options that a relay gets back."""
    if not hop.options:
        return b""
    wanted = (*confirmed, *values.codes(hop.get(o6.ECHO_REQUEST)))
    return pack_options([option for option in hop.options if option[0] in _ECHOED or option[0] in wanted])


def relay_data(message: Message, source: int) -> values.RelayData | None:
    """Return what the relays added, as it is stored with a binding and as option 47 has it; None without relays.

    `source` is the address that the datagram came from.
    """
    octets: bytes | None = None
    for hop in message.relays:
        octets = encode_relay(hop, octets)
    return None if octets is None else values.RelayData(source, octets)


def read_relay_data(octets: bytes) -> list[Hop]:
    """Return the relays of the message in a relay data, the one next to the client first. Raises WireError."""
    hops: list[Hop] = []
    inner: bytes | None = octets
    while inner is not None:
        if len(hops) == MAXIMUM_RELAYS:
            raise WireError(f"more than {MAXIMUM_RELAYS} relays")
        hop, inner = _hop_and_inner(inner)
        hops.append(hop)
    hops.reverse()
    return hops
