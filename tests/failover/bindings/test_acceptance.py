"""Which updates of the partner are accepted, and which are refused."""

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


def lease_with(status: Status, cltt: int = NOW, end: int = NOW + HOUR, unsent: bool = False) -> Lease:
    subject = book()
    lease = lease_of(subject)
    subject.set_client(lease, None, MAC)
    subject.set_status(lease, status, NOW)
    lease.cltt, lease.state_exp, lease.needs_update = cltt, end, unsent
    return lease


def update_with(status: Status, when: int, mac: bytes = MAC) -> BindingUpdate:
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
def test_refuses_an_update_older_than_the_lease(ours: Status, theirs: Status) -> None:
    lease = lease_with(ours)
    if ours is theirs is Status.ACTIVE:
        assert refused(lease, update_with(theirs, NOW - 60)) is None, "the same client"
    else:
        assert refused(lease, update_with(theirs, NOW - 60)) == Reject.OUTDATED


@pytest.mark.parametrize("ours", STATUSES)
def test_a_server_that_requests_all_leases_has_the_older_store(ours: Status) -> None:
    """R-196: times do not decide, unless the address is leased or was changed here since."""
    update = update_with(Status.BACKUP if ours is Status.FREE else Status.FREE, NOW - HOUR)
    options = {"main": True, "foreign": False, "skew": 5.0}
    unchanged = check_update(lease_with(ours), update, NOW, recovering=True, **options)  # type: ignore[arg-type]
    assert (unchanged is None) is (ours is not Status.ACTIVE)
    changed = check_update(lease_with(ours, unsent=True), update, NOW, recovering=True, **options)  # type: ignore[arg-type]
    assert changed is not None


@pytest.mark.parametrize("ours", STATUSES)
@pytest.mark.parametrize("theirs", STATUSES)
def test_accepts_a_later_update_except_the_end_of_an_active_lease(ours: Status, theirs: Status) -> None:
    lease = lease_with(ours)
    running = ours is Status.ACTIVE and theirs in (Status.EXPIRED, Status.FREE, Status.BACKUP)
    assert refused(lease, update_with(theirs, NOW + 60)) == (Reject.OUTDATED if running else None)
    assert refused(lease, update_with(theirs, NOW + 60), now=NOW + HOUR + 1) is None


@pytest.mark.parametrize("theirs", STATUSES)
def test_a_foreign_partner_does_not_replace_abandoned(theirs: Status) -> None:
    fits = theirs in (Status.RESET, Status.ABANDONED)
    assert refused(lease_with(Status.ABANDONED), update_with(theirs, NOW + 60), foreign=True) == (
        None if fits else Reject.LESS_CRITICAL
    )


def test_decides_between_two_clients_of_one_address() -> None:
    """The backup accepts; the main only if the client's last transaction is after the start of its lease."""
    other = update_with(Status.ACTIVE, NOW - 60, b"\1xxxxxx")
    assert refused(lease_with(Status.ACTIVE), other, main=True) == Reject.FATAL_CONFLICT
    assert refused(lease_with(Status.ACTIVE), other, main=False) is None
    later = update_with(Status.ACTIVE, NOW + 60, b"\1xxxxxx")
    assert refused(lease_with(Status.ACTIVE), later, main=True) is None


def test_a_client_may_release_and_return_within_seconds() -> None:
    """Times within the tolerance are equal, and the partner sent its update after it received this server's."""
    lease = lease_with(Status.FREE)
    assert refused(lease, update_with(Status.ACTIVE, NOW + 1)) is None
    assert refused(lease, update_with(Status.ACTIVE, NOW - 3)) is None


@given(st.integers(-5, 5), st.sampled_from(STATUSES[1:]), st.sampled_from(STATUSES[1:]))
def test_of_two_crossing_updates_one_wins_on_both_servers(
    difference: int, main_status: Status, backup_status: Status
) -> None:
    """Whichever message arrives first, both servers end with the same binding."""
    main = lease_with(main_status, cltt=NOW, unsent=True)
    backup = lease_with(backup_status, cltt=NOW + difference, unsent=True)
    backup.sos = NOW + difference
    main_accepts = refused(main, update_with(backup_status, NOW + difference), main=True) is None
    backup_accepts = refused(backup, update_with(main_status, NOW), main=False) is None
    ends = [Status.FREE if status in PENDING else status for status in (main_status, backup_status)]
    assert main_accepts is not backup_accepts or ends[0] is ends[1]


