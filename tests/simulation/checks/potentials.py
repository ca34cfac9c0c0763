"""I7: for one binding, what was sent, acknowledged and received of its potential expiration never goes back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import PENDING, Status
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.simulation import words
from tests.simulation.checks.base import Check
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host

_FREE = (Status.FREE, Status.BACKUP)
_OVER = (*PENDING, *_FREE)
_FIELDS = ("sent", "acknowledged", "received")


class Monotone(Check):
    """Compares each row that is stored with the one that it replaces."""

    name = "I7"

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """The same client, and no end of its binding in between."""
        for old, new in written:
            if old is None or old[1] in _FREE or new[1] in _FREE or old[2:4] != new[2:4]:
                continue
            if any(
                isinstance(said, BindingUpdate) and said.address == new[0] and said.status in _OVER
                for said in host.heard
            ):
                continue  # Both agreed that it is over, and the client came back, in one turn.
            for name, before, after in zip(_FIELDS, old[5:8], new[5:8], strict=True):
                if after < before:
                    text = f"{name} potential {words.moment(before)} becomes {words.moment(after)}"
                    self.fail(f"{host.name} {words.dotted(new[0])}: {text}")
