"""The thresholds of prefixes: how many more leases there can be, in percent of `max-leases`.

A level that falls to the low threshold, or reaches the high one again, is a line in the log. There is no trap: that of
DHCPv4 names a subnet of IPv4, and DHCPv6 has a MIB of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dhcpserver.contract.messages import FREE_HIGH, FREE_LOW
from dhcpserver.failover.effects import LogLine, log_line
from dhcpserver.leases.book import Book
from dhcpserver.leases.pool import Pool6, PrefixPool
from dhcpserver.service.v6.plan import PrefixPlan
from snmp.mib.specs import ThresholdType


@dataclass(slots=True)
class PrefixLevel:
    """The thresholds of one prefix, with the attributes of `service.thresholds.ThresholdLevel`."""

    pool: Pool6 | PrefixPool
    low: int
    high: int
    value: str
    watched: bool
    type: ThresholdType = ThresholdType.SCOPE
    is_low: bool = False
    _version: int = field(default=-1)

    @property
    def configured(self) -> int:
        """How many leases there can be at a time."""
        return self.pool.total

    @property
    def free(self) -> int:
        """How many more leases there can be."""
        return self.pool.left

    def crossed(self) -> bool:
        """Whether a threshold was crossed since the last call."""
        if self._version == self.pool.version or not self.configured:
            return False
        self._version = self.pool.version
        if self.is_low and self.free * 100 >= self.high * self.configured:
            self.is_low = False
            return True
        if not self.is_low and self.free * 100 <= self.low * self.configured:
            self.is_low = True
            return True
        return False


class PrefixThresholds:
    """The thresholds of all prefixes."""

    __slots__ = ("_levels",)

    def __init__(self, plans: Iterable[PrefixPlan]) -> None:
        self._levels = {
            plan.name: PrefixLevel(
                plan.pool, plan.free_low, plan.free_high, plan.network.with_prefixlen, not plan.deactivated
            )
            for plan in plans
            if plan.pool is not None
        }

    def of_pool(self, name: str) -> PrefixLevel:
        """Return the thresholds of a prefix. Raises KeyError for an unknown one."""
        return self._levels[name]

    def check(self, book: Book) -> Iterator[LogLine]:
        """Yield the lines of the levels that crossed a threshold since the last call; their pools get a new version."""
        for level in self._levels.values():
            if level.watched and level.crossed():
                book.version += 1
                level.pool.version = level._version = book.version
                message, threshold = (FREE_LOW, level.low) if level.is_low else (FREE_HIGH, level.high)
                yield log_line(
                    message,
                    scope=level.pool.name,
                    free=level.free,
                    configured=level.configured,
                    threshold=threshold,
                )
