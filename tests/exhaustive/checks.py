"""The invariants (docs: handbook of the protocol, I1 to I9) in each turn and each state of a small world."""

from dhcpserver.failover.pools.hashing import belongs_to_main
from dhcpserver.failover.states import State
from dhcpserver.leases.keys import Kind
from dhcpserver.leases.lease import PENDING, Status
from dhcpserver.wire.failover4_bindings import BindingAck
from tests.exhaustive.packets import Answer
from tests.exhaustive.server import Server, dotted
from tests.exhaustive.small import Small
from tests.simulation.checks.marks import NEEDS_UPDATE
from tests.simulation.checks.ownership import ALLOCATING
from tests.simulation.checks.silence import SILENT
from tests.simulation.disk import Row, client_of
from tests.simulation.link import frames


class Violation(AssertionError):
    """An invariant does not hold."""


def silence(server: Server, before: State, replied: bool) -> None:
    """I8: no client is answered in a silent state."""
    if replied and before in SILENT and server.state in SILENT:
        raise Violation(f"I8: the {server.name} answers a client in {server.state.value}")


def durable(server: Server, found: Answer, now: float) -> None:
    """I6: what a client is told is on the disk."""
    row = server.disk.rows.get(found.address)
    if row is None or row[1] != Status.ACTIVE or client_of(row) != server.small.packets.key_of(found.client):
        raise Violation(f"I6: the lease of {dotted(found.address)} is not on the disk of the {server.name}")
    if row[4] < int(now) + found.seconds:
        raise Violation(f"I6: the disk of the {server.name} has an earlier end of {dotted(found.address)}")


def acknowledgements(server: Server, octets: bytes, now: float) -> None:
    """I6: what the partner is told is on the disk. A turn of a small world has one event, so nothing follows an update.

    An end that is on the disk as another one of these is the same to the partner: the address may be given to it in
    the same turn.
    """
    for _, message in frames(octets):
        if not isinstance(message, BindingAck) or message.reject is not None:
            continue
        row = server.disk.rows.get(message.address)
        if not _stored(row, message, now):
            raise Violation(
                f"I6: the {server.name} acknowledges an update of {dotted(message.address)} it has not stored"
            )


ENDED = (*PENDING, Status.FREE, Status.BACKUP)


def _stored(row: Row | None, ack: BindingAck, now: float) -> bool:
    if ack.status != Status.ACTIVE:
        status = Status.FREE if row is None else row[1]
        return status in ENDED if ack.status in ENDED else status == ack.status
    if row is None or client_of(row) != ack.key:
        return False
    return row[4] >= ack.state_exp if row[1] == Status.ACTIVE else row[1] in PENDING and ack.state_exp <= now


def potentials(server: Server) -> None:
    """I7: the potential expirations of one binding never decrease."""
    for old, new in server.disk.written:
        if old is None or old[1] != Status.ACTIVE or new[1] != Status.ACTIVE or client_of(old) != client_of(new):
            continue
        if any(after < before for before, after in zip(old[5:8], new[5:8], strict=True)):
            raise Violation(f"I7: a potential expiration of {dotted(new[0])} decreases on the {server.name}")


def lead(server: Server, partner: Server, found: Answer, now: float) -> None:
    """I2: outside PARTNER-DOWN no lease ends later than MCLT beyond the partner's own record of it."""
    if server.state is State.PARTNER_DOWN or server.replaced or partner.replaced:
        return
    row = partner.disk.rows.get(found.address)
    known = 0
    if row is not None and client_of(row) == server.small.packets.key_of(found.client):
        known = max(row[4:8])
    mine = server.disk.rows[found.address]
    end = int(now) + found.seconds
    if end > server.small.mclt + max(known, mine[7], int(now)):
        text = f"the {server.name} gives client {found.client} {dotted(found.address)} for {found.seconds} s"
        raise Violation(f"I2: {text}, which is more than MCLT beyond what its partner has")


def bootp_share(server: Server) -> None:
    """I10: no server gives an address of its partner's share in a scope with dynamic BOOTP, whose leases do not end."""
    other = Status.BACKUP if server.index == 0 else Status.FREE
    for old, new in server.disk.written:
        if new[1] == Status.ACTIVE and (Status.FREE if old is None else old[1]) == other:
            raise Violation(f"I10: the {server.name} gives {dotted(new[0])}, which is its partner's")


def parity(server: Server, *, by_client: bool) -> None:
    """I4: an address without a client is in the share of its parity; the server gives new clients its own parity.

    `by_client`: whether the turn was about a client's packet, and not about the partner's updates.
    """
    if server.small.kind is not Kind.ADDRESS6:
        return
    for old, new in server.disk.written:
        odd = bool(new[0] & 1)
        if new[1] in (Status.FREE, Status.BACKUP) and (new[1] == Status.FREE) is not odd:
            raise Violation(f"I4: {dotted(new[0])} is in the share of the other parity on the {server.name}")
        if not by_client or new[1] != Status.ACTIVE or odd is (server.index == 0):
            continue
        if old is None or old[1] not in (Status.ACTIVE, *PENDING) or client_of(old) != client_of(new):
            raise Violation(f"I4: the {server.name} gives a new client {dotted(new[0])}")


def marked(server: Server) -> None:
    """I9: what a turn with a client's packet changed has the mark that the partner does not have it."""
    for old, new in server.disk.written:
        facts = [None if row is None else (row[1], client_of(row), row[4]) for row in (old, new)]
        if facts[0] != facts[1] and not new[10] & NEEDS_UPDATE:
            raise Violation(f"I9: the {server.name} changes {dotted(new[0])} for a client without the mark to send it")


def one_answer(server: Server, client: int) -> None:
    """I11: with load balancing in NORMAL only the server of a client's bucket offers it an address."""
    if belongs_to_main(server.small.packets.key_of(client)) is not (server.index == 0):
        raise Violation(f"I11: the {server.name} answers client {client}, which is its partner's by load balancing")


def shares(main: Server, backup: Server, small: Small) -> None:
    """I3: no address is in the share of both servers while both give addresses. Of IPv6 addresses, parity decides."""
    if small.kind is Kind.ADDRESS6:
        return
    if not (main.running and backup.running and main.state in ALLOCATING and backup.state in ALLOCATING):
        return
    for address in small.addresses_of_scope():
        ours, theirs = main.disk.rows.get(address), backup.disk.rows.get(address)
        if (ours is None or ours[1] == Status.FREE) and theirs is not None and theirs[1] == Status.BACKUP:
            raise Violation(f"I3: both servers may give {dotted(address)}")
