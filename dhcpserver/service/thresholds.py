"""Free-address traps with hysteresis: low once, then nothing until the level was high again (addr-trap, mode scope)."""

from ipaddress import IPv4Address

from dhcpserver.service.plan import PoolPlan
from snmp.specs import TrapSpec, free_address_high, free_address_low


class FreeAddressWatch:
    """Remembers which scopes are low."""

    __slots__ = ("_low", "_seen")

    def __init__(self) -> None:
        self._low: set[str] = set()
        self._seen: dict[str, int] = {}

    def look(self, plan: PoolPlan) -> TrapSpec | None:
        """The trap that the scope's level calls for now, or None. Free is what either partner could still give."""
        pool = plan.pool
        if self._seen.get(pool.name) == pool.version:
            return None
        self._seen[pool.name] = pool.version
        configured = pool.total - len(pool.reserved)
        if configured <= 0:
            return None
        free = len(pool.free) + len(pool.backup)
        low, high = plan.scope.free_address_low, plan.scope.free_address_high
        subnet = str(IPv4Address(pool.network))
        if pool.name in self._low:
            if free * 100 >= high * configured:
                self._low.discard(pool.name)
                return free_address_high(pool.name, subnet, free, high)
        elif free * 100 <= low * configured:
            self._low.add(pool.name)
            return free_address_low(pool.name, subnet, free, low)
        return None
