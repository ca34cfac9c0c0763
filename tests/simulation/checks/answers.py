"""I12: a server answers a DHCPv6 client as its own record is, and gives what is reserved to its client alone.

A partner that has no DHCPv6 gets no message of it.

Clients stay on their links, so no server may answer that an address does not belong to the link. What a server has on
its disk as a running lease of a client, it does not end in a REPLY.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import Status
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6ia import IA
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode
from dhcpserver.wire.failover4 import Message as FailoverMessage
from tests.simulation import texts, texts6
from tests.simulation.checks.base import Check
from tests.simulation.disk import Written, client_of
from tests.simulation.keys6 import address_in, client_of_ia
from tests.simulation.site6 import duid_of, reserved6

if TYPE_CHECKING:
    from tests.simulation.host import Host


class Answers(Check):
    """Compares replies with the disk."""

    name = "I12"

    def answered(self, host: "Host", message: Message) -> None:
        """Check the status of a message, and of each lease that it ends."""
        statuses = [message.status, *(ia.status for ia in message.ias)]
        if any(status is not None and status.code == StatusCode.NOT_ON_LINK for status in statuses):
            self.fail(f"{host.name} answers {texts6.client(message.client_id)} that an address is not on its link")
        if message.type != MessageType6.REPLY:
            return
        for ia in message.ias:
            for key in [address_in(ia, lease) for lease in ia.leases if not lease.valid]:
                self._ended(host, client_of_ia(message.client_id, ia), key, ia)

    def _ended(self, host: "Host", client: bytes, key: int, ia: IA) -> None:
        row = host.disk.rows.get(key)
        if row is not None and row[1] == Status.ACTIVE and client_of(row) == client and row[4] > host.now:
            until = texts.moment(row[4])
            self.fail(f"{host.name} ends {texts.dotted(key)} of {texts.client(client)}, which has it until {until}")

    def message_sent(self, host: "Host", message: FailoverMessage) -> None:
        """Check the family of a message to the partner."""
        if texts.family_of(message) and len(self.world.carried) == 1:
            self.fail(f"{host.name} sends {texts.name_of(message)} of DHCPv6 to a partner that has none")

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Check the clients of what is reserved."""
        reserved = {} if host.site.v6 is None else reserved6(host.site.v6)
        for _, new in written:
            if new[0] in reserved and new[1] == Status.ACTIVE and new[2] != duid_of(reserved[new[0]]):
                self.fail(f"{texts.client(client_of(new))} has {texts.dotted(new[0])}, which is reserved for another")
