"""The sockets that receive traps: opening them, their buffers, and the datagrams that the kernel dropped."""

import contextlib
import logging
import os
import socket
from collections.abc import Iterable
from pathlib import Path

from snmp import activation
from snmp.errors import ReceiverError

LOG = logging.getLogger(__name__)

RECEIVE_BUFFER_OCTETS = 4 * 1024 * 1024
_TABLES = (Path("/proc/net/udp"), Path("/proc/net/udp6"))
_INODE_COLUMN = 9


def open_all(addresses: Iterable[tuple[str, int]], buffer_octets: int | None) -> list[socket.socket]:
    """Open a socket on each address, all or none. Raises ReceiverError.

    A socket that the service manager opened on an address is used. `buffer_octets` is the size of the receive buffer to
    request; a warning is logged if the kernel grants less. None requests nothing.
    """
    addresses = list(addresses)
    try:
        passed = activation.take(activation.passed_sockets(activation.TRAPS), addresses, "[traps] listen")
    except activation.ActivationError as error:
        raise ReceiverError(str(error)) from error
    sockets: list[socket.socket] = []
    try:
        for host, port in addresses:
            sockets.append(passed.pop((host, port)) if (host, port) in passed else _open(host, port))
    except ReceiverError:
        for sock in (*sockets, *passed.values()):
            sock.close()
        raise
    if buffer_octets is not None:
        granted = min((_enlarge_buffer(sock, buffer_octets) for sock in sockets), default=buffer_octets)
        if granted < buffer_octets:
            LOG.warning(
                "the kernel granted the trap receiver a buffer of %d of the requested %d octets; "
                "raise net.core.rmem_max to lose fewer traps in a burst",
                granted,
                buffer_octets,
            )
    return sockets


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        raise ReceiverError(f"cannot listen for traps on {host} port {port}: {error.strerror}") from error
    try:
        if family == socket.AF_INET6:  # Otherwise [::] would take the port from a listener on IPv4.
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        advice = "; a port below 1024 needs CAP_NET_BIND_SERVICE" if isinstance(error, PermissionError) else ""
        raise ReceiverError(f"cannot listen for traps on {host} port {port}: {error.strerror}{advice}") from error
    return sock


def _enlarge_buffer(sock: socket.socket, octets: int) -> int:
    """Request a receive buffer and return the granted size. Linux reports twice that, with its own overhead."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, octets)
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2


def kernel_drops(sockets: Iterable[socket.socket]) -> int:
    """Return the datagrams that the kernel dropped: last column of /proc/net/udp and udp6; 0 without these files."""
    inodes = {str(os.fstat(sock.fileno()).st_ino) for sock in sockets}
    dropped = 0
    for table in _TABLES:
        with contextlib.suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                columns = line.split()
                if columns[_INODE_COLUMN] in inodes:
                    dropped += int(columns[-1])
    return dropped
