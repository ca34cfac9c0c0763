"""I8: no client is answered in STARTUP, RECOVER, RECOVER-WAIT, POTENTIAL-CONFLICT, PAUSED or SHUTDOWN."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from tests.simulation.checks.base import Check

if TYPE_CHECKING:
    from tests.simulation.host import Host

SILENT = frozenset(
    (
        State.STARTUP,
        State.RECOVER,
        State.RECOVER_WAIT,
        State.POTENTIAL_CONFLICT,
        State.PAUSED,
        State.SHUTDOWN,
    )
)


class Silence(Check):
    """Checks the states before and after the turn in which a reply was decided.

    In a turn, the events of the link and commands are handled first, then packets, then timers. So a reply belongs to
    the state before the turn, unless an event or a command changed it.
    """

    name = "I8"

    def replied(self, host: "Host", served: bool) -> None:
        """Check a reply: one of the two states must not be silent."""
        if host.state in SILENT and host.before in SILENT:
            self.fail(f"{host.name} answers in {host.state.value}")

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Check a turn without events of the link and without commands."""
        if (outputs.replies or outputs.replies6) and host.before in SILENT and not inputs.link and not inputs.commands:
            self.fail(f"{host.name} answers in {host.before.value}")
