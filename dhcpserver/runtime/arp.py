"""ARP probes on the links of this machine (RFC 5227): a host that ignores echo requests has to answer them.

A probe has the sender address 0.0.0.0, so that it changes no neighbour table. The socket receives ARP replies only, by
a filter in the kernel: the requests of a busy link would wake the server for nothing.
"""

import asyncio
import ctypes
import fcntl
import socket
import struct
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

ROUTES = Path("/proc/self/net/route")
ROUTES_SECONDS = 1.0
"""How long the routes are used before they are read again: interfaces come and go."""
DATAGRAMS = 64

_ETHERTYPE_ARP = 0x0806
_ETHERNET = 1
_REQUEST, _REPLY = 1, 2
_ARP = struct.Struct("!HHBBH6s4s6s4s")
_BROADCAST = b"\xff" * 6
_SIOCGIFHWADDR = 0x8927
_SO_ATTACH_FILTER = 26
_RTF_UP, _RTF_GATEWAY, _RTF_REJECT = 0x1, 0x2, 0x200

_INSTRUCTIONS = ((0x28, 0, 0, 6), (0x15, 0, 1, _REPLY), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
"""A filter for packet sockets (socket(7)): the operation is a reply, or the packet is dropped."""


class Route(NamedTuple):
    """A route of the system. `gateway`: its packets go to a router."""

    interface: str
    network: int
    mask: int
    gateway: bool


class Arp:
    """Sends ARP probes. `report` gets each address that answered."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report = report
        self._socket: socket.socket | None = None
        self._routes: list[Route] = []
        self._read_at = float("-inf")

    def open(self) -> None:
        """Open the socket, if this process may; root and CAP_NET_RAW may. Without it nothing is sent."""
        try:
            opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETHERTYPE_ARP))
        except OSError:
            return
        opened.setblocking(False)
        try:
            attach_filter(opened)
        except OSError:
            opened.close()
            return
        self._socket = opened
        asyncio.get_running_loop().add_reader(opened, self._readable)

    def send(self, address: int) -> bool:
        """Send a probe if the address is on a link of this machine; return whether it was sent."""
        if self._socket is None:
            return False
        now = time.monotonic()
        if now - self._read_at >= ROUTES_SECONDS:
            self._routes, self._read_at = read_routes(), now
        interface = link_of(address, self._routes)
        if interface is None:
            return False
        try:
            own = hardware_address(self._socket, interface)
            if own is None:
                return False
            self._socket.sendto(probe(own, address), (interface, _ETHERTYPE_ARP, 0, 0, _BROADCAST))
        except OSError:
            return False
        return True

    def _readable(self) -> None:
        assert self._socket is not None
        for _ in range(DATAGRAMS):
            try:
                octets = self._socket.recv(256)
            except OSError:
                return
            address = answered(octets)
            if address:
                self._report(address)

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None


def probe(own: bytes, address: int) -> bytes:
    """Return an ARP probe for an address (RFC 5227 section 2.1.1)."""
    return _ARP.pack(_ETHERNET, 0x0800, 6, 4, _REQUEST, own, bytes(4), bytes(6), address.to_bytes(4, "big"))


def answered(octets: bytes) -> int:
    """Return the address whose owner sent an ARP reply; 0 if the octets are none."""
    if len(octets) < _ARP.size:
        return 0
    hardware, protocol, hlen, plen, operation, _, sender, _, _ = _ARP.unpack_from(octets)
    if (hardware, protocol, hlen, plen, operation) != (_ETHERNET, 0x0800, 6, 4, _REPLY):
        return 0
    return int.from_bytes(sender, "big")


def link_of(address: int, routes: Iterable[Route]) -> str | None:
    """Return the interface on whose link an address is; None if packets to it go through a router, or nowhere."""
    best: Route | None = None
    for route in routes:
        if address & route.mask == route.network and (best is None or route.mask > best.mask):
            best = route
    return None if best is None or best.gateway or not best.mask else best.interface


def read_routes() -> list[Route]:
    """Return the routes of the system (proc(5)); empty if they cannot be read."""
    try:
        text = ROUTES.read_text(encoding="ascii")
    except OSError:
        return []
    return list(parse_routes(text))


def parse_routes(text: str) -> Iterable[Route]:
    """Return the routes of a text in the form of /proc/net/route. Its numbers are in the byte order of the machine."""
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) < 8:
            continue
        flags = int(words[3], 16)
        if flags & _RTF_UP and not flags & _RTF_REJECT:
            network, mask = (int.from_bytes(struct.pack("=I", int(words[at], 16)), "big") for at in (1, 7))
            yield Route(words[0], network, mask, bool(flags & _RTF_GATEWAY))


def hardware_address(opened: socket.socket, interface: str) -> bytes | None:
    """Return the hardware address of an Ethernet interface, None for another kind. Raises OSError without it."""
    answer = fcntl.ioctl(opened.fileno(), _SIOCGIFHWADDR, struct.pack("256s", interface.encode()[:15]))
    kind: int = struct.unpack_from("=H", answer, 16)[0]
    return answer[18:24] if kind == _ETHERNET else None


def attach_filter(opened: socket.socket) -> None:
    """Let a packet socket receive ARP replies only."""
    instructions = b"".join(struct.pack("=HBBI", *each) for each in _INSTRUCTIONS)
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HP", len(_INSTRUCTIONS), ctypes.addressof(buffer))
    opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
