"""A store that was put back to an older copy is recognised by the numbers that the partner remembers."""

from dataclasses import replace

import pytest

from dhcpserver.failover.link.startnumber import LAST, LAST_START, StartNumbers, first_number, next_start
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.wire.failover4 import Connect, ConnectAck, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import FIRST, HOUR, NOW, book, bound, lease_of
from tests.failover.inputs import grant, partner_update
from tests.failover.scripted import Bench, stored_record
from tests.simulation.host import Host
from tests.simulation.site import Site
from tests.simulation.world import World

NORMAL, INTERRUPTED, DOWN, RECOVER = (
    State.NORMAL,
    State.COMMUNICATIONS_INTERRUPTED,
    State.PARTNER_DOWN,
    State.RECOVER,
)


def bench_of(record: FailoverRecord, number: int = 0, main: bool = True) -> Bench:
    """Return a bench whose store has a record, and one lease with a change of this number in start 7."""
    subject = book()
    bound(subject, 0).number = first_number(7) + number
    subject.last_number = first_number(7) + number
    subject.take_changes()
    return Bench(main, replace(record, main=main), subject)


# The numbers


def test_every_start_has_a_greater_number() -> None:
    assert next_start(0, 0, 0) == 1
    assert next_start(7, 0, 3) == 11
    assert next_start(7, first_number(9) + 4, 0) == 10
    assert next_start(LAST_START, 0, 5) == LAST_START
    assert first_number(LAST_START) + LAST < 1 << 63


@pytest.mark.parametrize(
    ("start", "number", "put_back"),
    [
        (7, 100, False),
        (7, 101, True),
        (7, 0, False),
        (6, 5000, False),
        (8, 0, True),
        (8, 1, True),
        (9, 3, False),  # the present start: an earlier connection of it
        (10, 3, True),
        (0, 0, False),
        (None, None, False),
    ],
)
def test_what_the_partner_remembers_beyond_the_store_shows_an_older_copy(
    start: int | None, number: int | None, put_back: bool
) -> None:
    """The store has start 7 and its change 100; the present start is 9."""
    assert StartNumbers(9, 7, first_number(7) + 100).put_back(start, number) is put_back


def test_a_store_without_a_start_number_is_not_judged() -> None:
    """The store of an earlier version, or a new one."""
    assert not StartNumbers(9, 0, 0).put_back(8, 3)


def test_the_partner_is_remembered_by_its_present_start() -> None:
    numbers = StartNumbers(1, 0, 0, partner=5, received=40, complete=30)
    numbers.receive(35)
    assert (numbers.partner, numbers.received, numbers.complete) == (5, 40, 35)
    numbers.receive(50)
    numbers.receive(45)
    assert (numbers.partner, numbers.received, numbers.complete) == (5, 50, 50)
    numbers.report(5)
    assert (numbers.partner, numbers.received, numbers.complete) == (5, 50, 50)
    numbers.report(6)
    assert (numbers.partner, numbers.received, numbers.complete) == (6, 0, 0)
    numbers.report(None)
    assert (numbers.partner, numbers.received, numbers.complete) == (6, 0, 0)


@pytest.mark.parametrize(
    ("record", "last", "remembered"),
    [
        ((5, 40), first_number(5) + 70, (5, 70, 40)),  # a crash before the state was stored again
        ((5, 40), first_number(5) + 30, (5, 40, 30)),  # a crash between the state and the leases
        ((5, 40), first_number(4) + 90, (5, 40, 40)),
        ((5, 40), 0, (5, 40, 40)),  # a store of an earlier version
        ((5, 40), first_number(6) + 2, (6, 2, 0)),  # the state is of an older copy than the leases
        ((0, 0), first_number(6) + 2, (6, 2, 0)),
        ((0, 0), 0, (0, 0, 0)),
    ],
)
def test_two_numbers_of_the_partner_are_known_after_a_start(
    record: tuple[int, int], last: int, remembered: tuple[int, int, int]
) -> None:
    numbers = StartNumbers(1, 0, 0)
    numbers.remember(*record, last)
    assert (numbers.partner, numbers.received, numbers.complete) == remembered


