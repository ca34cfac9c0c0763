"""The first of the receiver's two child processes: it empties the sockets and does nothing else.

A burst of traps is lost in the kernel when nobody reads for some milliseconds, and whoever decodes cannot promise
that. So a process of its own takes datagrams off the sockets as they come, keeps them in a bounded and fair queue
(`fairqueue`), and passes them up a pipe in frames as fast as the second process (`worker`) reads them.

It ends when its standard input is closed, which the kernel does for a parent that dies: then it passes on what it
still has. It is started without the site and imports `fairqueue` alone, to be up in milliseconds.
"""

import contextlib
import gc
import marshal
import os
import select
import signal
import socket
import struct
import sys
import time
from typing import NamedTuple

from snmp.receive.fairqueue import FairQueue, Item

MAXIMUM_DATAGRAM = 65_535
DATAGRAMS_PER_FRAME = 64
_TAKEN_IN_A_ROW = 16_384
_OCTETS_IN_A_ROW = 16 * 1024 * 1024
"""What is taken off a socket before it is sorted into the queue: a burst is over sooner than anything else is done."""
_BURST_DATAGRAMS, _GAP_SECONDS, _BURST_SECONDS = 8, 0.001, 0.05
"""So many in a row are a burst, which goes on until so long a gap, and is sorted after so long at the latest."""
QUEUE_OCTETS = 64 * 1024 * 1024

FRAME = struct.Struct("!I")
"""Octets that follow."""


class Datagram(NamedTuple):
    """What came from the network, when, and to which listener."""

    received_at: float
    """Unix seconds."""
    arrived: float
    """The same in monotonic seconds, which nobody sets."""
    listener: int
    host: str
    port: int
    data: bytes

    @property
    def source(self) -> tuple[str, int]:
        return (self.host, self.port)


class Drained(NamedTuple):
    """The contents of one frame. The counts are of all since the drain began."""

    items: list[Item]
    passed: int
    dropped: int
    dropped_of: dict[str, int]


def frame(drained: Drained) -> bytes:
    """The octets of one frame."""
    body = marshal.dumps(tuple(drained))
    return FRAME.pack(len(body)) + body


def drained(body: bytes) -> Drained:
    """What a frame says, its length taken off. Only for what this machine's own drain wrote."""
    return Drained(*marshal.loads(body))


class _Intake:
    """The sockets' side: takes, sorts, and makes frames."""

    def __init__(self, sockets: list[socket.socket], limit: int) -> None:
        self._sockets = {sock.fileno(): (number, sock) for number, sock in enumerate(sockets)}
        self._queue = FairQueue(limit, QUEUE_OCTETS)
        self._passed = 0
        self._reported = 0

    def __bool__(self) -> bool:
        return bool(len(self._queue)) or self._queue.dropped > self._reported

    def take(self, descriptor: int) -> bool:
        """Take what the socket has, for as long as is good; whether there may be more."""
        number, sock = self._sockets[descriptor]
        inbox: list[Item] = []
        octets = 0
        receive, now = sock.recvfrom, time.monotonic
        more = True
        until = now() + _BURST_SECONDS
        for _ in range(_TAKEN_IN_A_ROW):
            try:
                data, address = receive(MAXIMUM_DATAGRAM)
            except BlockingIOError:
                # A burst has gaps, and its rest must not find us at work on what came before.
                burst = len(inbox) >= _BURST_DATAGRAMS and now() < until
                if burst and select.select([sock], [], [], _GAP_SECONDS)[0]:
                    continue
                more = False
                break
            except OSError:
                continue  # An ICMP error about an answer that we sent earlier: it is cleared by being reported.
            inbox.append((now(), number, address[0], address[1], data))
            octets += len(data)
            if octets > _OCTETS_IN_A_ROW:
                break
        put = self._queue.put
        for item in inbox:
            put(item)
        return more

    def frame(self) -> bytes:
        """The next frame, which leaves the queue."""
        items = self._queue.take(DATAGRAMS_PER_FRAME)
        self._passed += len(items)
        of = {} if self._reported == self._queue.dropped else self._queue.dropped_of
        self._reported = self._queue.dropped
        return frame(Drained(items, self._passed, self._queue.dropped, of))


class _Urgency:
    """Real-time scheduling where we may have it: of a burst with a small buffer, what is not read within half a
    millisecond is lost. Given up for as long as there is so much to do that others would have nothing left."""

    _SECONDS, _SHARE = 0.2, 0.5

    def __init__(self) -> None:
        self._at, self._used = time.monotonic(), time.process_time()
        self._urgent = False
        self._may = self._set(True)

    def reconsider(self) -> None:
        now = time.monotonic()
        if not self._may or now - self._at < self._SECONDS:
            return
        used = time.process_time()
        calm = used - self._used < self._SHARE * (now - self._at)
        self._at, self._used = now, used
        if calm is not self._urgent:
            self._set(calm)

    def _set(self, urgent: bool) -> bool:
        try:
            policy, priority = (os.SCHED_RR, 1) if urgent else (os.SCHED_OTHER, 0)
            os.sched_setscheduler(0, policy, os.sched_param(priority))
        except (OSError, AttributeError):  # Not allowed, or not Linux.
            return False
        self._urgent = urgent
        return True


def drain(sockets: list[socket.socket], pipe: int, parent: int, limit: int) -> None:
    """Pass datagrams from the sockets up the pipe until `parent` is closed at its other end."""
    poller = select.poll()
    for sock in sockets:
        sock.setblocking(False)
        poller.register(sock, select.POLLIN)
    os.set_blocking(pipe, False)
    poller.register(parent, select.POLLIN)
    intake = _Intake(sockets, limit)
    descriptors = [sock.fileno() for sock in sockets]
    urgency = _Urgency()
    unwritten = b""
    wants_pipe = False
    while True:
        urgency.reconsider()
        if bool(intake or unwritten) is not wants_pipe:
            wants_pipe = not wants_pipe
            if wants_pipe:
                poller.register(pipe, select.POLLOUT)
            else:
                poller.unregister(pipe)
        ready = dict(poller.poll())
        for descriptor in descriptors:
            if descriptor in ready:
                intake.take(descriptor)
        if pipe in ready:
            unwritten = unwritten or intake.frame()
            with contextlib.suppress(BlockingIOError):
                unwritten = unwritten[os.write(pipe, unwritten) :]
        if parent in ready:
            break
    os.set_blocking(pipe, True)
    for descriptor in descriptors:
        while intake.take(descriptor):
            pass
    while unwritten or intake:
        unwritten = unwritten or intake.frame()
        unwritten = unwritten[os.write(pipe, unwritten) :]


def main(arguments: list[str]) -> int:
    """Arguments: limit of the queue, descriptors of the sockets. Frames go to standard output."""
    limit, *descriptors = (int(argument) for argument in arguments)
    gc.disable()  # Nothing here is cyclic, and a collection in a burst costs datagrams.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):  # Whoever reads is gone.
        drain([socket.socket(fileno=each) for each in descriptors], sys.stdout.fileno(), sys.stdin.fileno(), limit)
    return 0
