"""I3: outside PARTNER-DOWN no address is in both shares.

An address without a record is FREE, in the main's share. An address may be in neither share while it is moved. After a
takeover that the partner was not aware of (`takeovers`), only the addresses that a server changed while it was alone
are excused, until it is NORMAL again. If a server's store was silently put back to a copy (`copies`), the addresses
that came into its share by that are excused until it has contact.

A backup that was the main has in BACKUP what it gave away, also where its partner, now the main, does not have that
yet. Until the partner has acknowledged it, such a backup may not use its share at all, and that is checked then.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import Kind, kind_of
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import Inputs, Outputs
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

ALLOCATING = frozenset(
    (State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.RESOLUTION_INTERRUPTED, State.CONFLICT_DONE)
)


class Ownership(Check):
    """Has the share of each server, from what it stored."""

    name = "I3"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._takeovers = world.takeovers
        self._mine: dict[str, set[int]] = {"main": set(), "backup": set()}
        self._both: set[int] = set()
        self._alone: dict[str, set[int]] = {"main": set(), "backup": set()}
        self._by_copy: dict[str, set[int]] = {"main": set(), "backup": set()}

    def data_replaced(self, host: "Host") -> None:
        """Forget which addresses an earlier copy brought."""
        self._by_copy[host.name].clear()

    def started(self, host: "Host") -> None:
        """Take over the share of the store."""
        own = Status.FREE if host.main else Status.BACKUP
        rows = host.disk.rows
        before = self._mine[host.name]
        self._mine[host.name] = {
            address
            for address in self.world.site.balanced()
            if not host.site.is_reserved(address)
            and host.book.pool_of(address) is not None
            and (rows[address][1] if address in rows else Status.FREE) == own
        }
        if self.world.copies.unaware(host.name):
            self._by_copy[host.name] |= self._mine[host.name] - before
        self._both = self._mine["main"] & self._mine["backup"]

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Apply the changes."""
        own = Status.FREE if host.main else Status.BACKUP
        mine, theirs = self._mine[host.name], self._mine[self.world.partner(host).name]
        if record is not None and record.state is State.NORMAL:
            self._alone[host.name].clear()
        alone = host.disk.record is not None and host.disk.record.state is State.PARTNER_DOWN
        for _, new in written:
            address = new[0]
            if host.site.is_reserved(address) or kind_of(address) is Kind.ADDRESS6:
                continue
            if alone:
                self._alone[host.name].add(address)
            if new[1] == own:
                mine.add(address)
                if address in theirs:
                    self._both.add(address)
            else:
                mine.discard(address)
                self._both.discard(address)

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """It matters only if both servers can give addresses."""
        if not self._both:
            return
        if all(each.running and each.serving and each.state in ALLOCATING for each in self.world.hosts):
            found = self._both
            if self._takeovers.proviso():
                found = found - self._alone["main"] - self._alone["backup"]
            for name, by_copy in self._by_copy.items():
                found = found - by_copy if self.world.copies.unaware(name) else found
            if found and self._withheld():
                return
            if found:
                self.fail(f"both may give {', '.join(map(texts.dotted, sorted(found)))}")

    def _withheld(self) -> bool:
        """Whether the backup has to withhold its share since the roles were exchanged. Fails if it does not."""
        for host in self.world.hosts:
            record = host.disk.record
            if host.main or record is None or not record.exchanged:
                continue
            for pool in host.book.pools.values():
                if host.core.partnership.sources(pool, host.now):
                    self.fail(f"{host.name} uses a share that its partner has not acknowledged")
            return True
        return False
