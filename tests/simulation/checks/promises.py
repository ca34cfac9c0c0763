"""I1: no address is promised to two clients at once.

What a client was told is a promise from the moment when the ACK leaves, whether it arrives or not. It ends with its
time, or when the client gives the address back, declines it, or learns that it was refused; answers to what it asked
before find it no more, and promise nothing. Times are true seconds.

The proviso is judged for each duplicate by itself: one of the two promises must be one that its server gave after its
partner, alone in PARTNER-DOWN, had every reason to think that it gives none (`takeovers`), or one that lost against
such a promise before, or the extension of one. When the servers have met again and both know of a promise, it is like
any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.options4 import MessageType
from tests.simulation import words
from tests.simulation.checks.base import Check
from tests.simulation.checks.durability import key_of
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


@dataclass(slots=True)
class Promise:
    """What a client was told. `unaccountable`: see the module."""

    server: str
    state: State
    key: bytes
    address: int
    at: float
    until: float
    unaccountable: bool

    def __str__(self) -> str:
        mark = ", which its partner could not know" if self.unaccountable else ""
        return (
            f"{words.client(self.key)} by {self.server} in {self.state.value} at {self.at:.3f} until {self.until:.3f}"
            f"{mark}"
        )


class Promises(Check):
    """See the module.

    Attributes:
        excused: duplicates under the proviso, in words.
    """

    name = "I1"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._promises: dict[int, dict[bytes, Promise]] = {}
        self._takeovers = world.takeovers
        self._doubtful = False
        self.excused: list[str] = []

    def replied(self, host: "Host", packet: Packet) -> None:
        """An ACK with a lease time promises something, and a BOOTREPLY an address for ever."""
        for_ever = packet.message_type == 0 and packet.yiaddr != 0
        if not for_ever and (packet.message_type != MessageType.ACK or options4.LEASE_TIME not in packet.options):
            return
        if not self.world.clients.listens(packet):
            return
        now = self.world.timeline.now
        seconds = inf if for_ever else int.from_bytes(packet.options[options4.LEASE_TIME], "big")
        key = key_of(packet)
        unaccountable = self._takeovers.unaccountable(host.name, now)
        promise = Promise(host.name, host.state, key, packet.yiaddr, now, now + seconds, unaccountable)
        held = self._promises.setdefault(packet.yiaddr, {})
        old = held.get(key)
        if old is not None:
            promise.until = max(promise.until, old.until)
            promise.unaccountable |= old.unaccountable
        held[key] = promise
        self._doubtful |= unaccountable
        for other in [other for other in held.values() if other.until <= now]:
            del held[other.key]
        for other in held.values():
            if other is not promise:
                self._duplicate(promise, other)

    def _duplicate(self, new: Promise, old: Promise) -> None:
        text = f"{words.dotted(new.address)} is promised to {new}, and to {old}"
        if not new.unaccountable and not old.unaccountable:
            self.fail(text)
        new.unaccountable = old.unaccountable = self._doubtful = True
        self.excused.append(text)
        self.world.story.tell("checker", f"excused: {text}")

    def ended(self, key: bytes, address: int) -> None:
        """The client no longer uses it."""
        self._promises.get(address, {}).pop(key, None)

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """A takeover that counts from before what the partner promised makes that unaccountable afterwards."""
        if record is None or record.state is not State.PARTNER_DOWN:
            return
        for held in self._promises.values():
            for promise in held.values():
                if self._takeovers.unaccountable(promise.server, promise.at):
                    promise.unaccountable = self._doubtful = True

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """When both are NORMAL and have told each other everything, what both know is no longer in doubt."""
        if self._doubtful and self.world.nothing_to_tell():
            self._doubtful = False
            for held in self._promises.values():
                for promise in held.values():
                    if promise.unaccountable and self._known(promise):
                        promise.unaccountable = False

    def _known(self, promise: Promise) -> bool:
        leases = [host.book.get(promise.address) for host in self.world.hosts]
        return all(lease and lease.status is Status.ACTIVE and lease.key == promise.key for lease in leases)
