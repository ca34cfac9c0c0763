"""Sockets that the service manager opened for this process (sd_listen_fds(3)): ports below 1024 without a privilege.

    LISTEN_PID       the process that they are for
    LISTEN_FDS       their number; the descriptors are 3, 4, ...
    LISTEN_FDNAMES   their names, separated by colons (FileDescriptorName= in the socket unit)

The trap receiver uses those named `traps`, the HTTP API of the server those named `http`. A copy is used each time, so
that a part that is started again gets them again.
"""

import os
import socket
from collections.abc import Mapping, Sequence

FIRST_DESCRIPTOR = 3
TRAPS, HTTP = "traps", "http"


class ActivationError(Exception):
    """A socket of the service manager does not fit the configuration. The text has both addresses."""


def passed_sockets(
    name: str, environment: Mapping[str, str] = os.environ, pid: int | None = None
) -> list[socket.socket]:
    """Copies of the sockets of that name; empty where the service manager passed none to this process."""
    if environment.get("LISTEN_PID") != str(os.getpid() if pid is None else pid):
        return []
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    count = environment.get("LISTEN_FDS", "")
    numbers = range(int(count) if count.isdecimal() else 0)
    wanted = [FIRST_DESCRIPTOR + number for number in numbers if number < len(names) and names[number] == name]
    return [socket.socket(fileno=os.dup(descriptor)) for descriptor in wanted]


def take(
    passed: Sequence[socket.socket], addresses: Sequence[tuple[str, int]], setting: str
) -> dict[tuple[str, int], socket.socket]:
    """The passed sockets by their address. Raises ActivationError, and closes all, if one is not configured."""
    found = {(sock.getsockname()[0], sock.getsockname()[1]): sock for sock in passed}
    strange = sorted(f"{host} port {port}" for host, port in found.keys() - set(addresses))
    if strange:
        for sock in passed:
            sock.close()
        configured = ", ".join(f"{host} port {port}" for host, port in addresses) or "nothing"
        raise ActivationError(
            f"the service manager passed a socket on {strange[0]}, and {setting} is {configured}: "
            "write the same address in the socket unit and in the configuration"
        )
    return found
