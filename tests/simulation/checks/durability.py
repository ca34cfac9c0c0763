"""I6: after a crash and a restart, every reply and every acknowledgement that left is in the store that is read.

For each address the last that was said of it is kept, until a later turn stores something about it: then that is what
must be found.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import FOREVER, PENDING, Status, client_key
from dhcpserver.wire import options4
from dhcpserver.wire.dhcp4 import Packet
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import RESERVED_FLAG, BindingAck
from dhcpserver.wire.options4 import MessageType
from tests.simulation import words
from tests.simulation.checks.base import Check
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class Said(NamedTuple):
    """What a server let out about an address: the states that it may be stored in, for which client, until when."""

    statuses: tuple[Status, ...]
    key: bytes | None
    end: int
    what: str


_ENDED = (*PENDING, Status.FREE, Status.BACKUP)
"""An address that is free may be given to the backup in the same turn."""


class Durability(Check):
    """See the module."""

    name = "I6"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._said: dict[tuple[str, int], Said] = {}

    def renewed(self, host: "Host") -> None:
        """What a lost disk held is lost."""
        self._said = {slot: said for slot, said in self._said.items() if slot[0] != host.name}

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Something later is known."""
        for _, new in written:
            self._said.pop((host.name, new[0]), None)

    def replied(self, host: "Host", packet: Packet) -> None:
        """A client was told that it has an address."""
        if packet.message_type == MessageType.ACK and options4.LEASE_TIME in packet.options:
            key = key_of(packet)
            seconds = int.from_bytes(packet.options[options4.LEASE_TIME], "big")
            said = Said((Status.ACTIVE,), key, int(host.now) + seconds, "client's lease")
            self._keep(host, packet.yiaddr, said)
        elif packet.message_type == 0 and packet.yiaddr:
            self._keep(host, packet.yiaddr, Said((Status.ACTIVE,), key_of(packet), FOREVER, "BOOTP client's address"))

    def told(self, host: "Host", message: Message) -> None:
        """The partner was told that its news is safe here."""
        if isinstance(message, BindingAck) and message.reject is None and not message.flags & RESERVED_FLAG:
            status = Status(message.status)
            ended = status in _ENDED
            key = None
            if status is Status.ACTIVE:
                key = client_key(message.client_id, message.hardware)
            end = message.state_exp if status is Status.ACTIVE else 0
            said = Said(_ENDED if ended else (status,), key, end, "acknowledged update")
            self._keep(host, message.address, said)

    def ended(self, key: bytes, address: int) -> None:
        """What was told to a client that has given its address back matters no more."""
        for host in self.world.hosts:
            said = self._said.get((host.name, address))
            if said is not None and said.key == key:
                del self._said[host.name, address]

    def _keep(self, host: "Host", address: int, said: Said) -> None:
        row = host.disk.rows.get(address)
        if row is None or not _tells(row[1], client_key(row[2], row[3]), row[4], said):
            self._said[host.name, address] = said

    def started(self, host: "Host") -> None:
        """What was read must tell all that was said."""
        for (name, address), said in self._said.items():
            if name != host.name:
                continue
            lease = host.book.get(address)
            if lease is not None and lease.status in PENDING and lease.key == said.key and said.end <= host.now:
                continue  # Its time was over when the news came.
            if lease is None or not _tells(lease.status, lease.key, lease.state_exp, said):
                found = "nothing" if lease is None else f"{lease.status.name} of {words.client(lease.key)}"
                text = f"{said.what} of {words.client(said.key)} until {words.moment(said.end)} is not in the store"
                self.fail(f"{name} {words.dotted(address)}: {text}, which has {found}")


def _tells(status: int, key: bytes | None, end: int, said: Said) -> bool:
    return status in said.statuses and (said.key is None or (key == said.key and end >= said.end))


def key_of(packet: Packet) -> bytes:
    """The client of a reply; servers echo the client identifier (RFC 6842)."""
    identifier = packet.options.get(options4.CLIENT_IDENTIFIER)
    return client_key(identifier, bytes((packet.htype,)) + packet.chaddr)
