"""Errors that random runs have found, where one rule shows them better than a run."""

import random
from dataclasses import replace

from dhcpserver.failover.bindings.acceptance import check_update
from dhcpserver.failover.bindings.leadtime import granted_seconds
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.leases.pool import Pool4
from dhcpserver.wire.failover4 import Reject
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate
from tests.failover.books import outgoing
from tests.settings import pair_settings

NOW = 1_700_000_000
ADDRESS = 0x0A00000A
SETTINGS = pair_settings(name="pair", main=True, mclt=60, grace_period=5)
FIRST_CLIENT, SECOND_CLIENT = b"\1\2\0\0\0\0\1", b"\1\2\0\0\0\0\2"


def book() -> Book:
    return Book([Pool4("scope", 0x0A000000, 0xFFFFFF00, [(ADDRESS, ADDRESS + 9)])])


def ended(book: Book) -> Lease:
    """Return a lease that ended long ago and was sent to the partner."""
    lease = book.record(ADDRESS)
    assert lease is not None
    book.set_client(lease, None, FIRST_CLIENT)
    lease.state_exp, lease.sent_pl = NOW - 1000, NOW - 900
    book.set_status(lease, Status.EXPIRED, NOW - 1000)
    return lease


def test_a_lease_time_is_never_a_second_short() -> None:
    """R-121: (now + 40) - now may be a little less than 40."""
    dice = random.Random(1)
    clocks = [NOW + dice.random() * 1000 for _ in range(1000)]
    assert {granted_seconds(40, 0, 0, now, 40) for now in clocks} == {40}
    assert {granted_seconds(300, int(now) + 100, 0, now, 60) for now in clocks} <= {159, 160}


def test_an_ended_lease_of_the_main_does_not_replace_a_lease_of_the_backup() -> None:
    """RFC 8156 section 8.5.5: a backup accepts the main's client, but not if its lease has ended before."""
    lease = Lease(ADDRESS, book().pools["scope"])
    lease.status, lease.key, lease.hardware = Status.ACTIVE, b"\0" + SECOND_CLIENT, SECOND_CLIENT
    lease.state_exp, lease.sos, lease.cltt = NOW + 300, NOW - 10, NOW - 10
    update = BindingUpdate()
    update.address, update.status, update.hardware = ADDRESS, Status.ACTIVE, FIRST_CLIENT
    update.state_exp, update.cltt = NOW - 100, NOW - 400
    refusal = check_update(lease, update, NOW, main=False, foreign=False, skew=5)
    assert refusal is not None
    assert refusal.reason is Reject.OUTDATED
    update.state_exp = NOW + 100
    assert check_update(lease, update, NOW, main=False, foreign=False, skew=5) is None


def test_a_reset_does_not_end_a_lease_that_the_partner_has_no_record_of() -> None:
    """I1: declined at the main, leased by the backup, and reset by the main after a timeout, without contact."""
    lease = Lease(ADDRESS, book().pools["scope"])
    lease.status, lease.key, lease.hardware = Status.ACTIVE, b"\0" + FIRST_CLIENT, FIRST_CLIENT
    lease.state_exp, lease.sos, lease.cltt, lease.needs_update = NOW + 300, NOW - 200, NOW - 200, True
    update = BindingUpdate()
    update.address, update.status, update.sos = ADDRESS, Status.RESET, NOW - 60
    for main in (True, False):
        refusal = check_update(lease, update, NOW, main=main, foreign=False, skew=5)
        assert refusal is not None
        assert refusal.reason is Reject.OUTDATED
        assert check_update(lease, update, NOW + 301, main=main, foreign=False, skew=5) is None
    lease.needs_update = False
    assert check_update(lease, update, NOW, main=True, foreign=False, skew=5) is None, "the partner had the lease"


def test_frees_no_lease_in_a_state_that_gives_no_addresses() -> None:
    """A store may be older than the partner's records, so its ended leases must not be sent as changes."""
    leases = book()
    leasing = LeaseRules(SETTINGS, leases, outgoing(leases, True, 60))
    lease = ended(leases)
    for state in (State.STARTUP, State.RECOVER, State.RECOVER_WAIT, State.POTENTIAL_CONFLICT):
        leasing.enter(state, 0, 0, 60)
        leasing.due(lease, NOW)
        assert lease.status is Status.EXPIRED
        assert lease.due > NOW, "it is checked again"
        lease.due = 0
    leasing.enter(State.NORMAL, 0, 0, 60)
    leasing.due(lease, NOW)
    assert lease.status is Status.FREE


def test_checks_an_ended_lease_again_while_the_partner_rejoins() -> None:
    """R-178: the time from which it could be freed is not known then."""
    leases = book()
    leasing = LeaseRules(SETTINGS, leases, outgoing(leases, True, 60))
    lease = ended(leases)
    leasing.enter(State.PARTNER_DOWN, float("inf"), NOW, 60)
    lease.due = 0
    leasing.due(lease, NOW)
    assert lease.status is Status.EXPIRED
    assert lease.due > NOW


def test_takes_an_address_that_the_backup_gives_up_after_it_sent_another_update() -> None:
    """The backup's update crossed the request."""
    leases = book()
    updates = outgoing(leases, True, 60, window=10)
    lease = leases.record(ADDRESS)
    assert lease is not None
    leases.set_status(lease, Status.BACKUP, NOW - 1000)
    updates.take_back(lease)
    sent = updates.emit([], NOW)
    assert [sent_update.status for sent_update in sent] == [Status.FREE]
    updates.settle(lease)
    ack = BindingAck(sent[0].xid)
    ack.address, ack.status = ADDRESS, Status.FREE
    updates.acknowledge(ack, NOW)
    assert lease.status is Status.FREE
    assert not lease.needs_update


def test_a_restarted_backup_does_not_give_an_address_that_the_main_may_have_freed() -> None:
    """The lease is held for a promise of which the main has no record; the address is in the main's share."""
    leases = book()
    lease = ended(leases)
    assert not lease.needs_update
    restarted = LeaseRules(replace(SETTINGS, main=False), leases, outgoing(leases, False, 60))
    restarted.enter(State.COMMUNICATIONS_INTERRUPTED, 0, 0, 60)
    assert lease.key is not None
    assert not restarted.may_give(lease, lease.key, NOW)


def test_a_lease_has_not_ended_before_the_end_of_its_last_second() -> None:
    """I1: a client that got 40 s at 0.9 s has them until 40.9 s, and the stored end is 40 s."""
    lease = Lease(ADDRESS, book().pools["scope"])
    lease.status, lease.key, lease.hardware = Status.ACTIVE, b"\0" + FIRST_CLIENT, FIRST_CLIENT
    lease.state_exp, lease.sos, lease.cltt, lease.needs_update = NOW + 40, NOW, NOW, True
    update = BindingUpdate()
    update.address, update.status, update.sos = ADDRESS, Status.FREE, NOW - 400
    assert check_update(lease, update, NOW + 40.9, main=True, foreign=False, skew=5) is not None
    assert check_update(lease, update, NOW + 41, main=True, foreign=False, skew=5) is None
