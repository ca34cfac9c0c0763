"""A relay agent (RFC 1542 section 4, RFC 3046): between clients that broadcast and servers on other networks.

It sends a client's broadcast to every server, with its own address in giaddr. Servers answer to that address, port 67.
On loopback every address of 127.0.0.0/8 is local, so one machine can have any number of relays, each on its own
network.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from dhcpserver.limits import DHCP_SERVER_PORT
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import MAXIMUM_HOPS, Packet
from dhcpserver.wire.errors import WireError

MAXIMUM_DATAGRAM = 65_535
RECEIVE_BUFFER_OCTETS = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """One relay."""

    giaddr: IPv4Address
    servers: tuple[tuple[str, int], ...]
    """The servers that get the broadcasts."""
    agent_information: bytes | None = None
    """Option 82; None: the relay does not add it."""
    port: int = DHCP_SERVER_PORT
    """The port that servers answer to and that the relay sends from."""


def relay_packet(packet: Packet, settings: RelaySettings) -> bytes | None:
    """Return a client's broadcast as it is sent to servers; None if it was relayed too often.

    The giaddr and option 82 of the first relay are kept (RFC 1542 section 4.1.1, RFC 3046 section 2.1).
    """
    if packet.hops >= MAXIMUM_HOPS:
        return None
    options = packet.options
    if settings.agent_information is not None and not packet.giaddr:
        options = {**options, options4.RELAY_AGENT_INFORMATION: settings.agent_information}
    forwarded = Packet(
        packet.op,
        packet.htype,
        packet.hlen,
        packet.hops + 1,
        packet.xid,
        packet.secs,
        packet.flags,
        packet.ciaddr,
        packet.yiaddr,
        packet.siaddr,
        packet.giaddr or int(settings.giaddr),
        packet.chaddr,
        options,
    )
    return dhcp4.encode(forwarded)


class Relay:
    """A relay with one socket, bound to its giaddr."""

    def __init__(self, settings: RelaySettings) -> None:
        self.settings = settings
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
            self._socket.bind((str(settings.giaddr), settings.port))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """The descriptor to wait for answers with."""
        return self._socket.fileno()

    def broadcast(self, packet: Packet, servers: Sequence[tuple[str, int]] | None = None) -> bool:
        """Send a client's packet to the servers, by default to all; whether the kernel accepted every datagram."""
        data = relay_packet(packet, self.settings)
        if data is None:
            return False
        accepted = True
        for server in self.settings.servers if servers is None else servers:
            try:
                self._socket.sendto(data, server)
            except OSError:
                accepted = False  # A buffer is full, or a server does not listen: the client sends it again.
        return accepted

    def answers(self) -> list[tuple[Packet, tuple[str, int]]]:
        """Return the answers that have arrived, each with its sender. Malformed datagrams are skipped."""
        return receive_all(self._socket)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def receive_all(sock: socket.socket) -> list[tuple[Packet, tuple[str, int]]]:
    """Return all messages that wait on a non-blocking socket."""
    found: list[tuple[Packet, tuple[str, int]]] = []
    while True:
        try:
            data, sender = sock.recvfrom(MAXIMUM_DATAGRAM)
        except BlockingIOError:
            return found
        except OSError:
            continue  # An ICMP error for an earlier datagram; reading clears it.
        try:
            found.append((dhcp4.parse(data), (sender[0], sender[1])))
        except WireError:
            continue
