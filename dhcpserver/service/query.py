"""Input and output of a DHCPv4 decision: where a packet arrived, the client's message, and where the reply goes."""

from enum import Enum
from typing import NamedTuple

from dhcpserver.leases.lease import client_key
from dhcpserver.limits import MAXIMUM_CLIENT_ID, MAXIMUM_RELAY_INFO
from dhcpserver.service.plan import Network, Plan
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.errors import WireError


class Arrival(NamedTuple):
    """Where a packet arrived: set by the shell when it opens the socket.

    Attributes:
        listener: the shell's number of the listener; replies are sent through the same one.
        address: the server's address there, as an unsigned integer: the server identifier.
        direct: whether clients are on the same link, so that replies can be sent to a hardware address.
    """

    listener: int
    address: int
    direct: bool


class Destination(Enum):
    """How a reply is addressed (RFC 2131 section 4.1)."""

    ADDRESS = "unicast to an IP address"
    BROADCAST = "broadcast on the link"
    LINK = "unicast to a hardware address on the link, before the client has its IP address"


class Reply(NamedTuple):
    """Octets to send, the listener to send them through, and the destination."""

    listener: int
    how: Destination
    address: int
    port: int
    octets: bytes
    chaddr: bytes


class Query:
    """One client message and the values that every decision about it needs.

    Attributes:
        packet: as parsed.
        listener: index of the Arrival.
        server_id: the server's address for this client.
        direct: the client is on the same link, without a relay.
        client_id: option 61, None when absent or empty.
        hardware: htype and chaddr.
        key: the client's key in the book.
        relay_info: option 82, None when absent.
        echo: packed options 61 and 82, the last ones in every reply (RFC 6842, RFC 3046).
    """

    __slots__ = ("client_id", "direct", "echo", "hardware", "key", "listener", "packet", "relay_info", "server_id")

    def __init__(self, packet: Packet, arrival: Arrival) -> None:
        options = packet.options
        self.packet = packet
        self.listener = arrival.listener
        self.server_id = arrival.address
        self.direct = arrival.direct
        self.hardware = hardware = bytes((packet.htype,)) + packet.chaddr
        client_id = options.get(options4.CLIENT_IDENTIFIER) or None
        self.client_id = client_id
        self.key = client_key(client_id, hardware)
        relay_info = options.get(options4.RELAY_AGENT_INFORMATION)
        self.relay_info = relay_info
        echo = b""
        if client_id is not None:
            echo = bytes((61, len(client_id))) + client_id if len(client_id) < 256 else options4.pack([(61, client_id)])
        if relay_info is not None:
            echo += options4.pack([(82, relay_info)])
        self.echo = echo

    @property
    def oversized(self) -> bool:
        """Whether the client identifier or option 82 is too long to be stored and sent to the partner."""
        return len(self.client_id or b"") > MAXIMUM_CLIENT_ID or len(self.relay_info or b"") > MAXIMUM_RELAY_INFO

    def network(self, plan: Plan) -> Network | None:
        """Return the client's network, by option 118, link selection (option 82), giaddr, ciaddr or local link."""
        packet = self.packet
        address = packet.address(options4.SUBNET_SELECTION) or self._link_selection() or packet.giaddr or packet.ciaddr
        return plan.network_of(address or self.server_id)

    def _link_selection(self) -> int:
        """Return sub-option 5 of option 82 (RFC 3527), 0 without it."""
        if self.relay_info is None:
            return 0
        try:
            value = options4.sub_options(self.relay_info).get(options4.LINK_SELECTION, b"")
        except WireError:
            return 0
        return int.from_bytes(value, "big") if len(value) == 4 else 0
