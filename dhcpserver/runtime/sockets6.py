"""UDP for DHCPv6: sockets on interfaces (ff02::1:2 of clients, ff05::1:3 of relays) and on addresses (relays).

The interface that a listener names can disappear and return with another index; its socket is then opened again.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final

from dhcpserver.config.classes.listener import Listener6
from dhcpserver.runtime.listeners import CHECK_SECONDS
from dhcpserver.runtime.sockets import DATAGRAMS_PER_DRAIN, RECEIVE_BUFFER, ListenerError
from dhcpserver.service.v6.query import Arrival6, Reply6

LARGEST_DATAGRAM: Final = 65_535
"""A client with hundreds of identity associations, behind several relays, sends long messages."""
ALL_AGENTS: Final = "ff02::1:2"
ALL_SERVERS: Final = "ff05::1:3"
_ADDRESSES: Final = Path("/proc/net/if_inet6")
_SO_BINDTODEVICE: Final = 25
_PACKET_INFORMATION: Final = socket.CMSG_SPACE(20)
"""Octets for in6_pktinfo (RFC 3542): the destination and the interface."""
_GLOBAL_SCOPE: Final = "00"


@dataclass(slots=True)
class Socket6:
    """One open listener.

    Attributes:
        index: of its interface, 0 without one.
        address: a global address of the interface, or its own, as an unsigned integer; 0 for none.
    """

    number: int
    listener: Listener6
    sock: socket.socket
    index: int
    address: int

    def drain(self, into: list[tuple[bytes, Arrival6]]) -> None:
        """Receive what has arrived, at most `DATAGRAMS_PER_DRAIN` datagrams, without waiting."""
        link = self.listener.link or ""
        try:
            for _ in range(DATAGRAMS_PER_DRAIN):
                octets, about, _, source = self.sock.recvmsg(LARGEST_DATAGRAM, _PACKET_INFORMATION)
                host, port, _, scope_id = source
                multicast, interface = False, scope_id
                if about:
                    destination, interface = struct.unpack_from("=16sI", about[0][2])
                    multicast = destination[0] == 0xFF
                address = int.from_bytes(socket.inet_pton(socket.AF_INET6, host.partition("%")[0]), "big")
                scope = interface if address >> 118 == 0x3FA else 0  # fe80::/10 has no meaning without its interface.
                into.append((octets, Arrival6(self.number, address, port, scope, multicast, link, self.address)))
        except (BlockingIOError, ConnectionError):
            return

    def send(self, reply: Reply6) -> OSError | None:
        """Send one reply; return why it could not be sent, else None."""
        text = socket.inet_ntop(socket.AF_INET6, reply.address.to_bytes(16, "big"))
        try:
            self.sock.sendto(reply.octets, (text, reply.port, 0, reply.scope_id))
        except OSError as error:
            return error
        return None


def open_socket6(number: int, listener: Listener6) -> Socket6:
    """Open a listener of the configuration. Raises ListenerError."""
    where = f"{listener.interface or listener.address} port {listener.port}"
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    index = 0
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        if listener.interface is not None:
            index = socket.if_nametoindex(listener.interface)
            sock.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, listener.interface.encode() + b"\0")
            for group in (ALL_AGENTS, ALL_SERVERS):
                joined = socket.inet_pton(socket.AF_INET6, group) + struct.pack("=I", index)
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, joined)
            sock.bind(("::", listener.port))
            address = global_address(listener.interface)
        else:
            sock.bind((str(listener.address), listener.port))
            address = int(listener.address or 0)
    except OSError as error:
        sock.close()
        raise ListenerError(f"cannot listen on {where}: {error.strerror or error}") from error
    return Socket6(number, listener, sock, index, address)


def global_address(interface: str) -> int:
    """Return a global IPv6 address of an interface as an unsigned integer, 0 without one."""
    with contextlib.suppress(OSError, ValueError):
        for line in _ADDRESSES.read_text(encoding="ascii").splitlines():
            octets, _, _, scope, _, name = line.split()
            if name == interface and scope == _GLOBAL_SCOPE:
                return int(IPv6Address(bytes.fromhex(octets)))
    return 0


class Listeners6:
    """All listeners of DHCPv6.

    `readable` gets each socket that has packets. `changed` gets each interface whose listener was opened again, with
    None, or could not be, with the reason.
    """

    def __init__(
        self, readable: Callable[[Socket6], None], changed: Callable[[Mapping[str, str | None]], None]
    ) -> None:
        self._readable = readable
        self._changed = changed
        self._open: list[Socket6] = []
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def open(self, listeners: tuple[Listener6, ...]) -> None:
        """Open every listener. Raises ListenerError."""
        for number, listener in enumerate(listeners):
            opened = open_socket6(number, listener)
            self._open.append(opened)
            self._loop.add_reader(opened.sock, self._readable, opened)
        if listeners:
            self._timer = self._loop.call_later(CHECK_SECONDS, self._look)

    def _look(self) -> None:
        """Compare every listener with what exists."""
        self._timer = self._loop.call_later(CHECK_SECONDS, self._look)
        changes: dict[str, str | None] = {}
        for place, opened in enumerate(self._open):
            name = opened.listener.interface
            if name is None:
                continue
            try:
                index = socket.if_nametoindex(name)
            except OSError:
                continue  # It may return; the listeners of DHCPv4 report interfaces.
            if index == opened.index:
                opened.address = global_address(name)
                continue
            try:
                again = open_socket6(opened.number, opened.listener)
            except ListenerError as error:
                changes[name] = str(error)
                continue
            self._loop.remove_reader(opened.sock)
            opened.sock.close()
            self._open[place] = again
            self._loop.add_reader(again.sock, self._readable, again)
            changes[name] = None
        if changes:
            self._changed(changes)

    def send(self, reply: Reply6) -> OSError | None:
        """Send a reply by the listener at which the message arrived."""
        return self._open[reply.listener].send(reply)

    def close(self) -> None:
        """Close everything."""
        if self._timer is not None:
            self._timer.cancel()
        for opened in self._open:
            self._loop.remove_reader(opened.sock)
            opened.sock.close()
        self._open.clear()
