"""Old copies: which servers have an older copy of their data, without being able to tell.

A copy that silently took the place of a server's data is recognised by what the partner remembers, so not before
contact. Until then the server uses the shares of the copy, and may give any address that was free in it. From contact
on it has no excuse.
"""

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import BindingAck
from tests.simulation.checks.base import Check

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Copies(Check):
    """Has the servers with an old copy that have had no contact since."""

    name = "I1"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._unaware: set[str] = set()
        self._forgotten: set[str] = set()
        self._acknowledged: dict[str, tuple[int, int]] = {}
        """The start and the number of the last update of each server that its partner has acknowledged."""

    def data_replaced(self, host: "Host") -> None:
        """Note a copy that was put back silently. A lost disk is empty, which the server sees by itself."""
        self._unaware.discard(host.name)
        self._forgotten.discard(host.name)
        if host.copied_at is not None and host.copied_at != inf:
            self._unaware.add(host.name)
            if not self.world.partner(host).running and not self._in_state(host):
                self._forgotten.add(host.name)

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Contact ends the excuse."""
        if host.communicating:
            self._unaware.discard(host.name)
            if host.name in self._forgotten:
                self._forgotten.discard(host.name)
                recognised = host.state in (State.RECOVER, State.RECOVER_WAIT)
                self.world.log.count(f"old copy by the number of a lease {'recognised' if recognised else 'resumed'}")

    def message_sent(self, host: "Host", message: Message) -> None:
        """Record the number of an acknowledged update."""
        partner = self.world.partner(host)
        if isinstance(message, BindingAck) and partner.disk.record is not None:
            key = (partner.disk.record.start, message.xid)
            self._acknowledged[partner.name] = max(key, self._acknowledged.get(partner.name, key))

    def _in_state(self, host: "Host") -> bool:
        """Return whether the partner's stored state has the number of the last update that it acknowledged.

        It has not in the seconds after an update: then only the leases have the number.
        """
        record = self.world.partner(host).disk.record
        acknowledged = self._acknowledged.get(host.name)
        if acknowledged is None or record is None:
            return acknowledged is None
        return (record.partner_start, record.partner_number) >= acknowledged

    def unaware(self, server: str) -> bool:
        """Return whether a server has an old copy, and has had no contact since."""
        return server in self._unaware

    def excuse(self, server: str) -> str:
        """Return the excuse for what a server does with an old copy before contact, empty if it has none."""
        return f"the store of {server} was put back silently, and it had no contact since" * self.unaware(server)
