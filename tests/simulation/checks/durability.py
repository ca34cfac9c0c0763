"""I6: after a crash and a restart, the store has every lease of which a reply or an acknowledgement was sent.

For each address the last sent binding is kept until a later turn stores the address. One turn can handle several events
of an address; what its last event made of the address is then stored, and only that counts.
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
from tests.simulation import texts
from tests.simulation.checks.base import Check
from tests.simulation.disk import Written

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World


class SentBinding(NamedTuple):
    """A binding that a server sent: the statuses in which it may be stored, its client and its end."""

    statuses: tuple[Status, ...]
    key: bytes | None
    end: int
    what: str


_ENDED = (*PENDING, Status.FREE, Status.BACKUP)
"""A free address may be given to the backup in the same turn."""


class Durability(Check):
    """Compares the store at each start with what was sent."""

    name = "I6"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._sent: dict[tuple[str, int], SentBinding] = {}
        self._answered: set[int] = set()
        """Addresses of the replies of the present turn."""

    def data_replaced(self, host: "Host") -> None:
        """Forget what was on a lost disk."""
        self._sent = {slot: sent for slot, sent in self._sent.items() if slot[0] != host.name}

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Forget what was sent before about an address that is stored again."""
        self._answered.clear()
        for _, new in written:
            self._sent.pop((host.name, new[0]), None)

    def replied(self, host: "Host", packet: Packet) -> None:
        """A client got an address, and has not given it up since its request."""
        if not self.world.clients.expects_reply(packet):
            return
        self._answered.add(packet.yiaddr)
        if packet.message_type == MessageType.ACK and options4.LEASE_TIME in packet.options:
            key = key_of(packet)
            seconds = int.from_bytes(packet.options[options4.LEASE_TIME], "big")
            sent = SentBinding((Status.ACTIVE,), key, int(host.now) + seconds, "client's lease")
            self._keep(host, packet.yiaddr, sent)
        elif packet.message_type == 0 and packet.yiaddr:
            self._keep(
                host, packet.yiaddr, SentBinding((Status.ACTIVE,), key_of(packet), FOREVER, "BOOTP client's address")
            )

    def message_sent(self, host: "Host", message: Message) -> None:
        """An update of the partner was acknowledged, and no client changed the address in the same turn after it."""
        if isinstance(message, BindingAck) and (
            message.address in self._answered or message.address in host.returned_addresses()
        ):
            return
        if isinstance(message, BindingAck) and message.reject is None and not message.flags & RESERVED_FLAG:
            status = Status(message.status)
            ended = status in _ENDED
            key = None
            if status is Status.ACTIVE:
                key = client_key(message.client_id, message.hardware)
            end = message.state_exp if status is Status.ACTIVE else 0
            sent = SentBinding(_ENDED if ended else (status,), key, end, "acknowledged update")
            self._keep(host, message.address, sent)

    def lease_ended(self, key: bytes, address: int) -> None:
        """Forget the lease of a client that has given up its address."""
        for host in self.world.hosts:
            sent = self._sent.get((host.name, address))
            if sent is not None and sent.key == key:
                del self._sent[host.name, address]

    def _keep(self, host: "Host", address: int, sent: SentBinding) -> None:
        row = host.disk.rows.get(address)
        if row is not None and row[1] in PENDING and sent.end <= host.now:
            return  # By this server's clock the lease had ended when the update arrived.
        if row is None or not _tells(row[1], client_key(row[2], row[3]), row[4], sent):
            self._sent[host.name, address] = sent

    def started(self, host: "Host") -> None:
        """Compare what was read with what was sent."""
        for (name, address), sent in self._sent.items():
            if name != host.name:
                continue
            lease = host.book.get(address)
            if lease is not None and lease.status in PENDING and lease.key == sent.key and sent.end <= host.now:
                continue  # Its lease had ended when the update arrived.
            if lease is None or not _tells(lease.status, lease.key, lease.state_exp, sent):
                found = "nothing" if lease is None else f"{lease.status.name} of {texts.client(lease.key)}"
                text = f"{sent.what} of {texts.client(sent.key)} until {texts.moment(sent.end)} is not in the store"
                self.fail(f"{name} {texts.dotted(address)}: {text}, which has {found}")


def _tells(status: int, key: bytes | None, end: int, sent: SentBinding) -> bool:
    return status in sent.statuses and (sent.key is None or (key == sent.key and end >= sent.end))


def key_of(packet: Packet) -> bytes:
    """Return the key of the client of a reply; servers echo the client identifier (RFC 6842)."""
    identifier = packet.options.get(options4.CLIENT_IDENTIFIER)
    return client_key(identifier, bytes((packet.htype,)) + packet.chaddr)
