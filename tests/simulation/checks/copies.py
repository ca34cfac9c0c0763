"""Old copies: which servers have an older copy of their data, without being able to tell.

A copy that silently took the place of a server's data is recognised by what the partner remembers, so not before
contact. Until then the server uses the shares of the copy, and may give any address that was free in it. From contact
on it has no excuse.
"""

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from dhcpserver.service.turn import Inputs, Outputs
from tests.simulation.checks.base import Check

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Copies(Check):
    """Has the servers with an old copy that have had no contact since."""

    name = "I1"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._unaware: set[str] = set()

    def data_replaced(self, host: "Host") -> None:
        """Note a copy that was put back silently. A lost disk is empty, which the server sees by itself."""
        self._unaware.discard(host.name)
        if host.copied_at is not None and host.copied_at != inf:
            self._unaware.add(host.name)

    def turned(self, host: "Host", inputs: Inputs, numbers: Sequence[int], outputs: Outputs) -> None:
        """Contact ends the excuse."""
        if host.communicating:
            self._unaware.discard(host.name)

    def unaware(self, server: str) -> bool:
        """Return whether a server has an old copy, and has had no contact since."""
        return server in self._unaware

    def excuse(self, server: str) -> str:
        """Return the excuse for what a server does with an old copy before contact, empty if it has none."""
        return f"the store of {server} was put back silently, and it had no contact since" * self.unaware(server)
