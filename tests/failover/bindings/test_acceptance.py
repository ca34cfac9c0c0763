"""Which updates of the partner are taken, and which are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.failover.bindings.acceptance import check_content, check_update
from dhcpserver.leases.lease import PENDING, Lease, Status
from dhcpserver.wire.failover4 import Reject
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, book, lease_of

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
    refusal = check_update(lease, update, now, main=main, foreign=foreign, skew=5)
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
    refusal = check_content(update)
    assert refusal is not None
    assert refusal.reason is Reject.MISSING_BINDING


# The table itself: ours down the side; "3": the same client, else CONTACT or we are the backup; "1": our lease is over;
# "2": the client was heard after our state began; "L": later.
#                        act exp rel free back reset aband
CELLS = {
    Status.ACTIVE: "     3   1   L   1    1    L     L",
    Status.EXPIRED: "    L   L   L   L    L    L     L",
    Status.RELEASED: "   L   L   L   L    L    L     L",
    Status.FREE: "       L   L   L   L    L    L     L",
    Status.BACKUP: "     L   L   L   L    L    L     L",
    Status.RESET: "      2   L   L   L    L    L     L",
    Status.ABANDONED: "  L   L   L   L    L    L     L",
}
EVERY = [
    (ours, theirs, rule) for ours, row in CELLS.items() for theirs, rule in zip(STATUSES, row.split(), strict=True)
]


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize(("ours", "theirs", "rule"), EVERY)
def test_every_cell_holds_at_its_bounds(ours: Status, theirs: Status, rule: str, main: bool) -> None:
    """Both roles: the last moment at which each rule refuses, and the first at which it accepts."""
    end = NOW + HOUR
    lease = known(ours, end=end)

    def verdict(when: int, now: float = NOW + 60, mac: bytes = MAC) -> int | None:
        return refused(lease, told(theirs, when, mac), now=now, main=main)

    if rule == "L":
        assert verdict(NOW + 6) is None
        assert verdict(NOW - 6) == Reject.OUTDATED
    elif rule == "1":
        early = 6 if theirs is Status.EXPIRED else 0
        assert verdict(NOW + 60, now=end - early) == Reject.OUTDATED
        assert verdict(NOW + 60, now=end + 1) is None
        assert verdict(NOW - 60, now=end + 1) is None, "a lease that is over here too ends, whenever it was heard of"
    elif rule == "2":
        assert verdict(NOW) == Reject.OUTDATED
        assert verdict(NOW + 1) is None
    else:
        assert verdict(NOW - DAY) is None, "the same client"
        other = b"\1xxxxxx"
        assert verdict(NOW + 1, mac=other) is None
        assert verdict(NOW, mac=other) == (Reject.FATAL_CONFLICT if main else None)


@pytest.mark.parametrize("theirs", STATUSES)
def test_the_same_news_again_is_accepted(theirs: Status) -> None:
    """An update is sent again after a cut, and may have arrived the first time."""
    lease = known(theirs, news=True)
    assert refused(lease, told(theirs, NOW)) is None


@pytest.mark.parametrize("field", ["cltt", "sos"])
def test_which_time_counts(field: str) -> None:
    """A client's last word decides about its lease, the start of the state about all others."""
    lease = known(Status.FREE)
    for status, counts in ((Status.RELEASED, "cltt"), (Status.ACTIVE, "cltt"), (Status.RESET, "both")):
        update = told(status, NOW - 60)
        setattr(update, field, NOW + 60)
        accepted = refused(lease, update) is None
        assert accepted is (counts in (field, "both"))
    without_contact = told(Status.RELEASED, NOW - 60)
    without_contact.cltt, without_contact.sos = 0, NOW + 60
    assert refused(lease, without_contact) is None
