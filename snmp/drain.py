"""The receiver's child process: it empties the socket and does nothing else.

A burst of traps is lost in the kernel when nobody reads for some milliseconds, and whoever decodes or draws cannot
promise that. So a process of its own takes datagrams off the socket as they come, keeps them in a bounded queue, and
passes them up a pipe in frames as fast as the parent reads. A full queue drops what comes next, and every frame says
how many were passed on and how many were dropped so far.

It ends when the parent closes its standard input, which the kernel does for a parent that dies: then it passes on what
it still has. It is started as a file, without the site and this package, to be up in milliseconds.
"""

import contextlib
import os
import select
import signal
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MAXIMUM_DATAGRAM = 65_535
DATAGRAMS_PER_FRAME = 64
_TAKEN_IN_A_ROW = 512
"""Datagrams taken before the pipe is looked at again."""

FRAME = struct.Struct("!IQQ")
"""Octets that follow; datagrams passed on so far, this frame's included; datagrams dropped so far."""
_DATAGRAM = struct.Struct("!dHBH")
"""Unix seconds, port, octets of the address, octets of the datagram; the two follow."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """What came from the network, and when."""

    received_at: float
    source: tuple[str, int]
    data: bytes


def frame(datagrams: list[Datagram], passed: int, dropped: int) -> bytes:
    """The octets of one frame."""
    parts: list[bytes] = []
    for datagram in datagrams:
        host = datagram.source[0].encode("ascii")
        parts += (
            _DATAGRAM.pack(datagram.received_at, datagram.source[1], len(host), len(datagram.data)),
            host,
            datagram.data,
        )
    body = b"".join(parts)
    return FRAME.pack(len(body), passed, dropped) + body


def datagrams(body: bytes) -> Iterator[Datagram]:
    """The datagrams of one frame, without its header."""
    position = 0
    while position < len(body):
        received_at, port, host_length, data_length = _DATAGRAM.unpack_from(body, position)
        host = position + _DATAGRAM.size
        data = host + host_length
        position = data + data_length
        yield Datagram(received_at, (body[host:data].decode("ascii"), port), body[data:position])


class Queue:
    """Datagrams between the socket and the pipe."""

    def __init__(self, limit: int) -> None:
        self._waiting: deque[Datagram] = deque()
        self._limit = limit
        self._passed = 0
        self._dropped = 0
        self._reported = 0

    def __bool__(self) -> bool:
        return bool(self._waiting) or self._dropped > self._reported

    def take(self, sock: socket.socket, most: int) -> bool:
        """Take datagrams until there are none or `most` were taken; whether there may be more."""
        for _ in range(most):
            try:
                data, address = sock.recvfrom(MAXIMUM_DATAGRAM)
            except BlockingIOError:
                return False
            except OSError:
                continue  # An ICMP error about an answer that we sent earlier: it is cleared by being reported.
            if len(self._waiting) < self._limit:
                self._waiting.append(Datagram(time.time(), (address[0], address[1]), data))
            else:
                self._dropped += 1
        return True

    def frame(self) -> bytes:
        """The next frame, which leaves the queue."""
        count = min(len(self._waiting), DATAGRAMS_PER_FRAME)
        batch = [self._waiting.popleft() for _ in range(count)]
        self._passed += count
        self._reported = self._dropped
        return frame(batch, self._passed, self._dropped)


def drain(sock: socket.socket, pipe: int, parent: int, limit: int) -> None:
    """Pass datagrams from the socket up the pipe until `parent` is closed at its other end."""
    sock.setblocking(False)
    os.set_blocking(pipe, False)
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    poller.register(parent, select.POLLIN)
    queue = Queue(limit)
    unwritten = b""
    wants_pipe = False
    while True:
        if bool(queue or unwritten) is not wants_pipe:
            wants_pipe = not wants_pipe
            if wants_pipe:
                poller.register(pipe, select.POLLOUT)
            else:
                poller.unregister(pipe)
        ready = dict(poller.poll())
        if sock.fileno() in ready:
            queue.take(sock, _TAKEN_IN_A_ROW)
        if pipe in ready:
            unwritten = unwritten or queue.frame()
            unwritten = unwritten[os.write(pipe, unwritten) :]
        if parent in ready:
            break
    os.set_blocking(pipe, True)
    while queue.take(sock, _TAKEN_IN_A_ROW):
        pass
    while unwritten or queue:
        unwritten = unwritten or queue.frame()
        unwritten = unwritten[os.write(pipe, unwritten) :]


def main(arguments: list[str]) -> int:
    """`drain.py SOCKET-DESCRIPTOR QUEUE-LIMIT`: frames to standard output."""
    descriptor, limit = (int(argument) for argument in arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):  # The parent is gone.
        drain(socket.socket(fileno=descriptor), sys.stdout.fileno(), sys.stdin.fileno(), limit)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
