"""I2: outside PARTNER-DOWN no client is told an end later than MCLT beyond what the partner knows.

What the partner knows is taken from the messages: the greatest potential expiration that it acknowledged, or announced
itself, for this client and address. And a client that wants MCLT or more gets MCLT at least.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.options4 import MessageType
from tests.simulation import words
from tests.simulation.checks.base import Check
from tests.simulation.checks.durability import key_of
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

Slot = tuple[str, int, bytes]
"""Server, address, client."""


class Lead(Check):
    """See the module."""

    name = "I2"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._known: dict[Slot, int] = {}
        self._flights: dict[tuple[str, int, int], tuple[int, bytes, int]] = {}
        self._renewed: set[str] = set()

    def renewed(self, host: "Host") -> None:
        """A server that lost its memory knows of nothing."""
        self._known = {slot: value for slot, value in self._known.items() if slot[0] != host.name}
        self._renewed.add(host.name)

    def started(self, host: "Host") -> None:
        """What a copy of the store says that the partner knew, it knew."""
        if host.name in self._renewed:
            self._renewed.discard(host.name)
            for row in host.disk.rows.values():
                if row[2] or row[3]:
                    self._learn(host, row[0], client_key(row[2], row[3]), max(row[6:8]))

    def told(self, host: "Host", message: Message) -> None:
        """Remember what was announced, until it is answered."""
        if isinstance(message, BindingUpdate) and not isinstance(message, BindingAck):
            key = client_key(message.client_id, message.hardware)
            self._flights[host.name, host.life, message.xid] = (message.address, key, message.potential)

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """What the partner said in this turn counts in it."""
        for message in host.heard:
            if isinstance(message, BindingAck):
                flight = self._flights.pop((host.name, host.life, message.xid), None)
                if flight is not None and message.reject is None:
                    self._learn(host, *flight)
            elif isinstance(message, BindingUpdate) and message.status == Status.ACTIVE:
                key = client_key(message.client_id, message.hardware)
                self._learn(host, message.address, key, message.potential)

    def _learn(self, host: "Host", address: int, key: bytes, potential: int) -> None:
        slot = (host.name, address, key)
        self._known[slot] = max(self._known.get(slot, 0), potential)

    def replied(self, host: "Host", packet: Packet) -> None:
        """An ACK that gives time."""
        if packet.message_type != MessageType.ACK or options4.LEASE_TIME not in packet.options:
            return
        if State.PARTNER_DOWN in (host.before, host.state):
            return
        seconds = int.from_bytes(packet.options[options4.LEASE_TIME], "big")
        mclt, now, address, key = host.site.mclt, host.now, packet.yiaddr, key_of(packet)
        known = self._known.get((host.name, address, key), 0)
        end = int(now) + seconds
        if end > mclt + max(known, now):
            text = f"{words.client(key)} has {words.dotted(address)} until {words.moment(end)}"
            self.fail(f"{host.name} in {host.state.value}: {text}; the partner knows of {words.moment(known)}")
        wanted = min(host.site.lease_time, mclt) if not host.site.allow_override else 1
        short = any(
            new[0] == address
            and new[1] == Status.ACTIVE
            and new[4] < int(now) + wanted
            and (old is None or old[4] != new[4])
            for old, new in host.disk.written
        )
        told = any(isinstance(message, BindingUpdate) and message.address == address for message in host.heard)
        if short and not told:
            self.fail(f"{host.name} gives {words.client(key)} {seconds} s; MCLT allows {wanted} s")
