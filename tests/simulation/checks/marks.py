"""I9 in every turn: what a server changes by itself has the mark that the partner does not have it yet.

A change of the status, the client or the end of a lease that no message of the partner in the same turn explains must
be sent, so it is marked. Without the mark the two records differ until one of them ends.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.disk import Row, Written, client_of

if TYPE_CHECKING:
    from tests.simulation.host import Host

NEEDS_UPDATE = 2
"""The flag in a stored row."""


class Marks(Check):
    """Compares each stored row with the one that it replaces."""

    name = "I9"

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Compare the rows that no acknowledgement and no update of the partner is about."""
        received = {message.address for message in host.received if isinstance(message, BindingUpdate)}
        for old, new in written:
            if new[0] in received or new[10] & NEEDS_UPDATE or old is None or _facts(old) == _facts(new):
                continue
            change = f"{Status(old[1]).name} becomes {Status(new[1]).name}"
            self.fail(
                f"{host.name} {texts.dotted(new[0])}: {change} without the mark that the partner does not have it"
            )


def _facts(row: Row) -> tuple[object, ...]:
    """Return what the partner must have: status and client, and of a lease its end."""
    return row[1], client_of(row), row[4] if row[1] == Status.ACTIVE else 0
