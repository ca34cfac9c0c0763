"""I1: no address is promised to two clients at once.

A lease is a promise from the moment when the ACK is sent, whether it arrives or not. It ends with its time, or when the
client releases or declines the address or gets a NAK. The client then ignores replies to its earlier requests, so these
promise nothing. Times are true seconds.

The proviso is applied to each duplicate: one of the two promises must be unaccountable. Such a promise was made after
the time from which the partner, alone in PARTNER-DOWN, assumes that this server makes none (`takeovers`); or it
conflicted with such a promise before; or it extends one. When the servers have contact again and both have the lease,
the promise is accountable.
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
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.checks.durability import key_of
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


@dataclass(slots=True)
class Promise:
    """A promise to a client. `unaccountable`: see the module."""

    server: str
    state: State
    key: bytes
    address: int
    at: float
    until: float
    unaccountable: bool

    def __str__(self) -> str:
        mark = ", without its partner's knowledge" if self.unaccountable else ""
        return (
            f"{texts.client(self.key)} by {self.server} in {self.state.value} at {self.at:.3f} until {self.until:.3f}"
            f"{mark}"
        )


class Promises(Check):
    """Has all promises.

    Attributes:
        excused: texts of the duplicates under the proviso.
    """

    name = "I1"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._promises: dict[int, dict[bytes, Promise]] = {}
        self._takeovers = world.takeovers
        self._any_unaccountable = False
        self.excused: list[str] = []

    def replied(self, host: "Host", packet: Packet) -> None:
        """Record an ACK with a lease time, or a BOOTREPLY with an address, which is infinite."""
        for_ever = packet.message_type == 0 and packet.yiaddr != 0
        if not for_ever and (packet.message_type != MessageType.ACK or options4.LEASE_TIME not in packet.options):
            return
        if not self.world.clients.expects_reply(packet):
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
        self._any_unaccountable |= unaccountable
        for other in [other for other in held.values() if other.until <= now]:
            del held[other.key]
        for other in held.values():
            if other is not promise:
                self._duplicate(promise, other)

    def _duplicate(self, new: Promise, old: Promise) -> None:
        text = f"{texts.dotted(new.address)} is promised to {new}, and to {old}"
        if not new.unaccountable and not old.unaccountable:
            self.fail(text)
        new.unaccountable = old.unaccountable = self._any_unaccountable = True
        self.excused.append(text)
        self.world.log.add("checker", f"excused: {text}")

    def lease_ended(self, key: bytes, address: int) -> None:
        """End the promise to the client."""
        self._promises.get(address, {}).pop(key, None)

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Mark the promises made after the start of a takeover by the partner."""
        if record is None or record.state is not State.PARTNER_DOWN:
            return
        for held in self._promises.values():
            for promise in held.values():
                if self._takeovers.unaccountable(promise.server, promise.at):
                    promise.unaccountable = self._any_unaccountable = True

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Clear the marks when both servers are NORMAL, all updates are acknowledged, and both have the lease."""
        if self._any_unaccountable and self.world.in_sync():
            self._any_unaccountable = False
            for held in self._promises.values():
                for promise in held.values():
                    if promise.unaccountable and self._known(promise):
                        promise.unaccountable = False

    def _known(self, promise: Promise) -> bool:
        leases = [host.book.get(promise.address) for host in self.world.hosts]
        return all(lease and lease.status is Status.ACTIVE and lease.key == promise.key for lease in leases)
