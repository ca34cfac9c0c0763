"""UDP for DHCPv4: sockets on addresses (relayed packets) and on interfaces (clients on the link), drained in batches.

A client without an address is answered at its hardware address through a packet socket, because it cannot answer ARP
requests yet. Without permission for packet sockets the answer is broadcast (RFC 2131 section 4.1).
"""

import array
import contextlib
import fcntl
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address

from dhcpserver.config.classes.listener import Listener
from dhcpserver.leases.pool import Pool
from dhcpserver.service.query import Arrival, Destination, Reply

RECEIVE_BUFFER = 1 << 20
"""Size of the receive buffer in octets: enough for bursts. The kernel drops packets that would wait too long."""

DATAGRAMS_PER_DRAIN = 256
LARGEST_DATAGRAM = 4096
REMEMBERED_SOURCES = 4096
SHORTEST_MTU = 576
"""Octets that every link of IPv4 carries for DHCP (RFC 2131 section 2); an interface that reports less is not asked."""
_SIOCGIFADDR = 0x8915
_SIOCGIFMTU = 0x8921
_ETHERTYPE_IP = 0x0800
_SO_BINDTODEVICE = 25
_BROADCAST = "255.255.255.255"
_ALL_HOSTS = b"\xff\xff\xff\xff"
_IP_PKTINFO = 8
_PACKET_INFORMATION = socket.CMSG_SPACE(12)
"""Octets for in_pktinfo (ip(7)): the interface, the local address, and the destination in the header of the packet."""


class ListenerError(Exception):
    """A socket cannot be opened; the text has its address and the reason."""


@dataclass(frozen=True, slots=True)
class DhcpSocket:
    """One open listener."""

    sock: socket.socket
    link: socket.socket | None
    interface: str | None
    arrival: Arrival
    port: int
    arrivals: dict[tuple[str, int] | tuple[str, int, bool], Arrival]
    """The arrival of packets by their source, and on a link by whether they were broadcast: most are from a few."""

    def drain(self, into: list[tuple[bytes, Arrival]]) -> None:
        """Receive what has arrived, at most `DATAGRAMS_PER_DRAIN` datagrams, without waiting."""
        arrivals = self.arrivals
        try:
            if self.arrival.direct:
                receive_with = self.sock.recvmsg
                for _ in range(DATAGRAMS_PER_DRAIN):
                    octets, about, _, (host, port) = receive_with(LARGEST_DATAGRAM, _PACKET_INFORMATION)
                    broadcast = bool(about) and about[0][2][8:12] == _ALL_HOSTS
                    known = arrivals.get((host, port, broadcast))
                    into.append((octets, known or self._arrival_from(host, port, broadcast)))
                return
            receive = self.sock.recvfrom
            for _ in range(DATAGRAMS_PER_DRAIN):
                octets, source = receive(LARGEST_DATAGRAM)
                into.append((octets, arrivals.get(source) or self._arrival_from(*source)))
        except (BlockingIOError, ConnectionError):
            # ConnectionError is an ICMP "port unreachable" for an earlier reply to a client that has left.
            return

    def _arrival_from(self, host: str, port: int, broadcast: bool | None = None) -> Arrival:
        """Return the arrival of a packet, and remember it. `broadcast` is None on a listener without an interface."""
        if len(self.arrivals) >= REMEMBERED_SOURCES:
            self.arrivals.clear()
        source = int.from_bytes(socket.inet_aton(host), "big")
        found = self.arrival._replace(source_port=port, source=source, broadcast=bool(broadcast))
        self.arrivals[(host, port) if broadcast is None else (host, port, broadcast)] = found
        return found

    def send(self, reply: Reply) -> OSError | None:
        """Send one reply; return why it could not be sent, else None. The client then asks again.

        A client that cannot be reached at its hardware address is answered by broadcast.
        """
        try:
            if reply.how is Destination.ADDRESS:
                self.sock.sendto(reply.octets, (_dotted(reply.address), reply.port))
            elif reply.how is Destination.LINK and self.link is not None:
                frame = _ip_frame(reply.octets, self.arrival.address, reply.address, self.port, reply.port)
                self.link.sendto(frame, (self.interface or "", _ETHERTYPE_IP, 0, 0, reply.chaddr))
            else:
                self.sock.sendto(reply.octets, (_BROADCAST, reply.port))
        except OSError as error:
            if reply.how is Destination.LINK and self.link is not None:
                return self.send(reply._replace(how=Destination.BROADCAST))
            return error
        return None

    def close(self) -> None:
        """Close the sockets."""
        self.sock.close()
        if self.link is not None:
            self.link.close()


