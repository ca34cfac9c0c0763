"""I6: what a server has sent is in its store, at once and after a crash and a restart.

Each reply with a lease and each accepted acknowledgement is compared with the rows on disk at the moment when it is
sent, and with what the server reads at its next start, until a later turn stores the address. One turn can handle
several events of an address: updates of the partner first, then clients, then the ends of leases. What the last event
made of the address is stored, and only that counts. An earlier acknowledgement is excused only if this turn stored the
address as a later event of the turn leaves it: leased to a client that gets an ACK, or ended or unavailable after a
RELEASE or DECLINE, or reset because its time was over; or if its lease was already over by the server's clock, and is
stored as ended for the same client.
"""

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import FOREVER, PENDING, Status
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.simulation import texts
from tests.simulation.checks.base import Check, Granted, update_of
from tests.simulation.disk import Row, Written, client_of

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
    """Compares the store with what is sent."""

    name = "I6"

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._sent: dict[tuple[str, int], SentBinding] = {}
        self._stored: set[int] = set()
        """Addresses that the present turn has stored."""
        self._acknowledged: set[tuple[int, bytes | None]] = set()
        """Addresses and clients that got an ACK in the present turn."""

    def data_replaced(self, host: "Host") -> None:
        """Forget what is not on the disk that took the place of another one."""
        for slot, sent in list(self._sent.items()):
            if slot[0] == host.name and not _has(host.disk.rows.get(slot[1]), sent, inf):
                del self._sent[slot]

    def stored(self, host: "Host", written: Sequence[Written], record: FailoverRecord | None) -> None:
        """Forget what was sent before about an address that is stored again."""
        self._acknowledged.clear()
        self._stored = {new[0] for _, new in written}
        for address in self._stored:
            self._sent.pop((host.name, address), None)

    def granted(self, host: "Host", lease: Granted) -> None:
        """A client got an address, and has not given it up since its request."""
        end = FOREVER if lease.seconds == inf else int(host.now) + int(lease.seconds)
        self._acknowledged.add((lease.address, lease.key))
        if lease.expected:
            self._compare(host, lease.address, SentBinding((Status.ACTIVE,), lease.key, end, "client's lease"))

    def message_sent(self, host: "Host", message: Message) -> None:
        """An update of the partner was acknowledged."""
        if not isinstance(message, BindingAck) or message.reject is not None:
            return
        if self._replaced(host, message):
            return
        status = Status(message.status)
        if status is Status.ACTIVE:
            sent = SentBinding((status,), message.key, message.state_exp, "acknowledged update")
        else:
            sent = SentBinding(_ENDED if status in _ENDED else (status,), None, 0, "acknowledged update")
        self._compare(host, message.address, sent)

    def _replaced(self, host: "Host", ack: BindingAck) -> bool:
        """Return whether a later event of this turn is stored in the place of an acknowledged update."""
        row = host.disk.rows.get(ack.address)
        if row is None or ack.address not in self._stored:
            return False
        if any(each.address == ack.address for each in _updates_after(host.received, ack)):
            return True  # The acknowledgement of that update counts.
        if row[1] == Status.ACTIVE:
            return (ack.address, client_of(row)) in self._acknowledged
        if row[1] == Status.RESET and ack.status == Status.ABANDONED and row[4] <= host.now:
            return True  # The time of the unavailable address is over, or an operator made it available.
        return row[1] in (*_ENDED, Status.ABANDONED) and ack.address in host.returned_addresses()

    def _compare(self, host: "Host", address: int, sent: SentBinding) -> None:
        row = host.disk.rows.get(address)
        if not _has(row, sent, host.now):
            found = "nothing" if row is None else f"{Status(row[1]).name} until {texts.moment(row[4])}"
            self._missing(host, address, sent, found)
        self._sent[host.name, address] = sent

    def started(self, host: "Host") -> None:
        """Compare what was read with what was sent. Whether a lease was over counts when it is sent, not now."""
        for (name, address), sent in self._sent.items():
            lease = host.book.get(address)
            if name != host.name or host.book.pool_of(address) is None:
                continue
            if lease is None and Status.FREE not in sent.statuses:
                self._missing(host, address, sent, "nothing")
            elif lease is not None and not _tells(lease.status, lease.key, lease.state_exp, sent, inf):
                self._missing(host, address, sent, f"{lease.status.name} of {texts.client(lease.key)}")

    def _missing(self, host: "Host", address: int, sent: SentBinding, found: str) -> None:
        text = f"{sent.what} of {texts.client(sent.key)} until {texts.moment(sent.end)} is not in the store"
        self.fail(f"{host.name} {texts.dotted(address)}: {text}, which has {found}")


def _updates_after(received: Sequence[Message], ack: BindingAck) -> list[BindingUpdate]:
    """Return the updates that arrived in the same turn after the acknowledged one."""
    updates = [each for each in received if isinstance(each, BindingUpdate) and not isinstance(each, BindingAck)]
    known = [update_of(each) for each in updates]
    return updates[known.index(update_of(ack)) + 1 :] if update_of(ack) in known else []


def _has(row: Row | None, sent: SentBinding, now: float) -> bool:
    if row is None:
        return Status.FREE in sent.statuses
    return _tells(row[1], client_of(row), row[4], sent, now)


def _tells(status: int, key: bytes | None, end: int, sent: SentBinding, now: float) -> bool:
    if sent.key is None:
        return status in sent.statuses
    if status in PENDING:
        return key == sent.key and sent.end <= now  # By this server's clock it had ended when it was sent.
    return status in sent.statuses and key == sent.key and end >= sent.end
