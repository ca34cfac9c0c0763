"""I4: the main gives new clients odd IPv6 addresses, the backup even ones (R-022 to R-027).

Exempt are addresses that the client has already, by this server or by its partner, reserved ones, and those made of an
interface identifier with the universal bit, where the configuration has that algorithm. What no client has is in the
share of its parity.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.keys import Kind, kind_of
from dhcpserver.leases.lease import PENDING, Status
from dhcpserver.leases.pool import UNIVERSAL
from dhcpserver.service.v6.choice import modified_eui64
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.disk import Row, Written, client_of
from tests.simulation.site6 import hardware6

if TYPE_CHECKING:
    from tests.simulation.host import Host

_IDENTIFIER = (1 << 64) - 1
_HELD = frozenset((Status.ACTIVE, *PENDING))


class Parity(Check):
    """Looks at the addresses that a server has given by itself."""

    name = "I4"

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Compare the changes with the parity of the server."""
        for old, new in written:
            if kind_of(new[0]) is not Kind.ADDRESS6 or host.site.is_reserved(new[0]):
                continue
            if new[1] == Status.ACTIVE and new[0] & UNIVERSAL:
                self._identified(host, new)
            odd = bool(new[0] & 1)
            if new[1] in (Status.FREE, Status.BACKUP):
                if (new[1] == Status.FREE) is not odd:
                    self.fail(f"{host.name} has {texts.dotted(new[0])} in the share of the other parity")
            elif new[1] == Status.ACTIVE and odd is not host.main and not self._exempt(host, old, new):
                client = texts.client(client_of(new))
                self.fail(
                    f"{host.name}, the {'main' if host.main else 'backup'}, gives {client} {texts.dotted(new[0])}"
                )

    def _identified(self, host: "Host", new: Row) -> None:
        """An address with the universal bit is that of its client's interface identifier (R-026)."""
        self.world.log.count("parity interface identifier")
        duid = new[2]
        if duid is None or new[0] & _IDENTIFIER != modified_eui64(hardware6(duid[-1])):
            what = f"{texts.dotted(new[0])} to {texts.client(client_of(new))}"
            self.fail(f"{host.name} gives {what}: the address of an interface identifier that is not the client's")

    def _exempt(self, host: "Host", old: Row | None, new: Row) -> bool:
        key = client_of(new)
        if old is not None and old[1] in _HELD and client_of(old) == key:
            return True
        site = host.site.v6
        if site is not None and "interface-identifier" in site.algorithms and new[0] & UNIVERSAL:
            return True
        return any(
            isinstance(message, BindingUpdate)
            and not isinstance(message, BindingAck)
            and (message.address, message.key) == (new[0], key)
            for message in host.received
        )
