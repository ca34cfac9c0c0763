"""The cable between the servers and the TCP connections on it.

A connection carries octets in order, in pieces, each after a delay, in both directions. Whatever ends it at one end,
what was sent before still arrives, and then the other end hears of the end. That goes on unless the cable is

    cut       every connection is reset at both ends, and nobody can connect
    silent    nothing arrives and nobody hears of anything; when the cable is mended, what was sent arrives late, and
              who has lost its other end meanwhile learns it when it sends

or a machine vanishes: then its partner hears nothing until it sends to the machine that came back.
"""

import random
from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from dhcpserver.service.turn import DialFailed, LinkData, LinkDown, LinkUp
from dhcpserver.wire.failover4 import Message, decode
from tests.simulation.story import Story
from tests.simulation.timeline import Timeline

if TYPE_CHECKING:
    from tests.simulation.host import Host

CONNECT_TIMEOUT = 10.0
"""As the shell's."""


class Cable(Enum):
    """How it is."""

    WHOLE = "whole"
    CUT = "cut"
    SILENT = "silent"


class End:
    """One end of a connection: a socket of a process.

    Attributes:
        host, life: whose it is; a process that was restarted does not know the sockets of the one before.
        number: what the host calls the connection.
        open: whether the process still has it.
        other: the other end.
        ahead: what is on its way to this end: octets, and None for the end of the connection.
        messages: whole messages among it, each with the count of octets after which it is complete.
        sent, received: octets that were sent to this end, and that arrived.
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
        """Whether a process listens here."""
        return self.open and self.host.running and self.host.life == self.life


class Link:
    """See the module. `latency` is in seconds, for each piece from half of it to one and a half times it."""

    def __init__(self, timeline: Timeline, story: Story, entropy: random.Random, latency: float) -> None:
        self._timeline = timeline
        self._story = story
        self._entropy = entropy
        self._latency = latency
        self._ends: list[End] = []
        self.hosts: list[Host] = []
        self.cable = Cable.WHOLE

    def _delay(self) -> float:
        return self._latency * (0.5 + self._entropy.random())

    # Connecting

    def dial(self, caller: "Host") -> None:
        """As FailoverLinks.dial: one attempt at a time; answered by LinkUp or DialFailed."""
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
        """As FailoverLinks.transmit; the messages in it."""
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
        """The next piece reaches an end, if the cable lets it."""
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
        """An end learns that its connection is over."""
        if end.alive:
            end.open = False
            end.host.link_event(LinkDown(end.number, cause))
        self._tidy()

    def _tidy(self) -> None:
        self._ends = [end for end in self._ends if end.alive or end.other.alive]

    # Closing

    def close(self, host: "Host", number: int) -> None:
        """As FailoverLinks.close: what was sent arrives, then the end of it."""
        end = self._end(host, number)
        if end is not None and end.open:
            end.open = False
            self._send(end.other, None)

    def close_all(self, host: "Host") -> None:
        """Every connection of a process that ends in order, or by a crash that the kernel survives."""
        for end in list(self._ends):
            if end.host is host and end.life == host.life and end.open:
                self.close(host, end.number)

    def vanish(self, host: "Host") -> None:
        """A machine is gone with all that it had sent and not delivered."""
        for end in self._ends:
            if end.host is host and end.open:
                end.open = False
                end.other.ahead.clear()
                end.other.messages.clear()
                end.other.sent = end.other.received

    # The cable

    def cut(self) -> None:
        """Break the cable where both notice."""
        self.cable = Cable.CUT
        ends, self._ends = self._ends, []
        for end in ends:
            self._reset(end, "no route to host")

    def silence(self) -> None:
        """Break it where nobody does."""
        self.cable = Cable.SILENT

    def mend(self) -> None:
        """Repair it; what waited goes on."""
        self.cable = Cable.WHOLE
        for end in self._ends:
            for _ in end.ahead:
                self._plan(end)

    def reset(self) -> None:
        """The connections break, the cable does not."""
        ends, self._ends = self._ends, []
        for end in ends:
            self._reset(end, "connection reset")


def frames(data: bytes) -> Iterator[tuple[int, Message]]:
    """The messages of a portion that a server sends, which are whole, each with where it ends."""
    position = 0
    while position < len(data):
        length = data[position] << 8 | data[position + 1]
        assert data[position + 2] <= 12, "DHCPv6 bindings are not simulated yet"
        yield position + length, decode(data[position : position + length])
        position += length
