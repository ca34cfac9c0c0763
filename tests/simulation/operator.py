"""What operators do to a pair: with the truth, without it, and the way the product's documents ask for.

A server whose data was lost must not be started alone (R-215): `startup-wait` sees to that. One whose data was set back
needs `failover-recover` (R-196): the time when the copy was made, or when it last served if that was later. Data is
lost only of one server at a time, and only while its partner has all of it but the last MCLT: after both have agreed,
with no takeover since, and no address given to a BOOTP client for ever that the partner has not heard of.
"""

import random
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import SetPartnerDown
from tests.simulation.disk import Image
from tests.simulation.site import Site
from tests.simulation.timeline import EPOCH

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Operator:
    """One operator of both servers. Each act says whether there was anything to do.

    Attributes:
        agreed: whether both have agreed on everything, and nothing since then is known to one disk alone for long.
    """

    def __init__(self, world: "World", entropy: random.Random) -> None:
        self._world = world
        self._entropy = entropy
        self._images: dict[str, Image] = {}
        self._returning: dict[str, tuple[bool, int | None]] = {}
        self.agreed = False

    def look(self) -> None:
        """Take note of how the pair is, now and then."""
        if self._world.nothing_to_tell():
            self._returning.clear()
            self.agreed = True
        elif any(host.disk.record is not None and host.disk.record.state not in _SOUND for host in self._world.hosts):
            self.agreed = False

    # Starting and stopping

    def start(self, host: "Host") -> bool:
        """Start a server that is down, with what its data needs."""
        if host.running:
            return False
        wait, recover = self._returning.get(host.name, (False, None))
        host.start(startup_wait=wait, recover=recover)
        return True

    def stop(self, host: "Host") -> bool:
        """Stop a server in order, for a short or a long while."""
        if not host.running:
            return False
        long = self._entropy.random() < 0.5
        self._world.story.happened(f"operator stop {'long' if long else 'short'}")
        self._world.story.tell("operator", f"stops {host.name} for a {'long' if long else 'short'} while")
        host.stop(long=long)
        return True

    def power_off(self, host: "Host") -> bool:
        """A machine goes, and nobody is told."""
        if not host.running:
            return False
        host.crash(vanish=True)
        return True

    # The partner is down

    def set_partner_down(self, host: "Host") -> bool:
        """Tell a server that its partner is down, when it is: since it last served, or since contact was lost."""
        partner = self._world.partner(host)
        if partner.running or not host.serving:
            return False
        date: float | None = None
        if self._entropy.random() < 0.7:
            served = EPOCH + host.error + self._world.takeovers.last_served[partner.name] + 1
            record = host.disk.record
            interrupted = record.interrupted_since if record is not None else 0
            date = min(max(served, interrupted), host.now)
        self._world.story.happened("operator partner down")
        return self._set_down(host, date)

    def lie(self, host: "Host") -> bool:
        """Tell a server that its partner is down although it runs."""
        if not host.serving or not self._world.partner(host).running:
            return False
        self._world.story.happened("operator lie")
        return self._set_down(host, None)

    def _set_down(self, host: "Host", date: float | None) -> bool:
        since = "contact was lost" if date is None else f"+{date - EPOCH:.0f}"
        self._world.story.tell("operator", f"tells {host.name} that its partner is down since {since}")
        host.submit(SetPartnerDown("pair", date, False, "jo"))
        return True

    # Data

    def save(self, host: "Host") -> bool:
        """Make a copy of a server's data, for later."""
        if not host.running or not host.serving:
            return False
        self._images[host.name] = host.disk.image(int(host.now))
        self._world.story.tell("operator", f"saves the data of {host.name}")
        return True

    def lose(self, host: "Host") -> bool:
        """The disk of a server fails for good; it comes back with an empty one."""
        if not self._may_lose(host):
            return False
        host.crash()
        host.disk.lose(self._entropy.randbytes(16))
        self._images.pop(host.name, None)
        host.recover = 0
        self._gone(host, (True, 0), "is lost")
        return True

    def restore(self, host: "Host") -> bool:
        """The data of a server is replaced by an older copy."""
        image = self._images.get(host.name)
        if image is None or not self._may_lose(host):
            return False
        host.crash()
        host.disk.restore(image)
        served = int(EPOCH + host.error + self._world.takeovers.last_served[host.name]) + 1
        self._gone(host, (self._entropy.random() < 0.5, max(image.taken, served)), "is set back")
        return True

    def _may_lose(self, host: "Host") -> bool:
        self.look()
        untold = any(lease.bootp and lease.needs_update for lease in host.book.leases.values())
        return self.agreed and not self._returning and not untold

    def _gone(self, host: "Host", returning: tuple[bool, int | None], what: str) -> None:
        self.agreed = False
        self._returning[host.name] = returning
        self._world.watch.renewed(host)
        self._world.story.tell("operator", f"the data of {host.name} {what}")
        self._world.story.happened(f"operator data {what}")

    # Configuration

    def configure(self, site: Site) -> bool:
        """Give both servers another configuration, which they take by a short restart each."""
        if self._returning or not all(host.running and host.serving for host in self._world.hosts):
            return False
        self._world.configure(site)
        self._world.story.tell("operator", "restarts both with another configuration")
        for host in self._world.hosts:
            host.stop(long=False)
        self._world.run(self._entropy.choice((0.5, 3.0)))
        for host in self._world.hosts:
            if not host.running:
                self.start(host)
        return True


_SOUND = frozenset(
    (
        State.NORMAL,
        State.COMMUNICATIONS_INTERRUPTED,
        State.RECOVER,
        State.RECOVER_WAIT,
        State.RECOVER_DONE,
    )
)
"""Stored states in which no server has given more than MCLT beyond what its partner knows."""
