"""I8: no client is answered in STARTUP, RECOVER, RECOVER-WAIT, POTENTIAL-CONFLICT, PAUSED or SHUTDOWN."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.states import State
from dhcpserver.service.turn import Inputs, Outputs
from dhcpserver.wire.dhcp4 import Packet
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
    """Looks at the state before and after the turn in which a reply was decided.

    What the partner or an operator says is decided on before packets and time after them, so a reply belongs to the
    state before the turn unless one of those was in it, and to the one after it unless time brought that about.
    """

    name = "I8"

    def replied(self, host: "Host", packet: Packet) -> None:
        """A reply left: neither state may be silent, except one that this very turn ended or began."""
        if host.state in SILENT and host.before in SILENT:
            self.fail(f"{host.name} answers in {host.state.value}")

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """A turn without news from the link or an operator."""
        if outputs.replies and host.before in SILENT and not inputs.link and not inputs.commands:
            self.fail(f"{host.name} answers in {host.before.value}")
