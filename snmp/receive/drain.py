"""The first of the receiver's two child processes: it reads datagrams from the sockets and does nothing else.

In a burst of traps the kernel drops datagrams that are not read within some milliseconds, and decoding can take longer.
So this process only reads. It keeps the datagrams in a bounded and fair queue (`fairqueue`) and writes them to a pipe
in frames, as fast as the second process (`worker`) reads them.

The process ends when its standard input is closed, which also happens when the parent process dies. It then writes what
is left in its queue. It is started without `site` and imports only `fairqueue`, so that it is ready in milliseconds.
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
_DATAGRAMS_PER_READ = 16_384
_OCTETS_PER_READ = 16 * 1024 * 1024
"""Most that is read from a socket before the datagrams go into the queue: a burst has the priority over the queue."""
_BURST_DATAGRAMS, _GAP_SECONDS, _BURST_SECONDS = 8, 0.001, 0.05
"""So many datagrams in a row are a burst. It ends after a gap of this length, and after this time at the latest."""
QUEUE_OCTETS = 64 * 1024 * 1024

FRAME = struct.Struct("!I")
"""The number of octets that follow."""


class DrainReport(NamedTuple):
    """The contents of one frame. The counts are those since the start of the process."""

    items: list[Item]
    passed: int
    dropped: int
    dropped_of: dict[str, int]


def pack(report: DrainReport) -> bytes:
    """Return the octets of one frame."""
    body = marshal.dumps(tuple(report))
    return FRAME.pack(len(body)) + body


def unpack(body: bytes) -> DrainReport:
    """Return the contents of a frame, given without its length. Only for frames that this module wrote."""
    return DrainReport(*marshal.loads(body))


class _SocketReader:
    """Reads the sockets into the queue, and makes frames of what is in the queue."""

    def __init__(self, sockets: list[socket.socket], limit: int) -> None:
        self._sockets = {sock.fileno(): (number, sock) for number, sock in enumerate(sockets)}
        self._queue = FairQueue(limit, QUEUE_OCTETS)
        self._passed = 0
        self._reported = 0

    def __bool__(self) -> bool:
        return bool(len(self._queue)) or self._queue.dropped > self._reported

    def read(self, descriptor: int) -> bool:
        """Read what a socket has, up to the limits; whether there can be more."""
        number, sock = self._sockets[descriptor]
        inbox: list[Item] = []
        octets = 0
        receive, now = sock.recvfrom, time.monotonic
        more = True
        until = now() + _BURST_SECONDS
        for _ in range(_DATAGRAMS_PER_READ):
            try:
                data, address = receive(MAXIMUM_DATAGRAM)
            except BlockingIOError:
                # A burst has gaps. Wait through a short one, so that the rest of the burst is read at once too.
                burst = len(inbox) >= _BURST_DATAGRAMS and now() < until
                if burst and select.select([sock], [], [], _GAP_SECONDS)[0]:
                    continue
                more = False
                break
            except OSError:
                continue  # An ICMP error about an earlier answer; reading clears it.
            inbox.append((now(), number, address[0], address[1], data))
            octets += len(data)
            if octets > _OCTETS_PER_READ:
                break
        put = self._queue.put
        for item in inbox:
            put(item)
        return more

    def next_frame(self) -> bytes:
        """Remove the next datagrams from the queue and return them as a frame."""
        items = self._queue.take(DATAGRAMS_PER_FRAME)
        self._passed += len(items)
        of = {} if self._reported == self._queue.dropped else self._queue.dropped_of
        self._reported = self._queue.dropped
        return pack(DrainReport(items, self._passed, self._queue.dropped, of))


class _RealTimeScheduling:
    """Real-time scheduling, where the system permits it.

    With a small receive buffer, datagrams of a burst that are not read within half a millisecond are lost. Normal
    scheduling is used while this process takes so much time that other processes would have too little.
    """

    _SECONDS, _SHARE = 0.2, 0.5

    def __init__(self) -> None:
        self._at, self._used = time.monotonic(), time.process_time()
        self._active = False
        self._permitted = self._set(True)

    def update(self) -> None:
        now = time.monotonic()
        if not self._permitted or now - self._at < self._SECONDS:
            return
        used = time.process_time()
        light_load = used - self._used < self._SHARE * (now - self._at)
        self._at, self._used = now, used
        if light_load is not self._active:
            self._set(light_load)

    def _set(self, active: bool) -> bool:
        try:
            policy, priority = (os.SCHED_RR, 1) if active else (os.SCHED_OTHER, 0)
            os.sched_setscheduler(0, policy, os.sched_param(priority))
        except (OSError, AttributeError):  # Not permitted, or not Linux.
            return False
        self._active = active
        return True


def drain(sockets: list[socket.socket], pipe: int, parent: int, limit: int) -> None:
    """Write datagrams from the sockets to the pipe until the other end of `parent` is closed."""
    poller = select.poll()
    for sock in sockets:
        sock.setblocking(False)
        poller.register(sock, select.POLLIN)
    os.set_blocking(pipe, False)
    poller.register(parent, select.POLLIN)
    reader = _SocketReader(sockets, limit)
    descriptors = [sock.fileno() for sock in sockets]
    scheduling = _RealTimeScheduling()
    unwritten = b""
    wants_pipe = False
    while True:
        scheduling.update()
        if bool(reader or unwritten) is not wants_pipe:
            wants_pipe = not wants_pipe
            if wants_pipe:
                poller.register(pipe, select.POLLOUT)
            else:
                poller.unregister(pipe)
        ready = dict(poller.poll())
        for descriptor in descriptors:
            if descriptor in ready:
                reader.read(descriptor)
        if pipe in ready:
            unwritten = unwritten or reader.next_frame()
            with contextlib.suppress(BlockingIOError):
                unwritten = unwritten[os.write(pipe, unwritten) :]
        if parent in ready:
            break
    os.set_blocking(pipe, True)
    for descriptor in descriptors:
        while reader.read(descriptor):
            pass
    while unwritten or reader:
        unwritten = unwritten or reader.next_frame()
        unwritten = unwritten[os.write(pipe, unwritten) :]


def main(arguments: list[str]) -> int:
    """Arguments: limit of the queue, descriptors of the sockets. Frames go to standard output."""
    limit, *descriptors = (int(argument) for argument in arguments)
    gc.disable()  # There are no reference cycles here, and a collection during a burst would lose datagrams.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):  # The worker has ended.
        drain([socket.socket(fileno=each) for each in descriptors], sys.stdout.fileno(), sys.stdin.fileno(), limit)
    return 0