# The endpoint


def test_a_start_stores_its_number_before_it_connects() -> None:
    bench = bench_of(stored_record(NORMAL, start=7))
    (record,) = bench.records
    assert record.start > 7
    assert replace(record, start=7, contact_start=0) == stored_record(NORMAL, start=7)
    bench.connect()
    (connect,) = bench.take(Connect)
    assert connect.vendor is not None
    assert connect.vendor.start == record.start


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("state", [NORMAL, INTERRUPTED, DOWN, State.RECOVER_DONE, RECOVER])
def test_a_server_with_an_older_copy_recovers_whatever_it_stored(state: State, main: bool) -> None:
    """All leases are requested, and MCLT counts from now: it may have given any address since the copy."""
    bench = bench_of(stored_record(state, start=7, time_of_failure=NOW - 9000), 100, main)
    bench.connect(seen_start=7, seen_number=101)
    assert bench.records[-1].state is RECOVER, "it is stored before anything is sent"
    assert [line.id for line in bench.log if line.id == 18128] == [18128]
    assert "failover-config-mismatch" in bench.trap_kinds()
    bench.report(INTERRUPTED)
    assert bench.state is RECOVER
    assert len(bench.take(UpdateRequestAll)) == 1
    assert bench.records[-1].time_of_failure == NOW
    assert bench.records[-1].recover_all


@pytest.mark.parametrize("main", [True, False])
def test_the_last_update_that_arrived_shows_an_older_copy(main: bool) -> None:
    """The partner crashed after it, so that its state has a smaller number and only a lease has this one."""
    bench = bench_of(stored_record(NORMAL, start=7), 100, main)
    bench.connect(seen_start=7, seen_number=60, seen_last=101)
    assert bench.records[-1].state is RECOVER
    assert [line.id for line in bench.log if line.id == 18128] == [18128]


def test_what_a_partner_may_lack_is_sent_again() -> None:
    """The number below which nothing is missing decides, and not the last that arrived."""
    subject = book()
    for number in range(4):
        bound(subject, number).number = first_number(7) + 10 * number
    subject.last_number = first_number(7) + 30
    subject.take_changes()
    bench = Bench(True, stored_record(NORMAL, start=7), subject)
    bench.connect(seen_start=7, seen_number=10, seen_last=30)
    bench.report(INTERRUPTED)
    assert [update.address for update in bench.take(BindingUpdate)] == [FIRST + 2, FIRST + 3]


def test_leases_that_are_to_be_sent_again_are_not_forgotten_by_a_crash() -> None:
    """The marks of a large book take many turns. A server that ends before the last one marks all leases."""
    subject = book(1200)
    for number in range(1200):
        lease = lease_of(subject, FIRST + number)
        subject.set_status(lease, Status.BACKUP, NOW)
        lease.number = first_number(7) + 10 + number
    subject.last_number = first_number(7) + 1209
    subject.take_changes()
    bench = Bench(True, stored_record(INTERRUPTED, start=7), subject)
    bench.wait(20)
    bench.connect(seen_start=7, seen_number=5)
    assert bench.records[-1].remark
    bench.wait(1)
    assert all(lease.needs_update for lease in subject.leases.values())
    assert not bench.records[-1].remark


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("refused", [False, True])
def test_the_number_of_an_update_is_stored_with_its_lease_in_the_same_turn(main: bool, refused: bool) -> None:
    """Accepted or refused: a store that has what an update led to has its number, whatever the state file has."""
    bench = Bench(main, replace(stored_record(NORMAL, start=7), main=main))
    bench.connect(start=5)
    bench.report(INTERRUPTED)
    records = len(bench.records)
    status = Status.EXPIRED if refused else Status.ACTIVE
    update = partner_update(status, when=NOW + 5000 if refused else NOW)  # A time in the future is refused.
    ack = bench.update(update)
    assert (ack.reject is not None) is refused
    (stored,) = [lease for lease in bench.stored if lease.address == FIRST]
    assert stored.received == first_number(5) + update.xid
    assert len(bench.records) == records, "the state is not stored for it"
    again = book()
    again.leases[FIRST] = stored
    again.last_received = stored.received
    returned = Bench(main, bench.records[-1], again)
    returned.connect()
    sent = [message.vendor for message in returned.take(Connect)]
    sent += [message.vendor for message in returned.take(ConnectAck)]
    assert [(each.seen_start, each.seen_number, each.seen_last) for each in sent if each is not None] == [
        (5, 0, update.xid)
    ]


