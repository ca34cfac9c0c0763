"""What is measured of all pools from time to time: thresholds, new clients, offers that were not taken, the lead."""

from collections.abc import Iterable

from dhcpserver.config.classes.thresholds import AddrTrap
from dhcpserver.contract import messages
from dhcpserver.leases.book import Book
from dhcpserver.service.leads import LeadSampler
from dhcpserver.service.newclients import NewClients
from dhcpserver.service.notices import Notices
from dhcpserver.service.plan import Plan
from dhcpserver.service.thresholds import FreeAddressThresholds, level_line
from dhcpserver.service.turn import Outputs
from dhcpserver.service.untaken import UntakenOffers
from dhcpserver.service.v6.plan import Plan6
from dhcpserver.service.v6.thresholds import PrefixThresholds

INTERVAL = 1.0
"""Seconds between two checks."""


class PoolWatch:
    """The measurements of one server.

    Attributes:
        new_clients: recent new clients by pool.
        leads: samples of the lead that the leases of each pool have left.
        thresholds, thresholds6: the free-address thresholds of each pool.
        next_check: when the next check is due, Unix seconds.
    """

    def __init__(self, addr_traps: Iterable[AddrTrap], plan: Plan, plan6: Plan6) -> None:
        self._plan = plan
        self._plan6 = plan6
        self.new_clients = NewClients()
        plans = plan.pools.values()
        self.leads = LeadSampler((each.pool for each in plans), {each.pool.name: each.renewal_jitter for each in plans})
        self.thresholds = FreeAddressThresholds(tuple(addr_traps), plans)
        self.thresholds6 = PrefixThresholds(plan6.prefixes.values())
        self.next_check = 0.0
        self._untaken = UntakenOffers()

    def check(self, book: Book, notices: Notices, outputs: Outputs, now: float) -> None:
        """Measure if it is due; add the traps and the lines."""
        if now < self.next_check:
            return
        self.next_check = now + INTERVAL
        for pool in self._plan6.pools:
            self.new_clients.record(pool.name, pool.new_clients, now)
        for plan in self._plan.pools.values():
            name = plan.pool.name
            self.new_clients.record(name, plan.pool.new_clients, now)
            untaken = self._untaken.check(plan.pool, now)
            if untaken:
                notices.tell(messages.OFFERS_UNTAKEN, name, now, scope=name, count=untaken)
        self.leads.sample_due_pools(book, now)
        outputs.lines += self.thresholds6.check(book)
        for level, spec in self.thresholds.check(book):
            outputs.traps.append(spec)
            outputs.lines.append(level_line(level))

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self.next_check += step
        self.new_clients.shift(step)
        self.leads.shift(step)
        self._untaken.shift(step)
