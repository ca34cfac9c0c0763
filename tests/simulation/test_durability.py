"""The check of I6: what it excuses, and what it does not."""

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4_bindings import BindingAck
from tests.simulation.batch import run
from tests.simulation.checks.base import Violation
from tests.simulation.checks.durability import Durability
from tests.simulation.disk import Row, Written
from tests.simulation.host import Host
from tests.simulation.site import Site
from tests.simulation.test_findings import running
from tests.simulation.world import World


def lease_at_the_backup() -> tuple[Host, Durability, Row]:
    """Return the backup with the lease of a client of the main, the check, and the row of the lease."""
    world = running(Site(near=12, lease_time=300, mclt=60))
    lease = world.lease(2)
    assert lease is not None
    world.run(5)
    check = next(each for each in world.checks if isinstance(each, Durability))
    row = world.backup.disk.rows[lease.address]
    assert row[1] == Status.ACTIVE
    return world.backup, check, row


def ack(row: Row, status: Status = Status.ACTIVE, end: int | None = None) -> BindingAck:
    """Return the acknowledgement of an update with the lease of a row."""
    message = BindingAck(7)
    message.address, message.status = row[0], status
    message.client_id, message.hardware = row[2], row[3]
    message.state_exp = row[4] if end is None else end
    return message


def changed(row: Row, status: Status, end: int) -> Row:
    """Return the row with another status and end."""
    return (row[0], int(status), *row[2:4], end, *row[5:])


def test_an_acknowledged_lease_must_be_stored_when_the_acknowledgement_is_sent() -> None:
    """I6: a later turn that stores the address does not excuse it, nor the absence of a crash."""
    backup, check, row = lease_at_the_backup()
    check.stored(backup, [], None)
    check.message_sent(backup, ack(row))
    backup.disk.rows[row[0]] = changed(row, Status.ACTIVE, row[4] - 1)
    with pytest.raises(Violation, match=r"acknowledged update .* is not in the store"):
        check.message_sent(backup, ack(row))


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.RELEASED, Status.FREE, Status.ABANDONED])
def test_an_acknowledged_end_must_be_stored(status: Status) -> None:
    """I6: the record of a running lease is not an end, whichever end was acknowledged."""
    backup, check, row = lease_at_the_backup()
    check.stored(backup, [], None)
    with pytest.raises(Violation, match="has ACTIVE"):
        check.message_sent(backup, ack(row, status))


def test_an_ended_lease_of_another_client_is_not_the_acknowledged_one() -> None:
    """I6: only the record of the same client may have ended by the clock of the server."""
    backup, check, row = lease_at_the_backup()
    over = int(backup.now) - 1
    backup.disk.rows[row[0]] = changed(row, Status.EXPIRED, over)
    check.stored(backup, [], None)
    check.message_sent(backup, ack(row, end=over))
    other = (*row[:2], None, b"\1\2\2\2\2\2\2", *row[4:])
    with pytest.raises(Violation, match="has EXPIRED"):
        check.message_sent(backup, ack(other, end=over))


@pytest.mark.parametrize(
    ("status", "over", "excused"),
    [
        (Status.RESET, True, True),
        (Status.RESET, False, False),
        (Status.RELEASED, True, False),
        (Status.FREE, True, False),
        (Status.ACTIVE, True, False),
    ],
)
def test_only_what_the_turn_itself_stored_later_excuses(status: Status, over: bool, excused: bool) -> None:
    """I6: no client released the address and none got an ACK, so only its own end can have replaced the update."""
    backup, check, row = lease_at_the_backup()
    new = changed(row, status, int(backup.now) + (-1 if over else 100))
    backup.disk.rows[row[0]] = new
    check.stored(backup, [Written(row, new)], None)
    if excused:
        check.message_sent(backup, ack(row, Status.ABANDONED))
    else:
        with pytest.raises(Violation, match="is not in the store"):
            check.message_sent(backup, ack(row, Status.ABANDONED))


def test_a_start_that_reads_less_than_was_sent_is_a_violation() -> None:
    """I6 after a crash: what was stored must also be read."""
    backup, check, row = lease_at_the_backup()
    check.stored(backup, [], None)
    check.message_sent(backup, ack(row))
    lease = backup.book.get(row[0])
    assert lease is not None
    check.started(backup)
    lease.state_exp -= 1
    with pytest.raises(Violation, match="is not in the store"):
        check.started(backup)


def test_a_copy_of_the_disk_excuses_only_what_is_not_in_it() -> None:
    """I6: what the copy has, the next start must read."""
    backup, check, row = lease_at_the_backup()
    check.stored(backup, [], None)
    check.message_sent(backup, ack(row))
    check.data_replaced(backup)
    assert (backup.name, row[0]) in check._sent
    del backup.disk.rows[row[0]]
    check.data_replaced(backup)
    assert (backup.name, row[0]) not in check._sent


@pytest.mark.parametrize("seed", [81824931, 727, 334, 1654])
def test_the_courses_of_events_that_were_reported_without_a_fault(seed: int) -> None:
    """I6: in one turn a renewal and a release, an update and a request, an update and the end of its time. 1654: one
    that was over by a clock that was ahead, and is right at the next start.
    """
    assert run(seed).violation is None


def test_a_reply_is_compared_at_once() -> None:
    """I6: a client's lease that is not on the disk is a violation although the server goes on."""
    world = World(site=Site(near=12, lease_time=300, mclt=60))
    world.start()
    assert world.until_normal()
    world.run(20)
    commit = world.main.disk.commit
    world.main.disk.commit = lambda leases: commit([])  # type: ignore[method-assign]
    with pytest.raises(Violation, match=r"client's lease .* is not in the store"):
        world.lease(2)
