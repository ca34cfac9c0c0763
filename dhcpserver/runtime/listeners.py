"""The listeners of a server while interfaces and addresses come and go.

An interface that is deleted and made again (a VLAN, a bond, a container) has another index, and a socket that is bound
to the former one receives nothing more, without an error. So the kernel's notifications about links and addresses are
followed (rtnetlink), and every listener is compared with what exists: its socket is opened again if necessary, and a
listener that cannot receive packets has a reason.

The notifications only wake the comparison, which asks the kernel for the present state; so none that is lost, merged or
late leaves the server without clients. It is made every CHECK_SECONDS in any case.
"""

import asyncio
import contextlib
import fcntl
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dhcpserver.config.classes.listener import Listener
from dhcpserver.runtime.sockets import DhcpSocket, ListenerError, interface_address, open_listener

CHECK_SECONDS = 5.0
SETTLE_SECONDS = 0.2
"""After a notification: an interface is made in several steps."""

RTMGRP_LINK, RTMGRP_IPV4_IFADDR = 0x1, 0x10
_SIOCGIFFLAGS = 0x8913
_IFF_UP, _IFF_RUNNING = 0x1, 0x40


@dataclass(slots=True)
class _Entry:
    """One listener: its socket, the index of the interface that it is bound to, and why it receives nothing."""

    listener: Listener
    opened: DhcpSocket
    interface: int
    fault: str | None = None


class Listeners:
    """All listeners of a server.

    `readable` gets each socket that has packets. `changed` gets each listener that receives nothing any more,
    with the reason, or receives again, with None.
    """

    def __init__(
        self, readable: Callable[[DhcpSocket], None], changed: Callable[[Mapping[str, str | None]], None]
    ) -> None:
        self._readable = readable
        self._changed = changed
        self._entries: list[_Entry] = []
        self._netlink: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def open(self, listeners: tuple[Listener, ...]) -> None:
        """Open every listener. Raises ListenerError."""
        for index, listener in enumerate(listeners):
            opened = open_listener(index, listener)
            self._loop.add_reader(opened.sock, self._readable, opened)
            self._entries.append(_Entry(listener, opened, _index(listener)))
        with contextlib.suppress(OSError):
            self._netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
            self._netlink.setblocking(False)
            self._netlink.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR))
            self._loop.add_reader(self._netlink, self._notified)
        self._look_in(SETTLE_SECONDS)

    def __getitem__(self, index: int) -> DhcpSocket:
        return self._entries[index].opened

    def faults(self) -> dict[str, str]:
        """Return the listeners that receive nothing, each with the reason."""
        return {name_of(each.listener): each.fault for each in self._entries if each.fault is not None}

    @property
    def no_reception(self) -> str | None:
        """Why no packet of a client can be received at all; None if one can be, or if there is no listener."""
        reasons = self.faults()
        if not reasons or len(reasons) < len(self._entries):
            return None
        return "cannot receive packets of clients: " + "; ".join(
            f"{name}: {reason}" for name, reason in reasons.items()
        )

    def close(self) -> None:
        """Close everything."""
        if self._timer is not None:
            self._timer.cancel()
        if self._netlink is not None:
            self._loop.remove_reader(self._netlink)
            self._netlink.close()
        for each in self._entries:
            self._close(each)

    def _close(self, entry: _Entry) -> None:
        self._loop.remove_reader(entry.opened.sock)
        entry.opened.close()

    def _notified(self) -> None:
        assert self._netlink is not None
        # An error is a notification too: the kernel dropped some (ENOBUFS).
        with contextlib.suppress(OSError):
            while self._netlink.recv(65_536):
                pass
        self._look_in(SETTLE_SECONDS)

    def _look_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """Compare every listener with what exists."""
        changes: dict[str, str | None] = {}
        for each in self._entries:
            before = each.fault
            self._compare(each)
            if each.fault != before:
                changes[name_of(each.listener)] = each.fault
        if changes:
            self._changed(changes)
        self._look_in(CHECK_SECONDS)

    def _compare(self, entry: _Entry) -> None:
        entry.fault = fault_of(entry.listener)
        if entry.fault is not None:
            return
        address = entry.opened.arrival.address
        if (_index(entry.listener), own_address(entry.listener)) == (entry.interface, address):
            return
        try:
            opened = open_listener(entry.opened.arrival.listener, entry.listener)
        except ListenerError as error:
            entry.fault = str(error)
            return
        self._close(entry)
        entry.opened, entry.interface = opened, _index(entry.listener)
        self._loop.add_reader(opened.sock, self._readable, opened)


def name_of(listener: Listener) -> str:
    """Return a listener for people: its interface or address."""
    return listener.interface or str(listener.address)


def fault_of(listener: Listener) -> str | None:
    """Return why no packet can be received on a listener now; None if it can."""
    if listener.interface is None:
        return None if _exists(listener) else "the address does not exist on this machine"
    flags = _flags(listener.interface)
    if flags is None:
        return "the interface does not exist"
    if not flags & _IFF_UP:
        return "the interface is down"
    if not flags & _IFF_RUNNING:
        return "the interface has no carrier"
    return None if own_address(listener) is not None else "the interface has no IPv4 address"


def own_address(listener: Listener) -> int | None:
    """Return the address that a listener has now; None without one."""
    if listener.address is not None:
        return int(listener.address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            return int(interface_address(probe, listener.interface or ""))
        except OSError:
            return None


def _index(listener: Listener) -> int:
    """Return the index of the interface of a listener, 0 without one."""
    try:
        return socket.if_nametoindex(listener.interface) if listener.interface else 0
    except OSError:
        return 0


def _flags(interface: str) -> int | None:
    """Return the flags of an interface (netdevice(7)), None if there is no such interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe.fileno(), _SIOCGIFFLAGS, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return None
    flags: int = struct.unpack_from("H", answer, 16)[0]
    return flags


def _exists(listener: Listener) -> bool:
    """Whether the address of a listener is on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(listener.address), 0))
        except OSError:
            return False
    return True
