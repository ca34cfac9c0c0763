"""I2: outside PARTNER-DOWN no client gets a lease that ends later than MCLT beyond the partner's record.

The partner's record is taken from the messages: the greatest potential expiration that it acknowledged or sent itself,
for this client and address. A client that requests MCLT or more gets at least MCLT.
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
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.checks.durability import key_of
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

Slot = tuple[str, int, bytes]
"""Server, address, client."""


class Lead(Check):
    """Compares each ACK with the messages between the servers."""

    name = "I2"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._known: dict[Slot, int] = {}
        self._sent_updates: dict[tuple[str, int, int], tuple[int, bytes, int]] = {}
        self._renewed: set[str] = set()

    def data_replaced(self, host: "Host") -> None:
        """A server that lost its data has no records."""
        self._known = {slot: value for slot, value in self._known.items() if slot[0] != host.name}
        self._renewed.add(host.name)

    def started(self, host: "Host") -> None:
        """Take over the potential expirations of a restored copy."""
        if host.name in self._renewed:
            self._renewed.discard(host.name)
            for row in host.disk.rows.values():
                if row[2] or row[3]:
                    self._learn(host, row[0], client_key(row[2], row[3]), max(row[6:8]))

    def message_sent(self, host: "Host", message: Message) -> None:
        """Remember a potential expiration until it is acknowledged."""
        if isinstance(message, BindingUpdate) and not isinstance(message, BindingAck):
            key = client_key(message.client_id, message.hardware)
            self._sent_updates[host.name, host.life, message.xid] = (message.address, key, message.potential)

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Count the messages of the partner of this turn."""
        for message in host.received:
            if isinstance(message, BindingAck):
                sent_update = self._sent_updates.pop((host.name, host.life, message.xid), None)
                if sent_update is not None and message.reject is None:
                    self._learn(host, *sent_update)
            elif isinstance(message, BindingUpdate) and message.status == Status.ACTIVE:
                key = client_key(message.client_id, message.hardware)
                self._learn(host, message.address, key, message.potential)

    def _learn(self, host: "Host", address: int, key: bytes, potential: int) -> None:
        slot = (host.name, address, key)
        self._known[slot] = max(self._known.get(slot, 0), potential)

    def replied(self, host: "Host", packet: Packet) -> None:
        """Check an ACK with a lease time."""
        if packet.message_type != MessageType.ACK or options4.LEASE_TIME not in packet.options:
            return
        if State.PARTNER_DOWN in (host.before, host.state):
            return
        seconds = int.from_bytes(packet.options[options4.LEASE_TIME], "big")
        mclt, now, address, key = host.site.mclt, host.now, packet.yiaddr, key_of(packet)
        known = self._known.get((host.name, address, key), 0)
        end = int(now) + seconds
        if end > mclt + max(known, now):
            text = f"{texts.client(key)} has {texts.dotted(address)} until {texts.moment(end)}"
            self.fail(f"{host.name} in {host.state.value}: {text}; the partner's record ends at {texts.moment(known)}")
        wanted = min(host.site.lease_time, mclt) if not host.site.allow_override else 1
        short = any(
            new[0] == address
            and new[1] == Status.ACTIVE
            and new[4] < int(now) + wanted
            and (old is None or old[4] != new[4])
            for old, new in host.disk.written
        )
        message_sent = any(
            isinstance(message, BindingUpdate) and message.address == address for message in host.received
        )
        if short and not message_sent:
            self.fail(f"{host.name} gives {texts.client(key)} {seconds} s; MCLT allows {wanted} s")
