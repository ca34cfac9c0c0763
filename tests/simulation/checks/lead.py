"""I2: outside PARTNER-DOWN no client gets a lease that ends later than MCLT beyond the partner's record.

The partner's record is taken from the messages: the greatest potential expiration that it acknowledged or sent itself,
for this client and address. A client that requests MCLT or more gets at least MCLT.
"""

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import LAST_IPV4
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check, Granted, update_of
from tests.simulation.disk import Written, client_of

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
        self._sent_updates: dict[tuple[str, int, tuple[int, int]], tuple[int, bytes, int]] = {}
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
                key = client_of(row)
                if key is not None:
                    self._learn(host, row[0], key, max(row[6:8]))

    def message_sent(self, host: "Host", message: Message) -> None:
        """Remember a potential expiration until it is acknowledged."""
        if isinstance(message, BindingUpdate) and not isinstance(message, BindingAck):
            sent = (message.address, message.key, message.potential)
            self._sent_updates[host.name, host.life, update_of(message)] = sent

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Count the messages of the partner of this turn."""
        for message in host.received:
            if isinstance(message, BindingAck):
                sent_update = self._sent_updates.pop((host.name, host.life, update_of(message)), None)
                if sent_update is not None and message.reject is None:
                    self._learn(host, *sent_update)
            elif isinstance(message, BindingUpdate) and message.status == Status.ACTIVE:
                self._learn(host, message.address, message.key, message.potential)

    def _learn(self, host: "Host", address: int, key: bytes, potential: int) -> None:
        slot = (host.name, address, key)
        self._known[slot] = max(self._known.get(slot, 0), potential)

    def _lifetimes(self, host: "Host", lease: Granted) -> None:
        """The preferred lifetime is the configured one, or the valid one if that is shorter (R-019, R-020)."""
        if lease.address > LAST_IPV4 and lease.preferred != min(host.site.wanted(lease.address)[0], lease.seconds):
            text = f"{texts.dotted(lease.address)} is preferred for {lease.preferred} s and valid for {lease.seconds} s"
            self.fail(f"{host.name} gives {texts.client(lease.key)} another preferred lifetime: {text}")

    def granted(self, host: "Host", lease: Granted) -> None:
        """Check a lease with an end."""
        self._lifetimes(host, lease)
        if lease.seconds == inf or State.PARTNER_DOWN in (host.before, host.state):
            return
        seconds, address, key = int(lease.seconds), lease.address, lease.key
        mclt, now = host.site.mclt, host.now
        known = self._known.get((host.name, address, key), 0)
        end = int(now) + seconds
        if end > mclt + max(known, now):
            text = f"{texts.client(key)} has {texts.dotted(address)} until {texts.moment(end)}"
            self.fail(f"{host.name} in {host.state.value}: {text}; the partner's record ends at {texts.moment(known)}")
        override = host.site.allow_override and address <= LAST_IPV4
        wanted = 1 if override else min(host.site.wanted(address)[1], mclt)
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
