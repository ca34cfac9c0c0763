"""The link of a small world: connections that carry octets in order, and events in order at each server."""

import copy
from enum import Enum

from dhcpserver.service.turn import LinkData, LinkDown, LinkEvent, LinkUp


class Cable(Enum):
    """The state of the cable. While it is silent, nothing arrives and neither server notices."""

    WHOLE = "whole"
    CUT = "cut"
    SILENT = "silent"


class Wires:
    """The cable and its connections.

    Attributes:
        inboxes: what is on its way to each server, in order.
        caller: the server whose attempt to connect goes on, None without one.
        open: for each connection the servers that have it open.
    """

    __slots__ = ("_last", "cable", "caller", "inboxes", "open")

    def __init__(self) -> None:
        self.cable = Cable.WHOLE
        self.caller: int | None = None
        self.inboxes: tuple[list[LinkEvent], list[LinkEvent]] = ([], [])
        self.open: dict[int, frozenset[int]] = {}
        self._last = 0

    def fork(self) -> "Wires":
        """Return a copy."""
        other = copy.copy(self)
        other.inboxes = (list(self.inboxes[0]), list(self.inboxes[1]))
        other.open = dict(self.open)
        return other

    def dial(self, caller: int, partner_runs: bool) -> None:
        """Connect. An attempt that cannot succeed now goes on, as that of TCP does, until it can."""
        self.caller = caller
        if partner_runs:
            self.retry()

    def retry(self) -> None:
        """Let the attempt that goes on succeed, if it can: the cable is whole, and both servers run."""
        if self.caller is None or self.cable is not Cable.WHOLE:
            return
        self._last += 1
        self.open[self._last] = frozenset((0, 1))
        for end in (1 - self.caller, self.caller):
            self.inboxes[end].append(LinkUp(self._last, end == self.caller, "ipv4", "a", "b"))
        self.caller = None

    def mend(self, both_run: bool) -> None:
        """Repair the cable."""
        self.cable = Cable.WHOLE
        if both_run:
            self.retry()

    def transmit(self, sender: int, connection: int, octets: bytes) -> None:
        """Send a portion of octets."""
        if 1 - sender in self.open.get(connection, ()) and self.cable is not Cable.CUT:
            self.inboxes[1 - sender].append(LinkData(connection, octets))

    def close(self, connection: int, by: int) -> None:
        """Close an end; octets that were sent before still arrive."""
        ends = self.open.pop(connection, frozenset())
        if 1 - by in ends:
            self.open[connection] = ends - {by}
            self.inboxes[1 - by].append(LinkDown(connection, "closed by the partner"))

    def taken(self, server: int) -> LinkEvent:
        """Remove and return the next event of a server."""
        event = self.inboxes[server].pop(0)
        if isinstance(event, LinkDown):
            self.open[event.connection] = self.open.get(event.connection, frozenset()) - {server}
            if not self.open[event.connection]:
                del self.open[event.connection]
        return event

    def waits(self, server: int) -> bool:
        """Whether the next event of a server can arrive now."""
        return bool(self.inboxes[server]) and self.cable is not Cable.SILENT

    def cut(self) -> None:
        """Cut the cable: what is on its way is lost, and both ends notice."""
        self.cable = Cable.CUT
        for server, inbox in enumerate(self.inboxes):
            inbox[:] = [event for event in inbox if not isinstance(event, LinkData)]
            ended = {event.connection for event in inbox if isinstance(event, LinkDown)}
            for connection, ends in self.open.items():
                if server in ends and connection not in ended:
                    inbox.append(LinkDown(connection, "no route to host"))

    def vanish(self, server: int) -> None:
        """End all connections of a process that ends."""
        self.inboxes[server].clear()
        if self.caller == server:
            self.caller = None
        for connection, ends in list(self.open.items()):
            if server in ends:
                self.close(connection, server)
