"""The cable between the servers, and the TCP connections on it.

A connection carries octets in order, in pieces, each after a delay, in both directions. When one end closes it, the
octets sent before still arrive, then its end. The cable may be

    cut       every connection is reset at both ends, and none can be established
    silent    nothing arrives. After the repair, octets that were sent arrive late; an end whose other end is gone
              is reset when it sends

When a machine vanishes, its partner receives nothing until it sends to the machine that was started again.
"""

import random
from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from dhcpserver.service.turn import DialFailed, LinkData, LinkDown, LinkUp
from dhcpserver.wire.failover4 import Message, decode
from dhcpserver.wire.failover6 import decode6
from tests.simulation.dialects import LAST_OF_DRAFT12, Dialect, frame_length, translate
from tests.simulation.runlog import RunLog
from tests.simulation.timeline import Timeline

if TYPE_CHECKING:
    from tests.simulation.host import Host

CONNECT_TIMEOUT = 10.0
"""The same as the shell's."""


class Cable(Enum):
    """The state of the cable."""

    WHOLE = "whole"
    CUT = "cut"
    SILENT = "silent"


class End:
    """One end of a connection: a socket of a process.

    Attributes:
        host, life: its process; a restarted process does not have the sockets of the one before.
        number: the connection's number at the host.
        open: whether the process has it open.
        other: the other end.
        ahead: what is on its way to this end: octets, and None for the end of the connection.
        messages: complete messages among it, each with the number of octets after which it is complete.
        sent, received: numbers of octets that were sent to this end, and that arrived.
    """

    def __init__(self, host: "Host", number: int) -> None:
        self.host = host
        self.life = host.life
        self.number = number
        self.open = True
        self.other: End = self
        self.ahead: deque[bytes | None] = deque()
        self.messages: deque[tuple[int, Message]] = deque()
        self.sent = 0
        self.received = 0
        self.next_arrival = 0.0

    @property
    def alive(self) -> bool:
        """Whether a process has the socket open."""
        return self.open and self.host.running and self.host.life == self.life


