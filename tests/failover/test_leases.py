"""Lead time, acceptance of updates, shares of free addresses, and the queue of updates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover import acceptance, leadtime
from dhcpserver.failover.balance import boundary, candidates, plan
from dhcpserver.failover.gate import MessageKind
from dhcpserver.failover.partnership import Standalone
from dhcpserver.failover.settings import PairSettings, PoolSettings
from dhcpserver.failover.updates import Updates
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status, client_key
from dhcpserver.leases.pool import Pool
from dhcpserver.wire.failover4 import Reject
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from dhcpserver.wire.framing import Framer

NOW, HOUR, DAY = 1_700_000_000, 3600, 86400
FIRST = 0x0A000001
MAC = b"\1\2\0\0\0\0\1"
TIMES = st.integers(0, 4 * DAY).map(lambda seconds: NOW + seconds)


def book(size: int = 10) -> Book:
    return Book([Pool("scope", 0x0A000000, 0xFFFFFF00, [(FIRST, FIRST + size - 1)])])


def lease_of(subject: Book, address: int = FIRST) -> Lease:
    lease = subject.record(address)
    assert lease is not None
    return lease


# Lead time


def test_the_worked_example() -> None:
    """R-127, R-129 to R-131; C-12: desired three days, MCLT one hour."""
    desired = 3 * DAY
    assert leadtime.granted_seconds(desired, 0, 0, NOW, HOUR) == HOUR
    assert leadtime.potential(NOW, desired) == NOW + 388_800
    renewal = NOW + 1800
    assert leadtime.limit(NOW + 388_800, 0, renewal, HOUR) == NOW + 388_800 + HOUR
    assert leadtime.granted_seconds(desired, NOW + 388_800, 0, renewal, HOUR) == desired
    assert leadtime.potential(renewal, desired) == renewal + 388_800


def test_both_readings_of_the_announced_lifetime() -> None:
    """C-12: the document's own is desired plus half of what was granted, and never later."""
    assert leadtime.partner_lifetime(NOW, 3 * DAY, HOUR) == NOW + 3 * DAY + 1800
    assert leadtime.potential(NOW, 3 * DAY) == NOW + 3 * DAY + 3 * DAY // 2


@given(st.integers(1, 30 * DAY), TIMES, TIMES, TIMES, st.integers(300, 7 * DAY))
def test_no_client_is_ahead_of_the_partner_by_more_than_mclt(
    desired: int, acked: int, received: int, now: int, mclt: int
) -> None:
    """R-121, R-127."""
    seconds = leadtime.granted_seconds(desired, acked, received, now, mclt)
    assert 0 < seconds <= desired
    assert now + seconds <= mclt + max(acked, received, now)
    assert seconds >= min(desired, mclt)


@given(TIMES, TIMES, TIMES, TIMES, TIMES)
def test_an_address_is_reused_only_when_every_promise_is_over(
    end: int, sent: int, acked: int, received: int, down: int
) -> None:
    """R-123: all four times count, and so does when the partner went."""
    lease = lease_of(book())
    lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl = end, sent, acked, received
    assert leadtime.usable_at(lease, down, HOUR) == HOUR + max(end, sent, acked, received, down)


def test_a_lease_that_the_partner_never_heard_of_ends_with_itself() -> None:
    lease = lease_of(book())
    lease.state_exp = NOW
    assert leadtime.usable_at(lease, NOW + DAY, HOUR) == NOW
    lease.state_exp = FOREVER
    assert leadtime.usable_at(lease, NOW, HOUR) == float("inf")


def test_the_other_share_is_usable_at_once_after_a_long_safe_period() -> None:
    """R-144; C-05."""
    assert leadtime.others_usable_at(NOW + 4 * HOUR, NOW, HOUR) == NOW + 4 * HOUR
    assert leadtime.others_usable_at(NOW + 60, NOW, HOUR) == NOW + HOUR


# Acceptance

STATUSES = (
    Status.ACTIVE,
    Status.EXPIRED,
    Status.RELEASED,
    Status.FREE,
    Status.BACKUP,
    Status.RESET,
    Status.ABANDONED,
)


def known(status: Status, cltt: int = NOW, end: int = NOW + HOUR, news: bool = False) -> Lease:
    subject = book()
    lease = lease_of(subject)
    subject.set_client(lease, None, MAC)
    subject.set_status(lease, status, NOW)
    lease.cltt, lease.state_exp, lease.needs_update = cltt, end, news
    return lease