def test_the_numbers_of_a_foreign_partner_are_not_recorded() -> None:
    """Its transaction ids are in no order."""
    bench = Bench(True, replace(stored_record(NORMAL, start=7), partner_start=5, partner_number=3), foreign=True)
    bench.connect()
    bench.report(INTERRUPTED)
    bench.update(partner_update(Status.ACTIVE))
    (stored,) = [lease for lease in bench.stored if lease.address == FIRST]
    assert stored.received == 0
    bench.wait(30, alive=True)
    assert bench.records[-1].partner_number == 3


@pytest.mark.parametrize("main", [True, False])
def test_the_same_numbers_as_in_the_store_change_nothing(main: bool) -> None:
    bench = bench_of(stored_record(NORMAL, start=7), 100, main)
    bench.connect(seen_start=7, seen_number=100, seen_last=100)
    bench.report(INTERRUPTED)
    assert bench.state is NORMAL
    assert not [line for line in bench.log if line.id == 18128]


def test_a_server_that_served_already_recovers_at_the_first_contact() -> None:
    """STARTUP ended without contact, so it resumed its stored state."""
    bench = bench_of(stored_record(NORMAL, start=7), 100)
    bench.wait(20)
    assert bench.state is INTERRUPTED
    bench.connect(seen_start=7, seen_number=101)
    assert bench.state is RECOVER
    bench.report(INTERRUPTED)
    assert bench.state is RECOVER
    assert len(bench.take(UpdateRequestAll)) == 1


def test_an_older_copy_is_not_forgotten_when_the_contact_ends_in_startup() -> None:
    bench = bench_of(stored_record(NORMAL, start=7), 100)
    bench.connect(seen_start=7, seen_number=101)
    bench.lose_connection()
    bench.wait(20)
    assert bench.state is RECOVER
    again = Bench(True, bench.records[-1])
    again.wait(20)
    assert again.state is RECOVER


def test_with_failover_recover_the_date_of_the_copy_counts() -> None:
    """R-196: the operator restored it."""
    subject = book()
    bench = Bench(True, stored_record(NORMAL, start=7), subject, failover_recover=NOW - 600)
    bench.connect(seen_start=7, seen_number=101)
    bench.report(INTERRUPTED)
    assert bench.state is RECOVER
    assert bench.records[-1].time_of_failure == NOW - 600
    assert not [line for line in bench.log if line.id == 18128]


def test_a_reconnection_of_the_same_life_is_not_judged() -> None:
    """The partner's last contact and numbers are then those of this life."""
    bench = bench_of(stored_record(NORMAL, start=7), 100)
    bench.connect(seen_start=7, seen_number=100)
    bench.report(INTERRUPTED)
    bench.lose_connection()
    bench.connect(seen_start=8, seen_number=9000)
    bench.report(INTERRUPTED)
    assert bench.state is NORMAL