def test_accepts_an_early_expiry_only_if_that_end_was_sent() -> None:
    soon = NOW + HOUR - 3
    assert refused(lease_with(Status.ACTIVE), update_with(Status.EXPIRED, NOW), now=soon) is None
    assert (
        refused(lease_with(Status.ACTIVE, unsent=True), update_with(Status.EXPIRED, NOW), now=soon) == Reject.OUTDATED
    )
    assert refused(lease_with(Status.ACTIVE), update_with(Status.FREE, NOW), now=soon) == Reject.OUTDATED


def test_refuses_a_reservation_that_this_server_does_not_have() -> None:
    update = update_with(Status.BACKUP, NOW + 60)
    update.flags = 1
    assert refused(lease_with(Status.FREE), update) == Reject.NOT_RESERVED


@pytest.mark.parametrize(
    ("address", "status", "hardware"), [(0, Status.ACTIVE, MAC), (FIRST, 0, MAC), (FIRST, 8, MAC), (FIRST, 2, b"")]
)
def test_refuses_an_update_without_a_required_option(address: int, status: int, hardware: bytes) -> None:
    update = BindingUpdate(1)
    update.address, update.status, update.hardware = address, status, hardware
    refusal = check_content(update)
    assert refusal is not None
    assert refusal.reason is Reject.MISSING_BINDING


# The table itself. Row: this server's status. "3": the same client, else CONTACT or this is the backup; "1": the lease
# has ended; "2": the client's last transaction is after the start of the state; "L": later.
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
def test_each_condition_accepts_from_its_limit_on(ours: Status, theirs: Status, rule: str, main: bool) -> None:
    """Both roles: the last time at which each condition refuses, and the first at which it accepts."""
    end = NOW + HOUR
    lease = lease_with(ours, end=end)

    def reason(when: int, now: float = NOW + 60, mac: bytes = MAC) -> int | None:
        return refused(lease, update_with(theirs, when, mac), now=now, main=main)

    if rule == "L":
        assert reason(NOW + 6) is None
        assert reason(NOW - 6) == Reject.OUTDATED
    elif rule == "1":
        early = 6 if theirs is Status.EXPIRED else 0
        assert reason(NOW + 60, now=end - early) == Reject.OUTDATED
        assert reason(NOW + 60, now=end + 1) is None
        assert reason(NOW - 60, now=end + 1) is None, (
            "the lease has ended here too, so the time of the update does not matter"
        )
    elif rule == "2":
        assert reason(NOW) == Reject.OUTDATED
        assert reason(NOW + 1) is None
    else:
        assert reason(NOW - DAY) is None, "the same client"
        other = b"\1xxxxxx"
        assert reason(NOW + 1, mac=other) is None
        assert reason(NOW, mac=other) == (Reject.FATAL_CONFLICT if main else None)


@pytest.mark.parametrize("theirs", STATUSES)
def test_accepts_the_same_update_again(theirs: Status) -> None:
    """An update is sent again after a lost connection, and may have arrived the first time."""
    lease = lease_with(theirs, unsent=True)
    assert refused(lease, update_with(theirs, NOW)) is None


@pytest.mark.parametrize("field", ["cltt", "sos"])
def test_compares_the_time_that_belongs_to_the_status(field: str) -> None:
    """For a lease it is the client's last transaction, for all others the start of the state."""
    lease = lease_with(Status.FREE)
    for status, counts in ((Status.RELEASED, "cltt"), (Status.ACTIVE, "cltt"), (Status.RESET, "both")):
        update = update_with(status, NOW - 60)
        setattr(update, field, NOW + 60)
        accepted = refused(lease, update) is None
        assert accepted is (counts in (field, "both"))
    without_contact = update_with(Status.RELEASED, NOW - 60)
    without_contact.cltt, without_contact.sos = 0, NOW + 60
    assert refused(lease, without_contact) is None