_DOTTED: dict[int, str] = {}


def _dotted(address: int) -> str:
    """Return an address as text, cached: most replies go to a few relays."""
    try:
        return _DOTTED[address]
    except KeyError:
        if len(_DOTTED) > 4096:
            _DOTTED.clear()
        text = _DOTTED[address] = str(IPv4Address(address))
        return text


def open_listener(index: int, listener: Listener) -> DhcpSocket:
    """Open a listener of the configuration. Raises ListenerError."""
    where = f"{listener.interface or listener.address} port {listener.port}"
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mtu = None
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        address = listener.address or IPv4Address(0)
        if listener.interface is not None:
            if listener.address is None:
                address = interface_address(sock, listener.interface)
            mtu = interface_mtu(sock, listener.interface)
            sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            sock.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, listener.interface.encode() + b"\0")
            sock.bind(("", listener.port))
        else:
            sock.bind((str(address), listener.port))
            mtu = address_mtu(sock, address)
    except OSError as error:
        sock.close()
        raise ListenerError(f"cannot listen on {where}: {error.strerror}") from error
    link = _link_socket() if listener.interface is not None else None
    arrival = Arrival(index, int(address), listener.interface is not None, trusted=listener.trust_relay_info)
    if mtu is not None:
        arrival = arrival._replace(mtu=max(mtu, SHORTEST_MTU))
    return DhcpSocket(sock, link, listener.interface, arrival, listener.port, {})


def interface_address(sock: socket.socket, interface: str) -> IPv4Address:
    """Return the first IPv4 address of an interface. Raises OSError without one."""
    request = struct.pack("256s", interface.encode()[:15])
    answer = fcntl.ioctl(sock.fileno(), _SIOCGIFADDR, request)
    return IPv4Address(answer[20:24])


def interface_mtu(sock: socket.socket, interface: str) -> int:
    """Return the MTU of an interface. Raises OSError without such an interface."""
    answer = fcntl.ioctl(sock.fileno(), _SIOCGIFMTU, struct.pack("256s", interface.encode()[:15]))
    return int(struct.unpack_from("=i", answer, 16)[0])


def address_mtu(sock: socket.socket, address: IPv4Address) -> int | None:
    """Return the MTU of the interface whose first address this is; None if there is none."""
    for _, name in socket.if_nameindex():
        with contextlib.suppress(OSError):
            if interface_address(sock, name) == address:
                return interface_mtu(sock, name)
    return None


def check_own_address(arrival: Arrival, pools: Iterable[Pool]) -> None:
    """Raise ListenerError if the server's own address is in a range, as that of an interface is known only now."""
    for pool in pools:
        if any(first <= arrival.address <= last for first, last in pool.ranges):
            raise ListenerError(
                f"{IPv4Address(arrival.address)}, the address of this server, is in a range of scope {pool.name!r}"
            )


def _link_socket() -> socket.socket | None:
    """Return a packet socket for sending, or None without the permission for it."""
    with contextlib.suppress(OSError):
        return socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    return None


def _ip_frame(payload: bytes, source: int, destination: int, source_port: int, port: int) -> bytes:
    """Return an IPv4 packet with a UDP datagram without a checksum, which IPv4 permits (RFC 768)."""
    length = 8 + len(payload)
    header = struct.pack("!BBHHHBBHII", 0x45, 0x10, 20 + length, 0, 0, 64, 17, 0, source, destination)
    words = array.array("H", header)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    checksum = struct.pack("=H", ~total & 0xFFFF)
    return header[:10] + checksum + header[12:] + struct.pack("!HHHH", source_port, port, length, 0) + payload
