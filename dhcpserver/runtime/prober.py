"""Probes of addresses: ICMP echo requests (RFC 792), on the links of this machine ARP too, and the answers."""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address

from dhcpserver.runtime.arp import Arp
from dhcpserver.runtime.sockets import ListenerError

ECHO_REQUEST, ECHO_REPLY = 8, 0
_HEADER = struct.Struct("!BBHHH")
"""Type, code, checksum, identifier, sequence number."""
DATAGRAMS = 64
REFUSED = (
    "ping-clients is set, and this process may not send ICMP echo requests: run the server as root or with "
    "CAP_NET_RAW, or remove ping-clients"
)


class Prober:
    """Sends echo requests through a raw socket, and ARP probes to addresses on a link of this machine.

    `report` gets each address that answered, `failed` each to which no probe could be sent.

    Attributes:
        available: whether this process may send echo requests; root or CAP_NET_RAW may.
    """

    def __init__(self, report: Callable[[int], None], failed: Callable[[int], None]) -> None:
        self._report = report
        self._failed = failed
        self._identifier = os.getpid() & 0xFFFF
        self._sequence = 0
        self._socket: socket.socket | None = None
        self._arp = Arp(report)

    def open(self, *, required: bool = False) -> None:
        """Open the socket, if this process may. Raises ListenerError if it may not and the configuration requires it.

        Otherwise the server would give addresses without the probes that its operator relies on.
        """
        try:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        except OSError as error:
            if required:
                raise ListenerError(f"{REFUSED} ({error.strerror})") from None
            return
        self._socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self._socket, self._readable)
        self._arp.open()

    @property
    def available(self) -> bool:
        return self._socket is not None

    def send(self, addresses: Iterable[int]) -> None:
        """Send an echo request to each address, and an ARP probe if it is on a link of this machine."""
        for address in addresses:
            by_arp = self._arp.send(address)
            if not self._echo(address) and not by_arp:
                self._failed(address)

    def _echo(self, address: int) -> bool:
        """Send an echo request; return whether it was sent."""
        if self._socket is None:
            return False
        self._sequence = self._sequence + 1 & 0xFFFF
        try:
            self._socket.sendto(echo_request(self._identifier, self._sequence), (str(IPv4Address(address)), 0))
        except OSError:
            return False
        return True

    def _readable(self) -> None:
        assert self._socket is not None
        for _ in range(DATAGRAMS):
            try:
                octets, (source, _) = self._socket.recvfrom(2048)
            except OSError:
                return
            if answers(octets, self._identifier):
                self._report(int(IPv4Address(source)))

    def close(self) -> None:
        """Close the sockets."""
        self._arp.close()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None


def echo_request(identifier: int, sequence: int) -> bytes:
    """Return an echo request without data."""
    plain = _HEADER.pack(ECHO_REQUEST, 0, 0, identifier, sequence)
    return _HEADER.pack(ECHO_REQUEST, 0, checksum(plain), identifier, sequence)


def answers(octets: bytes, identifier: int) -> bool:
    """Whether an IPv4 datagram is an echo reply to this process."""
    length = (octets[0] & 15) * 4 if octets else 0
    if length < 20 or len(octets) < length + _HEADER.size:
        return False
    kind, code, _, found, _ = _HEADER.unpack_from(octets, length)
    return (kind, code, found) == (ECHO_REPLY, 0, identifier)


def checksum(octets: bytes) -> int:
    """Return the checksum of RFC 1071 over an even number of octets."""
    total: int = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
