"""The trap receiver: a socket, the child process that empties it, and the rules of `intake`.

    kernel -> child (`drain`): bounded queue -> pipe -> `Receiver.receive`: decode, coalesce -> notifications

The counters add up: received = decoded + coalesced + rejected + dropped, at every moment that they can be read. What
the kernel dropped before anybody could read it is counted apart, by the kernel. The parent keeps the socket too, so a
child that dies is replaced without losing what the kernel holds, and informs are answered from the port they came to.
"""

import contextlib
import logging
import os
import select
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from snmp import drain
from snmp.errors import ReceiverError
from snmp.intake import Intake, Rejection
from snmp.notifications import Notification

LOG = logging.getLogger(__name__)

RECEIVE_BUFFER_OCTETS = 4 * 1024 * 1024
_READ_OCTETS = 1024 * 1024
_CLOSE_SECONDS = 2.0
_CHILD_LIVES_SECONDS = 1.0
"""A child that lives shorter than this is not replaced."""


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """Where to listen and to whom."""

    listen: tuple[str, int]
    """Address and port; port 0 is any free one."""
    communities: tuple[str, ...] = ("public",)
    sources: tuple[str, ...] = ()
    """Addresses or networks that may send; empty, all may."""
    window_seconds: float = 0.25
    """How long a notification waits for repetitions of itself."""
    queue_limit: int = 50_000
    """Datagrams that wait for a caller who does not call `receive`; what comes after them is dropped and counted."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Datagrams: received = decoded + coalesced + rejected + dropped."""

    received: int
    decoded: int
    coalesced: int
    rejected: int
    dropped: int
    """By us: the queue was full."""
    kernel_drops: int
    """By the kernel, before we could receive them: not among `received`."""


