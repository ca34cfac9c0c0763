"""How a client on loopback renews: unicast from its own address, port 68, to the server that granted the lease.

One socket stands for all clients. It is bound to the loopback interface, where every address of 127.0.0.0/8 is ours,
so it hears answers to any of their addresses and disturbs no DHCP client of the machine itself; each datagram that it
sends carries its client's address as source (IP_PKTINFO).
"""

import socket
import struct

from dhcpserver.client.relay import RECEIVE_BUFFER_OCTETS, received
from dhcpserver.limits import DHCP_CLIENT_PORT
from dhcpserver.wire import dhcp4
from dhcpserver.wire.dhcp4 import Packet

_PACKET_INFORMATION = struct.Struct("@i4s4s")
"""struct in_pktinfo: interface, source address, destination address."""
_IP_PKTINFO = 8
"""From linux/in.h; Python 3.11's socket module does not name it."""


class LoopbackClients:
    """The socket of all clients on loopback."""

    def __init__(self, port: int = DHCP_CLIENT_PORT) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
            self._socket.bind(("0.0.0.0", port))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """To wait for answers with."""
        return self._socket.fileno()

    def send(self, packet: Packet, server: tuple[str, int]) -> bool:
        """Send from the packet's ciaddr; whether it was taken."""
        source = _PACKET_INFORMATION.pack(0, packet.ciaddr.to_bytes(4, "big"), bytes(4))
        try:
            self._socket.sendmsg([dhcp4.encode(packet)], [(socket.IPPROTO_IP, _IP_PKTINFO, source)], 0, server)
        except OSError:
            return False  # A buffer is full, or the server is gone: the client asks again.
        return True

    def answers(self) -> list[tuple[Packet, tuple[str, int]]]:
        """The answers that have come, each with its sender."""
        return received(self._socket)

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()