def told(status: Status, when: int, mac: bytes = MAC) -> BindingUpdate:
    update = BindingUpdate(1)
    update.address, update.status, update.hardware = FIRST, status, mac
    update.cltt = update.sos = when
    update.state_exp = when + HOUR
    return update


def refused(
    lease: Lease, update: BindingUpdate, now: float = NOW, main: bool = True, foreign: bool = False
) -> int | None:
    refusal = acceptance.judge(lease, update, now, main=main, foreign=foreign, skew=5)
    return None if refusal is None else int(refusal.reason)


@pytest.mark.parametrize("ours", STATUSES)
@pytest.mark.parametrize("theirs", STATUSES)
def test_older_news_never_wins(ours: Status, theirs: Status) -> None:
    lease = known(ours)
    if ours is theirs is Status.ACTIVE:
        assert refused(lease, told(theirs, NOW - 60)) is None, "the same client: both are right"
    else:
        assert refused(lease, told(theirs, NOW - 60)) == Reject.OUTDATED


@pytest.mark.parametrize("ours", STATUSES)
@pytest.mark.parametrize("theirs", STATUSES)
def test_later_news_wins_but_ends_no_running_lease(ours: Status, theirs: Status) -> None:
    lease = known(ours)
    running = ours is Status.ACTIVE and theirs in (Status.EXPIRED, Status.FREE, Status.BACKUP)
    assert refused(lease, told(theirs, NOW + 60)) == (Reject.OUTDATED if running else None)
    assert refused(lease, told(theirs, NOW + 60), now=NOW + HOUR + 1) is None


@pytest.mark.parametrize("theirs", STATUSES)
def test_draft_12_keeps_an_abandoned_address(theirs: Status) -> None:
    fits = theirs in (Status.RESET, Status.ABANDONED)
    assert refused(known(Status.ABANDONED), told(theirs, NOW + 60), foreign=True) == (
        None if fits else Reject.LESS_CRITICAL
    )


def test_two_clients_of_one_address() -> None:
    """The backup gives way; the main only to a client heard after its lease began."""
    other = told(Status.ACTIVE, NOW - 60, b"\1xxxxxx")
    assert refused(known(Status.ACTIVE), other, main=True) == Reject.FATAL_CONFLICT
    assert refused(known(Status.ACTIVE), other, main=False) is None
    later = told(Status.ACTIVE, NOW + 60, b"\1xxxxxx")
    assert refused(known(Status.ACTIVE), later, main=True) is None


def test_a_client_may_release_and_return_within_seconds() -> None:
    """Times within the tolerance are the same, and what the partner decided knowing ours holds."""
    lease = known(Status.FREE)
    assert refused(lease, told(Status.ACTIVE, NOW + 1)) is None
    assert refused(lease, told(Status.ACTIVE, NOW - 3)) is None


@given(st.integers(-5, 5), st.sampled_from(STATUSES[1:]), st.sampled_from(STATUSES[1:]))
def test_of_news_that_cross_one_wins_on_both_sides(difference: int, mains: Status, backups: Status) -> None:
    """Whichever message arrives first, both servers end with the same."""
    main = known(mains, cltt=NOW, news=True)
    backup = known(backups, cltt=NOW + difference, news=True)
    backup.sos = NOW + difference
    main_takes = refused(main, told(backups, NOW + difference), main=True) is None
    backup_takes = refused(backup, told(mains, NOW), main=False) is None
    ends = [Status.FREE if status in PENDING else status for status in (mains, backups)]
    assert main_takes is not backup_takes or ends[0] is ends[1]


def test_the_end_of_a_lease_is_taken_early_only_when_the_partner_knew_it() -> None:
    soon = NOW + HOUR - 3
    assert refused(known(Status.ACTIVE), told(Status.EXPIRED, NOW), now=soon) is None
    assert refused(known(Status.ACTIVE, news=True), told(Status.EXPIRED, NOW), now=soon) == Reject.OUTDATED
    assert refused(known(Status.ACTIVE), told(Status.FREE, NOW), now=soon) == Reject.OUTDATED


def test_a_reserved_mark_must_be_ours_too() -> None:
    update = told(Status.BACKUP, NOW + 60)
    update.flags = 1
    assert refused(known(Status.FREE), update) == Reject.NOT_RESERVED


