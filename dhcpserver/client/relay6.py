"""A DHCPv6 relay agent (RFC 8415 section 19): between clients of a link and servers on other networks.

It wraps a client's message into RELAY-FORW with the address of the link, and what it has learned about the client:
Interface-Id, Remote-Id (RFC 4649), the hardware address (RFC 6939). The reply comes back in RELAY-REPL with the address
of the client. A relay whose port is not 547 requests replies to the port that it sends from (RFC 8357), so that one
machine can have any number of relays on one address.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv6Address

from dhcpserver.client.relay import MAXIMUM_DATAGRAM, RECEIVE_BUFFER_OCTETS
from dhcpserver.limits import DHCP6_SERVER_PORT
from dhcpserver.wire import dhcp6, dhcp6values
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire.dhcp6 import MAXIMUM_HOP_COUNT, Hop, Message
from dhcpserver.wire.dhcp6options import MessageType6, Option
from dhcpserver.wire.errors import WireError


@dataclass(frozen=True, slots=True)
class RelaySettings6:
    """One relay."""

    link_address: IPv6Address
    """An address of the clients' link, by which servers choose addresses."""
    servers: tuple[tuple[str, int], ...]
    """The servers that get the messages of clients."""
    interface_id: bytes | None = None
    """Option 18; None: the relay does not add it."""
    remote_id: tuple[int, bytes] | None = None
    """Option 37: an enterprise number and an identifier."""
    reports_hardware: bool = True
    """Whether it adds the hardware address of a client (option 79)."""
    address: str = "::1"
    port: int = 0
    """The address and port that it sends from; 0: any free one."""


def relay_forward(
    octets: bytes, settings: RelaySettings6, peer: int, hardware: bytes = b"", peer_port: int = DHCP6_SERVER_PORT
) -> bytes | None:
    """Return a message of a client, or of another relay, as it is sent to servers; None if it was relayed too often.

    `peer` is the address that it came from, `hardware` the Ethernet address of a client, `peer_port` the port of the
    other relay. The first relay adds the link; those after it add neither link nor hardware address.
    """
    options: list[Option] = []
    count, link = 0, int(settings.link_address)
    if octets[:1] == bytes((MessageType6.RELAY_FORW,)):
        count, link = octets[1] + 1, 0
        if count > MAXIMUM_HOP_COUNT:
            return None
    elif hardware and settings.reports_hardware:
        address = dhcp6values.HardwareAddress(1, hardware)
        options.append((o6.CLIENT_LINK_LAYER_ADDRESS, dhcp6values.pack_hardware_address(address)))
    if settings.interface_id is not None:
        options.append((o6.INTERFACE_ID, settings.interface_id))
    if settings.remote_id is not None:
        enterprise, identifier = settings.remote_id
        options.append((o6.REMOTE_ID, enterprise.to_bytes(4, "big") + identifier))
    downstream = peer_port if count and peer_port != DHCP6_SERVER_PORT else 0
    if settings.port != DHCP6_SERVER_PORT or downstream:
        options.append((o6.RELAY_PORT, downstream.to_bytes(2, "big")))
    return dhcp6.encode_relay(Hop(MessageType6.RELAY_FORW, count, link, peer, options), octets)


def relay_reply(octets: bytes) -> tuple[Hop, bytes]:
    """Return what a RELAY-REPL has for this relay, and the octets for its peer. Raises WireError."""
    hop, inner = dhcp6.parse_relay(octets)
    if hop.type != MessageType6.RELAY_REPL:
        raise WireError("RELAY-FORW where RELAY-REPL was expected")
    return hop, inner


class Relay6:
    """A relay with one socket."""

    def __init__(self, settings: RelaySettings6) -> None:
        self.settings = settings
        self._socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
            self._socket.bind((settings.address, settings.port))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """The descriptor to wait for answers with."""
        return self._socket.fileno()

    def forward(self, octets: bytes, peer: int, hardware: bytes = b"") -> bool:
        """Send a client's message to all servers; whether the kernel accepted every datagram."""
        data = relay_forward(octets, self.settings, peer, hardware)
        if data is None:
            return False
        accepted = True
        for server in self.settings.servers:
            try:
                self._socket.sendto(data, server)
            except OSError:
                accepted = False  # A buffer is full, or a server does not listen: the client sends it again.
        return accepted

    def answers(self) -> list[tuple[int, Message]]:
        """Return the answers that have arrived, each with the address of its client. Malformed ones are skipped."""
        found: list[tuple[int, Message]] = []
        while True:
            try:
                data = self._socket.recv(MAXIMUM_DATAGRAM)
            except BlockingIOError:
                return found
            except OSError:
                continue  # An ICMP error for an earlier datagram; reading clears it.
            try:
                hop, inner = relay_reply(data)
                found.append((hop.peer_address, dhcp6.parse(inner)))
            except WireError:
                continue

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
