"""The proviso of I1: which server took over, since when, and whether the other one served after that.

A server enters PARTNER-DOWN because an operator, its partner or the safe period indicates that its partner has served
no client since the recorded partner-down time. If that is wrong, it cannot know. The takeover lasts until the server
that took over is NORMAL again, whether or not it runs meanwhile: until then the leases that it granted may be unknown
to its partner.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from tests.simulation.checks.base import Check
from tests.simulation.checks.convergence import PATIENCE
from tests.simulation.disk import Written
from tests.simulation.timeline import EPOCH

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

NEVER = float("inf")
DATE_ERROR = 7.0
"""Seconds: whole seconds in records, and a time that is the partner's."""


class Takeovers(Check):
    """Has, for each server, the partner-down time of its takeover in true time; NEVER without one."""

    name = "I1"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.since = {"main": NEVER, "backup": NEVER}
        self.acts = {"main": "", "backup": ""}
        self.last_served = {"main": 0.0, "backup": 0.0}
        self._last_contact = {"main": -NEVER, "backup": -NEVER}
        self.expert = {"main": False, "backup": False}
        """Whether an expert gave a date for the takeover."""

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """PARTNER-DOWN begins a takeover, NORMAL ends it."""
        if record is None:
            return
        if record.state is State.PARTNER_DOWN:
            if not record.partner_down_time:
                self.fail(f"{host.name} stores PARTNER-DOWN without the time from which MCLT counts")
            since = record.partner_down_time - EPOCH - host.error
            if self.since[host.name] == NEVER:
                if record.partner_state is not State.SHUTDOWN:  # Its STATE may arrive late, and has the time.
                    self._check_date(host, since)
                act = "the safe period of" if record.automatic else "an operator or the partner for"
                self.acts[host.name] = (
                    f"takeover by {act} {host.name} at {self.world.timeline.now:.0f} from {since:.0f} on"
                )
            self.since[host.name] = min(since, self.since[host.name])
        elif record.state is State.NORMAL:
            self.since[host.name] = NEVER
            self.expert[host.name] = False

    def _check_date(self, host: "Host", since: float) -> None:
        """Only an expert may say that the partner was down while there was contact with it."""
        clocks_right = self.world.patience == PATIENCE
        if clocks_right and not self.expert[host.name] and since < self._last_contact[host.name] - DATE_ERROR:
            contact = self._last_contact[host.name]
            self.fail(f"{host.name} counts its partner as down since {since:.0f}, and had contact until {contact:.0f}")

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Record the last contact."""
        if host.communicating:
            self._last_contact[host.name] = self.world.timeline.now

    def data_replaced(self, host: "Host") -> None:
        """Forget the takeover of a server that lost its data."""
        self.since[host.name] = NEVER
        self._last_contact[host.name] = -NEVER

    def replied(self, host: "Host", served: bool) -> None:
        """Record when a server last served a client."""
        if served:
            self.last_served[host.name] = self.world.timeline.now

    def excuse(self, server: str, at: float) -> str:
        """Return the takeover by the partner if a server made a promise after its partner-down time, else nothing."""
        partner = "backup" if server == "main" else "main"
        return self.acts[partner] if at > self.since[partner] else ""

    def proviso(self) -> bool:
        """Return whether one of the servers has served after the start of the other's takeover."""
        return any(self.excuse(server, served) for server, served in self.last_served.items())