@pytest.mark.parametrize(
    ("address", "status", "hardware"), [(0, Status.ACTIVE, MAC), (FIRST, 0, MAC), (FIRST, 8, MAC), (FIRST, 2, b"")]
)
def test_what_must_be_there(address: int, status: int, hardware: bytes) -> None:
    update = BindingUpdate(1)
    update.address, update.status, update.hardware = address, status, hardware
    refusal = acceptance.malformed(update)
    assert refusal is not None
    assert refusal.reason is Reject.MISSING_BINDING


# Shares


@pytest.mark.parametrize(
    ("available", "backup", "share", "expected"),
    [
        (100, 0, 50, 50),
        (50, 50, 50, 0),
        (59, 41, 50, 0),
        (61, 39, 50, 11),
        (39, 61, 50, -11),
        (0, 10, 50, -5),
        (100, 0, 10, 10),
        (100, 0, 0, 0),
        (1, 0, 50, 0),
        (2, 0, 50, 1),
        (0, 1, 50, -1),
        (0, 1, 100, 0),
        (0, 0, 50, 0),
        (90, 60, 60, 30),
    ],
)
def test_what_is_moved(available: int, backup: int, share: int, expected: int) -> None:
    """R-107, R-113, R-114, R-163; C-02."""
    assert plan(available, backup, share, 10) == expected


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 100), st.integers(1, 50))
def test_a_move_balances_and_is_not_undone(available: int, backup: int, share: int, delta: int) -> None:
    count = plan(available, backup, share, delta)
    assert -backup <= count <= available
    assert plan(available - count, backup + count, share, delta) == 0 or available - count == 0


@pytest.mark.parametrize(
    ("settings", "scope", "expected"),
    [
        (PairSettings("p", True), PoolSettings(), 50),
        (PairSettings("p", True, backup_pct=20), PoolSettings(), 20),
        (PairSettings("p", True, backup_pct=20), PoolSettings(backup_pct=0), 0),
        (PairSettings("p", True, dynamic_bootp_backup_pct=70), PoolSettings(dynamic_bootp=True), 70),
        (PairSettings("p", True, backup_pct=20), PoolSettings(dynamic_bootp=True), 20),
        (PairSettings("p", True, dynamic_bootp_backup_pct=70), PoolSettings(backup_pct=5, dynamic_bootp=True), 5),
        (PairSettings("p", True, backup_pct=20, load_balancing=True), PoolSettings(backup_pct=5), 50),
    ],
)
def test_whose_percentage_counts(settings: PairSettings, scope: PoolSettings, expected: int) -> None:
    """R-047, R-048, R-110 to R-112, R-251; C-25."""
    pool = book().pools["scope"]
    object.__setattr__(settings, "pools", {"scope": scope})
    assert settings.share_pct(pool) == expected


def test_the_backup_gets_addresses_down_from_the_boundary_then_up() -> None:
    """R-198 to R-200, R-202."""
    pool = Pool("scope", 0, 0, [(10, 13), (20, 25)])
    assert boundary(pool, 0) == 18
    assert candidates(pool, 18, 6) == [13, 12, 11, 10, 20, 21]
    assert candidates(pool, boundary(pool, 22), 3) == [21, 20, 13]


# The queue


def sent(frames: list[bytes]) -> list[BindingUpdate]:
    updates = [message for message in Framer().feed(b"".join(frames)) if isinstance(message, BindingUpdate)]
    frames.clear()
    return updates


def answer(update: BindingUpdate, reject: int | None = None) -> BindingAck:
    ack = BindingAck(update.xid)
    ack.address, ack.reject = update.address, reject
    return ack


def bound(subject: Book, number: int) -> Lease:
    lease = lease_of(subject, FIRST + number)
    subject.set_client(lease, None, MAC[:-1] + bytes([number]))
    subject.set_status(lease, Status.ACTIVE, NOW)
    lease.cltt, lease.state_exp, lease.sent_pl = NOW, NOW + HOUR, NOW + 2 * HOUR
    return lease


def test_never_more_than_the_window_is_in_flight() -> None:
    """R-155."""
    subject = book()
    updates, frames = Updates(subject, True, HOUR), list[bytes]()
    updates.window = 3
    for number in range(8):
        updates.add(bound(subject, number))
    updates.emit(frames, NOW)
    first = sent(frames)
    assert len(first) == updates.unacked == 3
    updates.emit(frames, NOW)
    assert not frames
    updates.acknowledged(answer(first[0]), NOW)
    updates.emit(frames, NOW)
    assert [update.address for update in sent(frames)] == [FIRST + 3]