def test_a_later_contact_of_the_partner_shows_an_older_copy_too() -> None:
    """Nothing was sent since the copy, or the partner sends no numbers."""
    for contact, expected in ((NOW - 10 + 119, NORMAL), (NOW - 10 + 121, RECOVER)):
        bench = Bench(True, stored_record(NORMAL, last_contact=NOW - 10))
        bench.now += 500
        bench.connect(seen_start=None, last_contact=contact)
        bench.report(INTERRUPTED, since=bench.now)
        assert bench.state is expected


def test_each_change_is_sent_with_a_number_that_is_stored_before() -> None:
    bench = bench_of(stored_record(NORMAL, start=7), 100)
    bench.connect()
    bench.report(INTERRUPTED)
    bench.take(BindingUpdate)
    lease = grant(bench, 1)
    (update,) = bench.take(BindingUpdate)
    (stored,) = [each for each in bench.stored if each is lease]
    assert stored.number == first_number(bench.records[-1].start) + update.xid
    assert update.xid > 0


def test_a_change_of_an_earlier_start_gets_a_number_of_this_one() -> None:
    """The partner would otherwise remember a number that this start never reaches."""
    subject = book()
    lease = bound(subject, 0)
    lease.number, lease.needs_update = first_number(7) + 900, True
    subject.last_number = lease.number
    bench = Bench(True, stored_record(NORMAL, start=7), subject)
    bench.connect()
    bench.report(INTERRUPTED)
    (update,) = [each for each in bench.take(BindingUpdate) if each.address == lease.address]
    assert update.xid == 1
    assert lease.number == first_number(bench.records[-1].start) + 1


@pytest.mark.parametrize(("name", "age"), [("main", 200), ("main", 15), ("backup", 200)])
def test_no_address_is_given_twice_after_a_store_was_put_back(name: str, age: int) -> None:
    """Case F4: both were in COMMUNICATIONS-INTERRUPTED, and went to NORMAL without a word."""
    world, _ = put_back(name, age)
    began = world.timeline.now
    assert world.run(300, lambda: RECOVER.value in world.traced(name, since=began)), world.traced(name, since=began)
    assert world.until_normal()
    for number in range(4, 6):
        assert world.lease(number) is not None
    world.converge()


def test_a_server_that_sent_nothing_since_the_copy_receives_what_it_lost() -> None:
    """The backup only received updates. The main sends again what the backup's store does not have."""
    world, host = put_back("backup", 15)
    assert world.until_normal()
    world.run(20)
    for number in range(4):
        lease = world.clients.all[number].lease
        assert lease is not None
        record = host.book.get(lease.address)
        assert record is not None
        assert record.status is Status.ACTIVE
    world.converge()


def put_back(name: str, age: int) -> tuple[World, Host]:
    """Return a pair in which the store of a server was put back to a copy of that age, and both servers run again."""
    world = World(site=Site(near=12, far=8, lease_time=3000, mclt=60), clients=6)
    world.start()
    assert world.until_normal()
    world.run(60)
    host = world.main if name == "main" else world.backup
    image = host.disk.image(int(host.now))
    world.run(5)
    for number in range(4):
        assert world.lease(number) is not None
    world.run(age - 10)
    world.link.cut()
    world.run(70)
    host.crash()
    host.disk.restore(image)
    world.checker.data_replaced(host)
    host.start()
    world.link.mend()
    return world, host


@pytest.mark.parametrize("name", ["main", "backup"])
def test_a_restart_with_the_present_store_never_recovers(name: str) -> None:
    """Crashes at any moment of a busy pair."""
    world = World(site=Site(near=12, far=8, lease_time=HOUR, mclt=60), clients=8)
    world.start()
    assert world.until_normal()
    host = world.main if name == "main" else world.backup
    for number in range(8):
        world.lease(number, 3)
        world.run(number * 3.7)
        host.crash()
        world.run(5)
        host.start()
        began = world.timeline.now
        assert world.until_normal()
        assert RECOVER.value not in world.traced(name, since=began)
