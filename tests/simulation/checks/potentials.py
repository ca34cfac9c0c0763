"""I7: the sent, acknowledged and received potential expirations of a binding never decrease.

When a binding ends, the latest of the three stays as the one that was sent. The other two no longer count, because the
partner frees the address as soon as it receives the end.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import PENDING, Status
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.disk import Written, client_of

if TYPE_CHECKING:
    from tests.simulation.host import Host

_FREE = (Status.FREE, Status.BACKUP)
_OVER = (*PENDING, *_FREE)
_FIELDS = ("sent", "acknowledged", "received")


class Monotone(Check):
    """Compares each stored row with the one that it replaces."""

    name = "I7"

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Compare rows of the same client, unless its binding ended in between."""
        for old, new in written:
            if old is None or old[1] in _FREE or new[1] in _FREE or client_of(old) != client_of(new):
                continue
            if any(
                isinstance(sent, BindingUpdate) and sent.address == new[0] and sent.status in _OVER
                for sent in host.received
            ):
                continue  # Both agreed that it has ended, and the client returned, in one turn.
            if new[1] in PENDING or old[1] in PENDING or new[0] in host.returned_addresses():
                if max(new[5:8]) < max(old[5:8]):
                    self.fail(f"{host.name} {texts.dotted(new[0])}: the latest promise does not outlast the binding")
                continue
            for name, before, after in zip(_FIELDS, old[5:8], new[5:8], strict=True):
                if after < before:
                    text = f"{name} potential {texts.moment(before)} becomes {texts.moment(after)}"
                    self.fail(f"{host.name} {texts.dotted(new[0])}: {text}")