def test_changes_of_one_lease_go_out_once_and_in_order() -> None:
    subject = book()
    updates, frames = Updates(subject, True, HOUR), list[bytes]()
    updates.window = 10
    lease = bound(subject, 0)
    updates.add(lease)
    updates.add(lease)
    updates.emit(frames, NOW)
    (first,) = sent(frames)
    lease.state_exp += 100
    updates.add(lease)
    updates.emit(frames, NOW)
    assert not frames, "one update of a lease at a time"
    updates.acknowledged(answer(first), NOW)
    assert updates.pending == 1
    updates.emit(frames, NOW)
    (second,) = sent(frames)
    assert second.state_exp == first.state_exp + 100
    updates.acknowledged(answer(second), NOW)
    assert not lease.needs_update
    assert lease.acked_pl == NOW + 2 * HOUR


def test_a_refused_update_rests_until_the_retry() -> None:
    subject = book()
    updates, frames = Updates(subject, True, HOUR), list[bytes]()
    updates.window = 10
    lease = bound(subject, 0)
    updates.add(lease)
    updates.emit(frames, NOW)
    updates.acknowledged(answer(sent(frames)[0], 15), NOW)
    updates.emit(frames, NOW)
    assert not frames
    assert lease.needs_update
    assert updates.resting == 1
    assert updates.retry_refused() == 1
    updates.emit(frames, NOW)
    assert len(sent(frames)) == 1


def test_what_was_in_flight_is_sent_again_after_a_cut() -> None:
    subject = book()
    updates, frames = Updates(subject, True, HOUR), list[bytes]()
    updates.window = 10
    updates.add(bound(subject, 0))
    updates.emit(frames, NOW)
    (first,) = sent(frames)
    updates.connection_lost()
    updates.acknowledged(answer(first), NOW)
    updates.emit(frames, NOW)
    assert [update.address for update in sent(frames)] == [FIRST]


def test_a_restart_finds_its_news_by_the_marks() -> None:
    subject = book()
    bound(subject, 1).needs_update = True
    bound(subject, 2)
    assert Updates(subject, True, HOUR).pending == 1


def test_an_ended_lease_is_free_when_the_partner_agrees() -> None:
    subject = book()
    updates, frames = Updates(subject, True, HOUR), list[bytes]()
    updates.window = 10
    lease = bound(subject, 0)
    subject.set_status(lease, Status.EXPIRED, NOW + HOUR)
    updates.add(lease)
    updates.emit(frames, NOW + HOUR)
    updates.acknowledged(answer(sent(frames)[0]), NOW + HOUR)
    assert lease.status is Status.FREE
    assert (lease.sent_pl, lease.acked_pl, lease.recv_pl) == (0, 0, 0)
    assert FIRST in subject.pools["scope"].free


def test_an_address_taken_back_is_the_backups_until_it_agrees() -> None:
    """I3, and a refusal leaves everything as it was."""
    subject = book()
    updates, frames = Updates(subject, True, HOUR), list[bytes]()
    updates.window = 10
    for number, reject in enumerate((15, None)):
        lease = lease_of(subject, FIRST + number)
        subject.set_status(lease, Status.BACKUP, NOW)
        updates.take_back(lease)
        updates.emit(frames, NOW)
        (update,) = sent(frames)
        assert update.status == Status.FREE
        assert lease.status is Status.BACKUP
        updates.acknowledged(answer(update, reject), NOW)
        assert lease.status is (Status.BACKUP if reject else Status.FREE)
        assert not lease.needs_update


def test_without_failover_everything_is_ours() -> None:
    """R-045: standalone service, and marks for a partner to come."""
    subject = book()
    alone = Standalone(subject, grace_period=300)
    pool = subject.pools["scope"]
    key = client_key(None, MAC)
    assert alone.answers(MessageKind.NEW, key).answer
    assert alone.sources(pool, NOW)[0] is pool.free
    assert alone.lease_seconds(None, DAY, NOW) == DAY
    lease = bound(subject, 0)
    alone.granted(lease, HOUR, NOW)
    assert lease.needs_update
    assert subject.due(NOW + HOUR + 299, 10) == []
    (due,) = subject.due(NOW + HOUR + 300, 10)
    alone.due(due, NOW + HOUR + 300)
    assert lease.status is Status.FREE
    assert alone.may_give(lease, key, NOW + DAY)