class _Child:
    """The process that empties the socket, and the parent's ends of its pipes."""

    def __init__(self, descriptor: int, queue_limit: int) -> None:
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(drain.__file__)), str(descriptor), str(queue_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(descriptor,),
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    def has_more(self, timeout: float) -> bool:
        """Whether `read` would return at once, waiting for that up to `timeout` seconds."""
        return bool(select.select([self._stdout], [], [], timeout)[0])

    def read(self) -> bytes:
        """What the child has passed on; nothing at its end."""
        return os.read(self._stdout.fileno(), _READ_OCTETS)

    def stop(self) -> None:
        """Have it pass on what it has and end."""
        self._stdin.close()

    def kill(self) -> int:
        """Its exit status, once it has ended."""
        self._process.kill()
        self._stdin.close()
        self._stdout.close()
        return self._process.wait()


class Receiver:
    """Listens for traps. `receive` is for one thread; `counters` is for any."""

    def __init__(self, settings: ReceiverSettings) -> None:
        self._settings = settings
        self._intake = Intake(settings.communities, settings.sources, settings.window_seconds)
        self._socket: socket.socket | None = None
        self._child: _Child | None = None
        self._unread = bytearray()
        self._before_child = (0, 0)
        self._passed_and_dropped = (0, 0)
        self._counters = Counters(0, 0, 0, 0, 0, 0)

    def start(self) -> tuple[str, int]:
        """Bind and begin to receive; the address and port that it listens on."""
        host, port = self._settings.listen
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.bind((host, port))
        except OSError as error:
            sock.close()
            raise ReceiverError(f"cannot listen for traps on {host} port {port}: {error.strerror}") from error
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
        granted = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        if granted < 2 * RECEIVE_BUFFER_OCTETS:
            LOG.warning(
                "the kernel grants the trap receiver a buffer of %d octets of the %d asked for; "
                "raise net.core.rmem_max to lose less in a burst",
                granted // 2,
                RECEIVE_BUFFER_OCTETS,
            )
        self._socket = sock
        self._spawn()
        bound = sock.getsockname()
        return bound[0], bound[1]

    def receive(self, timeout: float) -> list[Notification]:
        """The notifications that are due, waiting for them up to `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            due = self._intake.due(now)
            if due:
                return due
            next_due = self._intake.next_due()
            wake = deadline if next_due is None else min(deadline, next_due)
            self._read(max(0.0, wake - now))
            if now >= deadline:
                return []

    def counters(self) -> Counters:
        """What was counted, as of the last frame that `receive` took in."""
        counters = self._counters
        return Counters(
            counters.received,
            counters.decoded,
            counters.coalesced,
            counters.rejected,
            counters.dropped,
            self._kernel_drops() if self._socket is not None else counters.kernel_drops,
        )

    def rejections(self) -> tuple[Rejection, ...]:
        """Who had what rejected, the latest last."""
        return self._intake.rejections()

    def close(self) -> list[Notification]:
        """Stop; the notifications that were still on their way."""
        child, sock = self._child, self._socket
        if sock is None:
            return []
        if child is not None:
            child.stop()
            deadline = time.monotonic() + _CLOSE_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                if child.has_more(left) and not self._take_in(child):
                    break
            child.kill()
            self._child = None
        self._counters = self.counters()
        sock.close()
        self._socket = None
        return self._intake.due(float("inf"))

    def _spawn(self) -> None:
        assert self._socket is not None
        descriptor = self._socket.fileno()
        self._child = _Child(descriptor, self._settings.queue_limit)
        self._before_child = self._passed_and_dropped
        self._unread.clear()

    def _read(self, timeout: float) -> None:
        """Take in what the child has passed on, waiting for it up to `timeout` seconds."""
        child = self._child
        if child is None:
            raise ReceiverError("the trap receiver is not running: call start first")
        if child.has_more(timeout) and not self._take_in(child):
            self._replace(child)

    def _take_in(self, child: _Child) -> bool:
        """Read the pipe once and take in every frame that is whole; False at its end."""
        octets = child.read()
        self._unread += octets
        position = 0
        header = drain.FRAME.size
        while len(self._unread) - position >= header:
            length, passed, dropped = drain.FRAME.unpack_from(self._unread, position)
            end = position + header + length
            if len(self._unread) < end:
                break
            self._frame(bytes(self._unread[position + header : end]), passed, dropped)
            position = end
        del self._unread[:position]
        return bool(octets)

    def _frame(self, body: bytes, passed: int, dropped: int) -> None:
        assert self._socket is not None
        for datagram in drain.datagrams(body):
            answer = self._intake.take(datagram, time.monotonic())
            if answer is not None:
                with contextlib.suppress(OSError):  # Its sender is gone, or asks again.
                    self._socket.sendto(answer, datagram.source)
        before_passed, before_dropped = self._before_child
        self._passed_and_dropped = (before_passed + passed, before_dropped + dropped)
        counts = self._intake.counts
        self._counters = Counters(
            sum(self._passed_and_dropped),
            counts["decoded"],
            counts["coalesced"],
            counts["rejected"],
            self._passed_and_dropped[1],
            0,
        )

    def _replace(self, child: _Child) -> None:
        """Start another child in the place of one that ended by itself."""
        lived = time.monotonic() - child.started
        status = child.kill()
        if lived < _CHILD_LIVES_SECONDS:
            self._child = None
            raise ReceiverError(f"the trap receiver's process ended after {lived:.1f} s with status {status}")
        LOG.warning("the trap receiver's process ended with status %d; starting another", status)
        self._spawn()

    def _kernel_drops(self) -> int:
        """The last column of the socket's line in /proc/net/udp; 0 where there is no such file."""
        sock = self._socket
        if sock is None:
            return self._counters.kernel_drops
        inode = str(os.fstat(sock.fileno()).st_ino)
        table = Path("/proc/net/udp6" if sock.family == socket.AF_INET6 else "/proc/net/udp")
        with contextlib.suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                columns = line.split()
                if columns[9] == inode:
                    return int(columns[-1])
        return 0
