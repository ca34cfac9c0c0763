"""Free-address traps with hysteresis: low once, then nothing until the level was high again, and so on.

A level is what either partner could still give, unreserved, in percent of all that is configured. It is taken over one
scope, over all scopes of a network, or over those of them with equal selection tags, as the scope's `addr-trap` has
it; a scope without one has its own `free-address-low` and `free-address-high`. Scopes are of one network when clients
behind the same relay can be served from them: a subnet or relay subnet of theirs is the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from dhcpserver.config.objects import AddrTrap
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
class _Level:
    """One level that is watched."""

    plans: list[PoolPlan]
    low: int
    high: int
    type: ThresholdType
    value: str
    is_low: bool = False
    seen: list[int] = field(default_factory=list)

    def look(self) -> TrapSpec | None:
        versions = [plan.pool.version for plan in self.plans]
        if versions == self.seen:
            return None
        self.seen = versions
        configured = sum(plan.pool.total for plan in self.plans)
        if not configured:
            return None
        free = sum(len(plan.pool.free) + len(plan.pool.backup) for plan in self.plans)
        # The first scope stands for all of them, so that the trap that clears names the same one.
        first = self.plans[0].pool
        subnet = str(IPv4Address(first.network))
        if self.is_low and free * 100 >= self.high * configured:
            self.is_low = False
            return free_address_high(first.name, subnet, free, self.high, self.type, self.value)
        if not self.is_low and free * 100 <= self.low * configured:
            self.is_low = True
            return free_address_low(first.name, subnet, free, self.low, self.type, self.value)
        return None


class FreeAddressWatch:
    """Remembers what is low."""

    __slots__ = ("_levels",)

    def __init__(self, thresholds: Iterable[AddrTrap], plans: Iterable[PoolPlan]) -> None:
        self._levels = list(_levels({each.name: each for each in thresholds}, list(plans)))

    def look(self) -> Iterator[TrapSpec]:
        """The traps that the levels call for now. Costs next to nothing where nothing changed."""
        for level in self._levels:
            spec = level.look()
            if spec is not None:
                yield spec


def _levels(thresholds: dict[str, AddrTrap], plans: list[PoolPlan]) -> Iterator[_Level]:
    networks = _networks(plans)
    together: dict[tuple[str, IPv4Network, str], _Level] = {}
    for plan in plans:
        scope = plan.scope
        if scope.deactivated:
            continue
        subnet = str(scope.subnet.network_address)
        if scope.free_address_config is None:
            yield _Level([plan], scope.free_address_low, scope.free_address_high, ThresholdType.SCOPE, subnet)
            continue
        threshold = thresholds[scope.free_address_config]
        if not threshold.enable:
            continue
        tags = ",".join(sorted(scope.selection_tags))[:MAXIMUM_TAGS_CHARACTERS]
        mode = threshold.mode if threshold.mode != "selection-tags" or tags else "scope"
        if mode == "scope":
            yield _Level([plan], threshold.low_threshold, threshold.high_threshold, ThresholdType.SCOPE, subnet)
            continue
        network = networks[scope.name]
        value = str(network.network_address) if mode == "network" else tags
        key = (threshold.name, network, tags if mode == "selection-tags" else "")
        if key in together:
            together[key].plans.append(plan)
            continue
        level = _Level([plan], threshold.low_threshold, threshold.high_threshold, _TYPES[mode], value)
        together[key] = level
        yield level


def _networks(plans: list[PoolPlan]) -> dict[str, IPv4Network]:
    """The network of each scope: the subnet of the first scope that clients can reach it with."""
    found: dict[str, IPv4Network] = {}
    names: dict[IPv4Network, IPv4Network] = {}
    for plan in plans:
        scope = plan.scope
        subnets = (scope.subnet, *scope.relay_subnets)
        known = [names[subnet] for subnet in subnets if subnet in names]
        network = known[0] if known else scope.subnet
        for other in known[1:]:  # What were two so far are one.
            names = {subnet: network if name == other else name for subnet, name in names.items()}
            found = {scope_name: network if name == other else name for scope_name, name in found.items()}
        names.update(dict.fromkeys(subnets, network))
        found[scope.name] = network
    return found
