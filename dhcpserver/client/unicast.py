"""Renewals of clients on loopback: unicast from the client's address, port 68, to the server of its lease.

All clients share one socket. It is bound to the loopback interface, where every address of 127.0.0.0/8 is local. So it
receives the answers to all their addresses, and does not interfere with a DHCP client of the machine itself. Each
datagram is sent with the client's address as its source (IP_PKTINFO).
"""

import socket
import struct

from dhcpserver.client.relay import RECEIVE_BUFFER_OCTETS, receive_all
from dhcpserver.limits import DHCP_CLIENT_PORT
from dhcpserver.wire import dhcp4
from dhcpserver.wire.dhcp4 import Packet

_PACKET_INFORMATION = struct.Struct("@i4s4s")
"""struct in_pktinfo: interface, source address, destination address."""
_IP_PKTINFO = 8
"""From linux/in.h; the socket module of Python 3.11 does not have it."""


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
        """The descriptor to wait for answers with."""
        return self._socket.fileno()

    def send(self, packet: Packet, server: tuple[str, int]) -> bool:
        """Send a packet from its ciaddr; whether the kernel accepted it."""
        source = _PACKET_INFORMATION.pack(0, packet.ciaddr.to_bytes(4, "big"), bytes(4))
        try:
            self._socket.sendmsg([dhcp4.encode(packet)], [(socket.IPPROTO_IP, _IP_PKTINFO, source)], 0, server)
        except OSError:
            return False  # A buffer is full, or the server does not listen: the client sends it again.
        return True

    def answers(self) -> list[tuple[Packet, tuple[str, int]]]:
        """Return the answers that have arrived, each with its sender."""
        return receive_all(self._socket)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
