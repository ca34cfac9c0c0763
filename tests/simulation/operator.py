"""What operators do to a pair: right commands, wrong ones, and the procedures of the product's documents.

A server whose data was lost must not be started alone (R-215); `startup-wait` prevents that. One whose data was
restored from an older copy needs `failover-recover` (R-196): the time of the copy, or the time when it last served if
that is later. Data is lost only at one server at a time, and only while its partner has all leases except the last
MCLT: after both have agreed, with no takeover since, and with no infinite BOOTP lease that was not sent to the partner,
nor a longer one that is not exchanged with this partner.
"""

import random
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.service.turn import ForceAvailable, Rebalance, SetPartnerDown
from tests.simulation import texts
from tests.simulation.disk import Image
from tests.simulation.site import Site
from tests.simulation.timeline import EPOCH

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Operator:
    """One operator of both servers. Each action returns whether it was possible.

    Attributes:
        agreed: whether both servers had the same leases, and each change since then is on both disks after a while.
    """

    def __init__(self, world: "World", entropy: random.Random) -> None:
        self._world = world
        self._entropy = entropy
        self._images: dict[str, Image] = {}
        self._saved_at: dict[str, float] = {}
        self._returning: dict[str, tuple[bool, int | None]] = {}
        self.agreed = False

    def update(self) -> None:
        """Check the condition of the pair."""
        if self._world.in_sync():
            self._returning.clear()
            self.agreed = True
        elif any(host.disk.record is not None and host.disk.record.state not in _SOUND for host in self._world.hosts):
            self.agreed = False

    # Starting and stopping

    def start(self, host: "Host") -> bool:
        """Start a server that does not run, with the settings that its data needs."""
        if host.running:
            return False
        wait, recover = self._returning.get(host.name, (False, None))
        host.start(startup_wait=wait, recover=recover)
        return True

    def stop(self, host: "Host") -> bool:
        """Stop a server in order, for a short or a long time."""
        if not host.running:
            return False
        long = self._entropy.random() < 0.5
        self._world.log.count(f"operator stop {'long' if long else 'short'}")
        self._world.log.add("operator", f"stops {host.name} for a {'long' if long else 'short'} while")
        host.stop(long=long)
        return True

    def power_off(self, host: "Host") -> bool:
        """Switch a machine off, without a message to the partner."""
        if not host.running:
            return False
        host.crash(vanish=True)
        return True

    # PARTNER-DOWN

    def set_partner_down(self, host: "Host") -> bool:
        """Set the partner down if it does not run: since it last served, or since contact was lost."""
        partner = self._world.partner(host)
        if partner.running or not host.serving:
            return False
        date: float | None = None
        if self._entropy.random() < 0.7:
            served = EPOCH + host.error + self._world.takeovers.last_served[partner.name] + 1
            record = host.disk.record
            interrupted = record.interrupted_since if record is not None else 0
            date = min(max(served, interrupted), host.now)
        self._world.log.count("operator partner down")
        return self._set_down(host, date)

    def set_running_partner_down(self, host: "Host") -> bool:
        """Set the partner down although it runs."""
        if not host.serving or not self._world.partner(host).running:
            return False
        self._world.log.count("operator wrong partner down")
        return self._set_down(host, None)

    def _set_down(self, host: "Host", date: float | None, *, expert: bool = False) -> bool:
        since = "contact was lost" if date is None else f"+{date - EPOCH:.0f}"
        self._world.log.add(
            "operator",
            f"sets the partner of {host.name} down since {since}",
        )
        self._world.takeovers.expert[host.name] |= expert
        host.submit(SetPartnerDown("pair", date, expert, "jo"))
        return True

    # Data

    def save(self, host: "Host") -> bool:
        """Make a copy of a server's data, for later."""
        if not host.running or not host.serving:
            return False
        self._images[host.name] = host.disk.image(int(host.now))
        self._saved_at[host.name] = self._world.timeline.now
        self._world.log.add("operator", f"saves the data of {host.name}")
        return True

    def lose(self, host: "Host") -> bool:
        """Lose the disk of a server; it gets an empty one."""
        if not self._may_lose(host):
            return False
        host.crash()
        host.disk.lose(self._entropy.randbytes(16))
        self._images.pop(host.name, None)
        host.recover = 0
        self._replace_data(host, (True, 0), "is lost")
        return True

    def restore(self, host: "Host") -> bool:
        """Replace the data of a server by an older copy."""
        image = self._images.get(host.name)
        if image is None or not self._may_lose(host):
            return False
        host.crash()
        host.disk.restore(image)
        served = int(EPOCH + host.error + self._world.takeovers.last_served[host.name]) + 1
        self._replace_data(host, (self._entropy.random() < 0.5, max(image.taken, served)), "is restored")
        return True

    def restore_silently(self, host: "Host") -> bool:
        """Replace the data of a server by an older copy, and start it as if nothing had happened.

        Only what the partner has on its disk shows that the copy is older. The partner often fails at the same time, as
        when a site loses its power, and forgets what it has in its memory only.
        """
        image = self._images.get(host.name)
        if image is None or not self._may_lose(host):
            return False
        if self._entropy.random() < 0.5:
            self._world.partner(host).crash()
        host.crash()
        host.disk.restore(image)
        host.copied_at = self._saved_at[host.name]
        self._replace_data(host, (False, None), "is restored silently")
        return True

    def lose_both(self) -> bool:
        """Lose the data of both servers: nothing remains of any promise."""
        for host in self._world.hosts:
            host.crash()
            host.disk.lose(self._entropy.randbytes(16))
            host.recover = 0
            host.copied_at = inf
            self._images.pop(host.name, None)
            self._replace_data(host, (False, 0), "of both is lost")
        return True

    # Other commands

    def expert_date(self, host: "Host") -> bool:
        """Set the partner down with a date that only an expert may give: before the last contact."""
        if not host.serving or self._world.partner(host).running:
            return False
        self._world.log.count("operator expert date")
        return self._set_down(host, host.now - self._entropy.choice((1.0, 60.0, 1000.0)), expert=True)

    def partner_down_anywhere(self, host: "Host") -> bool:
        """Set the partner down while this server recovers: it may refuse."""
        if not host.serving or host.state not in _RECOVERING or self._world.partner(host).running:
            return False
        self._world.log.count("operator partner down in recovery")
        return self._set_down(host, None)

    def rebalance(self) -> bool:
        """Rebalance the pools."""
        self._world.log.add("operator", "rebalances")
        self._world.log.count("operator rebalance")
        main = next((host for host in self._world.hosts if host.main), None)
        if main is None:
            return False
        main.submit(Rebalance("pair", "jo"))
        return main.serving

    def force_available(self, host: "Host") -> bool:
        """Make an unavailable address available."""
        if not host.serving:
            return False
        found = [address for address, lease in host.book.leases.items() if lease.status is Status.ABANDONED]
        if not found:
            return False
        address = self._entropy.choice(found)
        self._world.log.add("operator", f"makes {texts.dotted(address)} available at {host.name}")
        self._world.log.count("operator force available")
        host.submit(ForceAvailable(address, "jo"))
        return True

    def _may_lose(self, host: "Host") -> bool:
        self.update()
        untold = any(lease.needs_update and self._is_long(host, lease) for lease in host.book.leases.values())
        return self.agreed and not self._returning and not untold

    def _is_long(self, host: "Host", lease: Lease) -> bool:
        """Whether a lease is longer than what a server assumes of its partner, or may be."""
        if lease.bootp:
            return True
        unknown = lease.pool.kind not in self._world.carried and lease.status is Status.ACTIVE
        return unknown and lease.state_exp > host.now + host.site.mclt

    def _replace_data(self, host: "Host", returning: tuple[bool, int | None], what: str) -> None:
        self.agreed = False
        self._returning[host.name] = returning
        self._world.checker.data_replaced(host)
        host.copied_at = None
        self._world.log.add("operator", f"the data of {host.name} {what}")
        self._world.log.count(f"operator data {what}")

    # Configuration

    def may_change_roles(self) -> bool:
        """Return whether the servers' roles may be changed: both run, and neither returns with other data."""
        return not self._returning and all(host.running and host.serving for host in self._world.hosts)

    def role_changed(self, host: "Host") -> None:
        """Forget the copies of the data, which have another role, and that a server needs settings for its return."""
        self.agreed = False
        self._images.pop(host.name, None)
        self._returning.pop(host.name, None)
        host.recover = 0

    def configure(self, site: Site) -> bool:
        """Give both servers another configuration, which needs a short restart of each."""
        if self._returning or not all(host.running and host.serving for host in self._world.hosts):
            return False
        self._world.configure(site)
        self._world.log.add("operator", "restarts both with another configuration")
        for host in self._world.hosts:
            host.stop(long=False)
        self._world.run(self._entropy.choice((0.5, 3.0)))
        for host in self._world.hosts:
            if not host.running:
                self.start(host)
        return True


_RECOVERING = frozenset((State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE))
_SOUND = frozenset(
    (
        State.NORMAL,
        State.COMMUNICATIONS_INTERRUPTED,
        State.RECOVER,
        State.RECOVER_WAIT,
        State.RECOVER_DONE,
    )
)
"""Stored states in which no server has granted more than MCLT beyond its partner's record."""