class Link:
    """The link. `latency`: seconds; each piece takes between half of it and one and a half times it."""

    def __init__(self, timeline: Timeline, log: RunLog, entropy: random.Random, latency: float) -> None:
        self._timeline = timeline
        self._log = log
        self._entropy = entropy
        self._latency = latency
        self._ends: list[End] = []
        self.hosts: list[Host] = []
        self.cable = Cable.WHOLE
        self.dialect = Dialect.OURS

    def _delay(self) -> float:
        return self._latency * (0.5 + self._entropy.random())

    # Connecting

    def dial(self, caller: "Host") -> None:
        """See FailoverLinks.dial: one attempt at a time; the outcome is LinkUp or DialFailed."""
        if caller.dialling:
            return
        caller.dialling = True
        life = caller.life
        callee = next(host for host in self.hosts if host is not caller)

        def outcome() -> None:
            if not caller.running or caller.life != life:
                return
            if self.cable is Cable.CUT or (self.cable is Cable.WHOLE and callee.machine_on and not callee.running):
                self._failed(caller, "connection refused")
            elif self.cable is Cable.SILENT or not callee.machine_on:
                self._timeline.after(CONNECT_TIMEOUT - self._latency, timeout)
            else:
                self._connect(caller, callee)

        def timeout() -> None:
            if caller.running and caller.life == life:
                self._failed(caller, "timed out")

        self._timeline.after(self._delay(), outcome)

    def _failed(self, caller: "Host", cause: str) -> None:
        caller.dialling = False
        caller.link_event(DialFailed(cause))

    def _connect(self, caller: "Host", callee: "Host") -> None:
        caller.dialling = False
        ours, theirs = End(caller, caller.connection()), End(callee, callee.connection())
        ours.other, theirs.other = theirs, ours
        self._ends += (ours, theirs)
        for end, outbound in ((theirs, False), (ours, True)):
            end.host.link_event(LinkUp(end.number, outbound, "ipv4", end.host.name, end.other.host.name))

    def _end(self, host: "Host", number: int) -> End | None:
        for end in self._ends:
            if end.host is host and end.number == number and end.life == host.life:
                return end
        return None

    # Sending

    def transmit(self, host: "Host", number: int, data: bytes) -> list[Message]:
        """See FailoverLinks.transmit. Returns the messages in the octets."""
        data = translate(data, self.dialect)
        messages = list(frames(data))
        end = self._end(host, number)
        if end is None or not end.open:
            return [message for _, message in messages]
        other = end.other
        other.messages += ((other.sent + position, message) for position, message in messages)
        other.sent += len(data)
        while data:
            size = len(data) if self._entropy.random() < 0.7 else self._entropy.randint(1, len(data))
            self._send(other, data[:size])
            data = data[size:]
        return [message for _, message in messages]

    def _send(self, to: End, piece: bytes | None) -> None:
        to.ahead.append(piece)
        self._plan(to)

    def _plan(self, to: End) -> None:
        at = max(self._timeline.now + self._delay(), to.next_arrival)
        to.next_arrival = at
        self._timeline.after(at - self._timeline.now, lambda: self._arrive(to))

    def _arrive(self, to: End) -> None:
        """Deliver the next piece to an end, if the cable allows it."""
        if self.cable is not Cable.WHOLE or not to.ahead or not to.host.machine_on:
            return
        piece = to.ahead.popleft()
        if not to.alive:
            to.ahead.clear()
            if piece is not None:
                self._reset(to.other, "connection reset by peer")
            return
        if piece is None:
            self._reset(to, "closed by the partner")
            return
        to.received += len(piece)
        while to.messages and to.messages[0][0] <= to.received:
            to.host.arriving.append(to.messages.popleft()[1])
        to.host.link_event(LinkData(to.number, piece))

    def _reset(self, end: End, cause: str) -> None:
        """Report to an end that its connection is reset."""
        if end.alive:
            end.open = False
            end.host.link_event(LinkDown(end.number, cause))
        self._tidy()

    def _tidy(self) -> None:
        self._ends = [end for end in self._ends if end.alive or end.other.alive]

    # Closing

    def close(self, host: "Host", number: int) -> None:
        """See FailoverLinks.close: octets sent before arrive, then the end."""
        end = self._end(host, number)
        if end is not None and end.open:
            end.open = False
            self._send(end.other, None)

    def close_all(self, host: "Host") -> None:
        """Close all connections of a process that stops, or that crashes while its kernel runs."""
        for end in list(self._ends):
            if end.host is host and end.life == host.life and end.open:
                self.close(host, end.number)

    def vanish(self, host: "Host") -> None:
        """Remove a machine, with all octets that it had sent and that have not arrived."""
        for end in self._ends:
            if end.host is host and end.open:
                end.open = False
                end.other.ahead.clear()
                end.other.messages.clear()
                end.other.sent = end.other.received

    # The cable

    def cut(self) -> None:
        """Cut the cable; both ends notice."""
        self.cable = Cable.CUT
        ends, self._ends = self._ends, []
        for end in ends:
            self._reset(end, "no route to host")

    def silence(self) -> None:
        """Make the cable silent; neither end notices."""
        self.cable = Cable.SILENT

    def mend(self) -> None:
        """Repair the cable; octets that were waiting continue."""
        self.cable = Cable.WHOLE
        for end in self._ends:
            for _ in end.ahead:
                self._plan(end)

    def reset(self) -> None:
        """Reset the connections; the cable stays as it is."""
        ends, self._ends = self._ends, []
        for end in ends:
            self._reset(end, "connection reset")


def frames(data: bytes) -> Iterator[tuple[int, Message]]:
    """Return the messages of a portion of complete frames, each with the position of its end."""
    position = 0
    while position < len(data):
        end = position + frame_length(data, position)
        frame = data[position:end]
        yield end, decode(frame) if frame[2] <= LAST_OF_DRAFT12 else decode6(frame)
        position = end
