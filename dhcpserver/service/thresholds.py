"""Free-address thresholds: what applies to each pool, and the traps when a level crosses a threshold.

A level is the number of addresses that either partner can give and that are not reserved, in percent of the configured
addresses. The `addr-trap` of a scope decides what is counted together: one scope, all scopes of a network, or the
scopes of a network with equal selection tags. A scope without an `addr-trap` has its own `free-address-low` and
`free-address-high`. Scopes are in one network if they share a subnet, a relay subnet or the primary subnet, so that
clients on one link can get addresses from all of them.

A trap is sent when the level falls to the low threshold, and the next one when it reaches the high threshold again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from dhcpserver.config.classes.thresholds import AddrTrap
from dhcpserver.contract.messages import FREE_HIGH, FREE_LOW
from dhcpserver.failover.effects import LogLine, log_line
from dhcpserver.leases.book import Book
from dhcpserver.service.plan import PoolPlan
from snmp.mib.specs import ThresholdType, TrapSpec, free_address_high, free_address_low

_TYPES = {
    "scope": ThresholdType.SCOPE,
    "network": ThresholdType.NETWORK,
    "selection-tags": ThresholdType.SELECTION_TAGS,
}
MAXIMUM_TAGS_CHARACTERS = 100
"""cnrNotifDHCPThresholdValue is a DisplayString of 1 to 100."""


@dataclass(slots=True)
class ThresholdLevel:
    """The thresholds of one scope, or of several that are counted together.

    Attributes:
        plans: the scopes.
        low, high: percent of the configured addresses.
        type, value: what is counted together, and its name.
        watched: whether traps are sent.
        is_low: whether the low threshold was reached, and the high one not since.
    """

    plans: list[PoolPlan]
    low: int
    high: int
    type: ThresholdType
    value: str
    watched: bool = True
    is_low: bool = False
    _versions: list[int] = field(default_factory=list)

    @property
    def configured(self) -> int:
        """Number of configured addresses."""
        return sum(plan.pool.total for plan in self.plans)

    @property
    def free(self) -> int:
        """Number of addresses that the main or the backup can give."""
        return sum(plan.pool.free.count + plan.pool.backup.count for plan in self.plans)

    def check(self) -> TrapSpec | None:
        """Return the trap if a threshold was crossed since the last call."""
        if not self._has_changed():
            return None
        configured = self.configured
        if configured <= sum(len(plan.pool.reserved) for plan in self.plans):
            return None  # No address is for any client, so that none can become scarce.
        free = self.free
        # The first scope is in both traps, so that the clearing trap names the same scope as the one that it clears.
        first = self.plans[0].pool
        subnet = str(IPv4Address(first.network))
        if self.is_low and free * 100 >= self.high * configured:
            self.is_low = False
            return free_address_high(first.name, subnet, free, self.high, self.type, self.value)
        if not self.is_low and free * 100 <= self.low * configured:
            self.is_low = True
            return free_address_low(first.name, subnet, free, self.low, self.type, self.value)
        return None

    def set_version(self, version: int) -> None:
        """Set a new version of the pools for a change of `is_low`. It does not make `check` run again."""
        for plan in self.plans:
            plan.pool.version = version
        self._has_changed()

    def _has_changed(self) -> bool:
        """Whether a pool has changed since the last call."""
        versions = [plan.pool.version for plan in self.plans]
        if versions == self._versions:
            return False
        self._versions = versions
        return True


class FreeAddressThresholds:
    """The thresholds of every pool. The API shows `of_pool`; `check` yields the traps."""

    __slots__ = ("_levels", "_of_pool")

    def __init__(self, thresholds: Iterable[AddrTrap], plans: Iterable[PoolPlan]) -> None:
        levels = _levels({each.name: each for each in thresholds}, list(plans))
        self._levels = [level for level in levels if level.watched]
        self._of_pool = {plan.pool.name: level for level in levels for plan in level.plans}

    def of_pool(self, name: str) -> ThresholdLevel:
        """Return the thresholds that apply to a pool. Raises KeyError for an unknown pool."""
        return self._of_pool[name]

    def check(self, book: Book) -> Iterator[tuple[ThresholdLevel, TrapSpec]]:
        """Yield the levels that crossed a threshold since the last call, with their traps.

        It is cheap for pools that did not change. The pools of such a level get a new version, because `is_low` is part
        of what the API shows of each of them.
        """
        for level in self._levels:
            spec = level.check()
            if spec is not None:
                book.version += 1
                level.set_version(book.version)
                yield level, spec


def level_line(level: ThresholdLevel) -> LogLine:
    """Return the line of the log for a level that has crossed a threshold."""
    message, threshold = (FREE_LOW, level.low) if level.is_low else (FREE_HIGH, level.high)
    scope = level.plans[0].pool.name
    return log_line(message, scope=scope, free=level.free, configured=level.configured, threshold=threshold)


def _levels(thresholds: dict[str, AddrTrap], plans: list[PoolPlan]) -> list[ThresholdLevel]:
    networks = _networks(plans)
    levels: list[ThresholdLevel] = []
    combined: dict[tuple[str, IPv4Network, str], ThresholdLevel] = {}
    for plan in plans:
        scope = plan.scope
        subnet = str(scope.subnet.network_address)
        if scope.free_address_config is None:
            low, high, watched, mode, tags = scope.free_address_low, scope.free_address_high, True, "scope", ""
        else:
            threshold = thresholds[scope.free_address_config]
            low, high, watched = threshold.low_threshold, threshold.high_threshold, threshold.enable
            tags = ",".join(sorted(scope.selection_tags))[:MAXIMUM_TAGS_CHARACTERS]
            mode = threshold.mode if threshold.mode != "selection-tags" or tags else "scope"
        if mode == "scope" or scope.deactivated or scope.free_address_config is None:
            watched = watched and not scope.deactivated
            levels.append(ThresholdLevel([plan], low, high, ThresholdType.SCOPE, subnet, watched))
            continue
        network = networks[scope.name]
        key = (scope.free_address_config, network, tags if mode == "selection-tags" else "")
        if key in combined:
            combined[key].plans.append(plan)
            continue
        value = str(network.network_address) if mode == "network" else tags
        combined[key] = ThresholdLevel([plan], low, high, _TYPES[mode], value, watched)
        levels.append(combined[key])
    return levels


def _networks(plans: list[PoolPlan]) -> dict[str, IPv4Network]:
    """Return the network of each scope by name: the subnet of the first scope that shares a subnet with it.

    Two scopes share a subnet if one of the subnets or relay subnets of one is inside one of the other, or if the subnet
    of one is the primary subnet of the other.
    """
    every = {subnet for plan in plans for subnet in (plan.scope.subnet, *plan.scope.relay_subnets)}
    lengths = sorted({subnet.prefixlen for subnet in every})
    found: dict[str, IPv4Network] = {}
    names: dict[IPv4Network, IPv4Network] = {}
    for plan in plans:
        scope = plan.scope
        subnets = [_widest(subnet, every, lengths) for subnet in (scope.network, scope.subnet, *scope.relay_subnets)]
        known = [names[subnet] for subnet in subnets if subnet in names]
        network = known[0] if known else scope.subnet
        for other in known[1:]:  # This scope connects two networks; they are one from now on.
            names = {subnet: network if name == other else name for subnet, name in names.items()}
            found = {scope_name: network if name == other else name for scope_name, name in found.items()}
        names.update(dict.fromkeys(subnets, network))
        found[scope.name] = network
    return found


def _widest(subnet: IPv4Network, every: set[IPv4Network], lengths: list[int]) -> IPv4Network:
    """Return the largest of the subnets that this one is inside of."""
    wider = (subnet.supernet(new_prefix=length) for length in lengths if length < subnet.prefixlen)
    return next((each for each in wider if each in every), subnet)
