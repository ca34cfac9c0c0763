"""Changes of roles: the operator exchanges main and backup in the configurations, on both servers or on one only.

A change needs a restart of the server. The documented procedure stops both servers, exchanges the roles on each, and
starts the main first. Operators also start the backup first, exchange the roles while the servers do not agree, or
forget one of them. Then both have one role and refuse each other, until the operator puts it right: on the other server
too, or back on the first one.
"""

import random
from functools import lru_cache
from typing import TYPE_CHECKING

from dhcpserver.config.objects import Configuration
from tests.simulation.site import Site

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.operator import Operator
    from tests.simulation.world import World

PAUSES = (0.0, 3.0, 30.0)
"""Seconds between the starts of the two servers."""
STOPPED_AFTER = 6.0
"""Seconds after which a server that was stopped in order has ended."""


def configuration_of(host: "Host", *, recover: int, startup_wait: bool) -> Configuration:
    """Return a server's configuration, by its present role. The last two: see Site.configuration."""
    first = host.name == "main"
    configuration = _configuration(host.site, first, recover, startup_wait)
    if host.main is first:
        return configuration
    pairs = tuple(
        pair.model_copy(update={"main": pair.backup, "backup": pair.main}) for pair in configuration.failover_pair
    )
    return configuration.model_copy(update={"failover_pair": pairs})


@lru_cache(maxsize=1000)
def _configuration(site: Site, main: bool, recover: int, startup_wait: bool) -> Configuration:
    return site.configuration(main, recover=recover, startup_wait=startup_wait)


class RoleChanges:
    """The operator's changes of roles. Each action returns whether it was possible."""

    def __init__(self, world: "World", operator: "Operator", dice: random.Random) -> None:
        self._world = world
        self._operator = operator
        self._dice = dice

    def exchange_both(self) -> bool:
        """Exchange the roles on both servers; start the new main first, or the new backup."""
        world, dice = self._world, self._dice
        if not self._possible() or (dice.random() < 0.6 and not world.in_sync()):
            return False
        for host in dice.sample(world.hosts, 2):
            self._stop(host)
        for host in world.hosts:
            self._exchange(host)
        main_first = dice.random() < 0.5
        world.log.count(f"operator roles of both, {'main' if main_first else 'backup'} first")
        for host in sorted(world.hosts, key=lambda host: host.main is not main_first):
            self._operator.start(host)
            world.run(dice.choice(PAUSES))
        return True

    def exchange_one(self) -> bool:
        """Exchange the roles on one server, and forget the other."""
        if not self._possible():
            return False
        host = self._dice.choice(self._world.hosts)
        self._stop(host)
        self._exchange(host)
        self._world.log.count(f"operator roles of one, both are {'main' if host.main else 'backup'}")
        self._operator.start(host)
        return True

    def put_right(self) -> bool:
        """If both servers have one role, change one of them."""
        main, backup = self._world.hosts
        if main.main is not backup.main:
            return False
        host = self._dice.choice(self._world.hosts)
        if host.running:
            self._stop(host)
        self._exchange(host)
        self._world.log.count("operator roles put right")
        self._operator.start(host)
        return True

    def _possible(self) -> bool:
        main, backup = self._world.hosts
        return main.main is not backup.main and self._operator.may_change_roles()

    def _stop(self, host: "Host") -> None:
        """Stop a server in order; end it if that does not succeed."""
        host.stop(long=self._dice.random() < 0.5)
        self._world.run(STOPPED_AFTER, lambda: not host.running)
        host.crash()

    def _exchange(self, host: "Host") -> None:
        host.main = not host.main
        self._operator.role_changed(host)
        self._world.log.add("operator", f"makes {host.name} the {'main' if host.main else 'backup'} of the pair")
