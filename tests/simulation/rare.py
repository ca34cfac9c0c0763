"""Events that seldom happen to a pair: clocks that are wrong by hours, changed settings, lost data, rare commands.

Each method is an operation of the schedule; it returns whether it was possible.
"""

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from dhcpserver.wire.options4 import MessageType
from tests.simulation.dialects import Dialect
from tests.simulation.roles import RoleChanges

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.host import Host
    from tests.simulation.operator import Operator
    from tests.simulation.world import World

WRONG_SECONDS = (-7200.0, -3600.0, 3600.0, 7200.0)
RIGHT_AFTER = (3.0, 15.0, 60.0)


class RareEvents:
    """The rare events of one run."""

    def __init__(self, world: "World", operator: "Operator", dice: random.Random) -> None:
        self._world = world
        self._operator = operator
        self._dice = dice
        self.roles = RoleChanges(world, operator, dice)

    def acts(self) -> list[tuple[float, "Callable[[], bool]"]]:
        """Return the events with their weights."""
        return [
            (1.0, self.wrong_clock),
            (1.5, self.roles.exchange_both),
            (0.7, self.roles.exchange_one),
            (6.0, self.roles.put_right),
            (1.0, self.configure),
            (1.0, self.restore_silently),
            (0.3, self.lose_both),
            (1.0, lambda: self._operator.expert_date(self._host())),
            (4.0, lambda: self._operator.partner_down_anywhere(self._host())),
            (1.5, self._operator.rebalance),
            (3.0, lambda: self._operator.force_available(self._host())),
            (1.0, lambda: self._inquire(MessageType.INFORM)),
            (1.0, lambda: self._inquire(MessageType.LEASEQUERY)),
        ]

    def _host(self) -> "Host":
        return self._dice.choice(self._world.hosts)

    def wrong_clock(self) -> bool:
        """Set a clock wrong by hours; it is right again after a while."""
        host = self._host()
        if host.error in WRONG_SECONDS:
            return False
        right, host.error = host.error, self._dice.choice(WRONG_SECONDS)
        self._world.log.count("fault wrong clock")
        self._world.log.add("schedule", f"the clock of {host.name} is wrong by {host.error:.0f} s")
        self._world.patience += abs(host.error)
        self._world.timeline.after(self._dice.choice(RIGHT_AFTER), lambda: self._right(host, right))
        return True

    def _right(self, host: "Host", error: float) -> None:
        if host.error in WRONG_SECONDS:
            host.error = error
            self._world.log.add("schedule", f"the clock of {host.name} is right again")

    def configure(self) -> bool:
        """Change settings of the pair, of a policy or of a scope."""
        site, dice = self._world.site, self._dice
        kind, changed = dice.choice(
            (
                ("mclt", replace(site, mclt=dice.choice((30, 60, 120)))),
                ("grace-period", replace(site, grace_period=dice.choice((0, 5, 20, 60)))),
                ("backup-pct", replace(site, backup_pct=dice.choice((10, 50, 90)))),
                ("scope", replace(site, near=site.near + 2, far=site.far + 1)),
                *([("prefix", replace(site, v6=site.v6.larger()))] if site.v6 is not None else []),
            )
        )
        if changed == site or not self._operator.configure(changed):
            return False
        self._world.log.count(f"operator {kind}")
        return True

    def restore_silently(self) -> bool:
        """Put an older copy in the place of a server's data, without failover-recover."""
        # A partner of an older version does not remember enough to recognise it.
        return self._world.link.dialect is Dialect.OURS and self._operator.restore_silently(self._host())

    def lose_both(self) -> bool:
        """Lose the data of both servers."""
        return self._dice.random() < 0.3 and self._operator.lose_both()

    def _inquire(self, kind: MessageType) -> bool:
        return self._world.clients.inquire(self._dice.choice(self._world.clients.all), kind)
