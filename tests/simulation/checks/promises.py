"""I1: no address or prefix is promised to two clients at once.

A DHCPv6 client may have an address in two of its identity associations, by two servers: it is one client.

A lease is a promise from the moment when the ACK is sent, whether it arrives or not. It ends with its time, or when the
client releases or declines the address or gets a NAK. The client then ignores replies to its earlier requests, so these
promise nothing. Times are true seconds.

Each promise has the servers that have it: the one that made it, and its partner as soon as that received an update with
the lease, up to the end in the update. A server that gives an address to another client than it had before, although it
has such a promise, violates I1, whatever happened before.

Without that, the proviso of I1 is applied: one of the two promises must have an excuse, which is the act of an
operator, or the end of a safe period. It was made after the time from which the partner, alone in PARTNER-DOWN, assumes
that this server makes none (`takeovers`); or by a server with an old copy before contact (`copies`). A clock that was
wrong by more than the protocol allows is an excuse too: one that is ahead for the promises that its server has, which
it may end too early; one that is behind for those that its server makes meanwhile, which end too early when it is right
again. An excused duplicate names its excuse, and the time at which a server received the other promise: from then on it
could have been avoided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import kind_of
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Contact
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check, Granted
from tests.simulation.disk import Written, client_of
from tests.simulation.timeline import EPOCH

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

WRONG_CLOCK = 5.0
"""Two clocks may differ by at most so many seconds."""


@dataclass(slots=True)
class Promise:
    """A promise to a client. `excuse`: see the module.

    `known`: the end that each server has been sent, or has sent. `rivals`: other clients to which the address was
    promised too, with an excuse.
    """

    server: str
    state: State
    key: bytes
    address: int
    at: float
    until: float
    known: dict[str, float]
    excuse: str
    rivals: set[bytes] = field(default_factory=set)

    def __str__(self) -> str:
        known = ", ".join(f"{server} until {until:.0f}" for server, until in sorted(self.known.items()))
        return (
            f"{texts.client(self.key)} by {self.server} in {self.state.value} at {self.at:.3f} until {self.until:.3f}, "
            f"known to {known}"
        )


@dataclass(slots=True)
class Excused:
    """A duplicate under the proviso; `avoidable`: when a server was sent the promise of the other one, if it was."""

    address: int
    keys: tuple[bytes, bytes]
    text: str
    avoidable: float | None = None


class Promises(Check):
    """Has all promises.

    Attributes:
        excused: the duplicates under the proviso.
    """

    name = "I1"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._promises: dict[int, dict[bytes, Promise]] = {}
        self._takeovers = world.takeovers
        self._wrong_clocks: set[str] = set()
        self._heard: dict[str, float] = {}
        """When anything but CONTACT of a server last arrived at its partner."""
        self.excused: list[Excused] = []

    def granted(self, host: "Host", lease: Granted) -> None:
        """Record a lease."""
        if not lease.expected:
            return
        now = self.world.timeline.now
        key = lease.key
        excuse = self._takeovers.excuse(host.name, now)
        slow = host.error < -WRONG_CLOCK
        if slow:  # The stored end is too early, and counts when the clock is right again.
            excuse = excuse or f"the clock of {host.name} was behind"
        excuse = excuse or self.world.copies.excuse(host.name)
        until = now + lease.seconds
        known = {} if slow else {host.name: until}
        promise = Promise(host.name, host.state, key, lease.address, now, until, known, excuse)
        held = self._promises.setdefault(lease.address, {})
        old = held.get(key)
        if old is not None and old.until > now:
            promise.until = max(promise.until, old.until)
            promise.excuse = promise.excuse or old.excuse
            promise.known = old.known | dict.fromkeys(known, promise.until)
            promise.rivals = old.rivals
        held[key] = promise
        for other in [other for other in held.values() if other.until <= now]:
            del held[other.key]
        for other in held.values():
            if _machine_of(other.key) != _machine_of(key):
                self._duplicate(host, promise, other)

    def _duplicate(self, host: "Host", new: Promise, old: Promise) -> None:
        text = f"{texts.dotted(new.address)} is promised to {new}, and to {old}"
        again = new.key in old.rivals
        if old.known.get(host.name, 0.0) > new.at and not (again or self._extends(host, new)):
            self.fail(text)
        excuse = new.excuse or old.excuse
        if not excuse and not again:
            self.fail(text)
        if not again:
            new.rivals.add(old.key)
            old.rivals.add(new.key)
            self.excused.append(Excused(new.address, (new.key, old.key), f"{text}; {excuse}"))
            self.world.log.add("checker", f"excused: {text}; {excuse}")

    @staticmethod
    def _extends(host: "Host", new: Promise) -> bool:
        """Whether the server's own record had this client's lease, and it had not ended."""
        rows = [written.old for written in host.disk.written if written.new[0] == new.address]
        old = rows[0] if rows else host.disk.rows.get(new.address)
        if old is None or old[1] != Status.ACTIVE:
            return False
        return client_of(old) == new.key and old[4] > host.now

    def lease_ended(self, key: bytes, address: int) -> None:
        """End the promise to the client."""
        self._promises.get(address, {}).pop(key, None)

    def data_replaced(self, host: "Host") -> None:
        """A server that lost its data has no promises; one whose copy is older has those in the copy.

        If nothing of the server has arrived at its partner since a copy was made, no server can tell that it is older.
        """
        silent = host.copied_at is not None and self._heard.get(host.name, 0.0) <= host.copied_at
        for held in self._promises.values():
            for promise in held.values():
                promise.known.pop(host.name, None)
                copied = self._in_copy(host, promise)
                if copied > self.world.timeline.now and host.name not in self._wrong_clocks:
                    promise.known[host.name] = copied
                unsent = silent or kind_of(promise.address) not in self.world.carried
                if unsent and not promise.known:
                    promise.excuse = promise.excuse or "only data that was lost had the promise"

    @staticmethod
    def _in_copy(host: "Host", promise: Promise) -> float:
        """Return until when a promise lasts by the copy that is on a server's disk now, 0 if it is not there."""
        row = host.disk.rows.get(promise.address)
        if row is None or row[1] != Status.ACTIVE or client_of(row) != promise.key:
            return 0.0
        return min(row[4] - EPOCH - host.error, promise.until)

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Record the promises that the partner sent, and mark those made after the start of a takeover by it."""
        self._follow_clock(host)
        for message in host.received:
            if not isinstance(message, Contact):
                self._heard[self.world.partner(host).name] = self.world.timeline.now
            if isinstance(message, BindingUpdate) and not isinstance(message, BindingAck):
                self._receive(host, message)
        if record is None or record.state is not State.PARTNER_DOWN:
            return
        for held in self._promises.values():
            for promise in held.values():
                promise.excuse = promise.excuse or self._takeovers.excuse(promise.server, promise.at)

    def _receive(self, host: "Host", message: BindingUpdate) -> None:
        if message.status != Status.ACTIVE or message.state_exp <= host.now or host.name in self._wrong_clocks:
            return
        key = message.key
        promise = self._promises.get(message.address, {}).get(key)
        if promise is None:
            return
        until = min(message.state_exp - EPOCH - host.error, promise.until)
        promise.known[host.name] = max(until, promise.known.get(host.name, 0.0))
        for each in self.excused:
            if each.address == message.address and key in each.keys and each.avoidable is None:
                each.avoidable = self.world.timeline.now
                self.world.log.add("checker", f"avoidable from now on: {each.text}")

    def _follow_clock(self, host: "Host") -> None:
        """While a clock is ahead, its server may end the leases that it has too early; while it is behind, too late."""
        if abs(host.error) <= WRONG_CLOCK:
            self._wrong_clocks.discard(host.name)
            return
        self._wrong_clocks.add(host.name)
        if host.error < 0:
            return
        for held in self._promises.values():
            for promise in held.values():
                if host.name in promise.known:
                    del promise.known[host.name]
                    promise.excuse = promise.excuse or f"the clock of {host.name} was ahead"


def _machine_of(key: bytes) -> bytes:
    """Return what a client's key has of the client alone: for DHCPv6 the DUID, without the identity association."""
    return key[:1] + key[6:] if key[:1] == b"\2" else key
