"""A relay agent (RFC 1542 section 4, RFC 3046): between clients that broadcast and servers that do not hear it.

What a client broadcasts goes to every server, with the relay's address in giaddr; what a server answers comes to that
address, port 67. On loopback every address of 127.0.0.0/8 is ours, so one machine can have as many relays, each on a
network of its own, as a test wants.
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
    """Who is told what clients broadcast."""
    agent_information: bytes | None = None
    """Option 82, None for a relay that adds none."""
    port: int = DHCP_SERVER_PORT
    """Where servers answer, and where the relay sends from."""


def relayed(packet: Packet, settings: RelaySettings) -> bytes | None:
    """A client's broadcast as servers get it; None when it has been relayed too often.

    The first relay's giaddr and option 82 stay (RFC 1542 section 4.1.1, RFC 3046 section 2.1).
    """
    if packet.hops >= MAXIMUM_HOPS:
        return None
    options = packet.options
    if settings.agent_information is not None and not packet.giaddr:
        options = {**options, options4.RELAY_AGENT_INFORMATION: settings.agent_information}
    onward = Packet(
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
    return dhcp4.encode(onward)


class Relay:
    """A relay on a socket of its own, bound to its giaddr."""

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
        """To wait for answers with."""
        return self._socket.fileno()

    def broadcast(self, packet: Packet, servers: Sequence[tuple[str, int]] | None = None) -> bool:
        """Send a client's packet to all servers, or to some; whether all took it."""
        data = relayed(packet, self.settings)
        if data is None:
            return False
        taken = True
        for server in self.settings.servers if servers is None else servers:
            try:
                self._socket.sendto(data, server)
            except OSError:
                taken = False  # A buffer is full, or nobody is there: the client asks again.
        return taken

    def answers(self) -> list[tuple[Packet, tuple[str, int]]]:
        """The answers that have come, each with its sender; octets that are no message are skipped."""
        return received(self._socket)

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


def received(sock: socket.socket) -> list[tuple[Packet, tuple[str, int]]]:
    """All messages that wait on a socket that does not block."""
    found: list[tuple[Packet, tuple[str, int]]] = []
    while True:
        try:
            data, sender = sock.recvfrom(MAXIMUM_DATAGRAM)
        except BlockingIOError:
            return found
        except OSError:
            continue  # What an earlier datagram met (port unreachable); reading it clears it.
        try:
            found.append((dhcp4.parse(data), (sender[0], sender[1])))
        except WireError:
            continue
