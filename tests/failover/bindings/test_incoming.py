"""What the servers tell each other about leases, at a real endpoint: taken in, refused, crossed, retried, asked for."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import FOREVER, Status, client_key
from dhcpserver.wire.failover4 import Reject, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BOOTP_FLAG, RESERVED_FLAG, BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, book, bound, lease_of
from tests.failover.news import OTHER, grant, news, release
from tests.failover.scripted import Bench, brought_to

# Taken in and answered


def test_what_is_accepted_is_stored_with_the_turn_that_acknowledges_it() -> None:
    """R-008: all of it, and the acknowledgement says it again."""
    bench = brought_to(State.NORMAL)
    update = news(Status.ACTIVE, end=NOW + 900)
    update.potential, update.client_id, update.relay_info = NOW + 5000, b"\1abc", b"\1\4port"
    ack = bench.update(update)
    (lease,) = bench.stored
    assert (lease.address, lease.status, lease.state_exp) == (FIRST, Status.ACTIVE, NOW + 900)
    assert (lease.recv_pl, lease.cltt, lease.sos) == (NOW + 5000, NOW, NOW)
    assert (lease.client_id, lease.hardware, lease.relay_info) == (b"\1abc", MAC, b"\1\4port")
    assert not lease.needs_update, "news from the partner is never told back"
    assert ack.reject is None
    assert (ack.address, ack.status, ack.state_exp, ack.potential) == (FIRST, Status.ACTIVE, NOW + 900, NOW + 5000)
    assert bench.take(BindingUpdate) == []


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.RELEASED, Status.RESET])
def test_the_receiver_of_an_ended_lease_frees_it(status: Status) -> None:
    """It is free at the receiver when it accepts, at the sender when it hears that."""
    bench = brought_to(State.NORMAL)
    bench.update(news(Status.ACTIVE, end=NOW + 60))
    bench.wait(100, alive=True)
    assert bench.update(news(status, when=int(bench.now))).reject is None
    lease = lease_of(bench.book)
    assert lease.status is Status.FREE
    assert (lease.sent_pl, lease.acked_pl, lease.recv_pl) == (0, 0, 0)
    assert lease.key == client_key(None, MAC), "its last client gets it again if it comes back"


def test_an_unavailable_address_is_nobodys_and_tried_again() -> None:
    """The partner's word on an address that was declined; if it goes, this server tries the address."""
    bench = brought_to(State.NORMAL)
    update = news(Status.ABANDONED, hardware=b"")
    update.state_exp = NOW + 500
    assert bench.update(update).reject is None
    lease = lease_of(bench.book)
    assert (lease.status, lease.key) == (Status.ABANDONED, None)
    assert bench.book.due(NOW + 559, 10) == []
    assert bench.book.due(NOW + 561, 10) == [lease]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": 0}, Reject.MISSING_BINDING),
        ({"status": 9}, Reject.MISSING_BINDING),
        ({"hardware": b""}, Reject.MISSING_BINDING),
        ({"state_exp": 0}, Reject.MISSING_BINDING),
        ({"cltt": 0, "sos": 0}, Reject.MISSING_BINDING),
        ({"address": 0}, Reject.MISSING_BINDING),
        ({"address": 0x0B000001}, Reject.ILLEGAL_ADDRESS),
        ({"address": 0x0A0000FE}, Reject.ILLEGAL_ADDRESS),
        ({"status": Status.BACKUP, "flags": RESERVED_FLAG}, Reject.NOT_RESERVED),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_its_reason(change: dict[str, object], reason: Reject) -> None:
    """Missing data, not ours, reserved on one side alone; nothing is stored."""
    bench = brought_to(State.NORMAL)
    update = news(Status.ACTIVE)
    for name, value in change.items():
        setattr(update, name, value)
    ack = bench.update(update)
    assert ack.reject == reason
    assert ack.message
    assert bench.stored == []


def test_a_reservation_that_the_partner_does_not_have_is_refused() -> None:
    """The other way round; ISC dhcpd marks only its own kind, so there it says nothing."""
    for foreign, expected in ((False, Reject.NOT_RESERVED), (True, None)):
        subject = book(reserved=frozenset({FIRST}))
        bench = Bench(False, None, subject, foreign=foreign)
        bench.connect(communicated=0)
        bench.report(State.PARTNER_DOWN)
        assert bench.update(news(Status.BACKUP, hardware=b"")).reject == expected


def test_a_reserved_address_is_announced_as_the_partners_too() -> None:
    """Either server may serve the client that it is kept for."""
    for main, announced in ((True, Status.BACKUP), (False, Status.FREE)):
        bench = brought_to(State.NORMAL, main, subject=book(reserved=frozenset({FIRST})))
        lease = lease_of(bench.book)
        bench.update(news(Status.ACTIVE, end=NOW + 60))
        bench.wait(430, alive=True)
        bench.answer_all()
        assert lease.status is Status.FREE
        bench.say(UpdateRequestAll(5))
        (update,) = [update for update in bench.take(BindingUpdate) if update.address == FIRST]
        assert (update.status, update.flags) == (announced, RESERVED_FLAG)
        assert bench.core.may_give(lease, client_key(None, MAC), bench.now)


def test_two_clients_of_one_address_raise_the_alarm() -> None:
    """R-185: the main keeps its client, the backup gives way; both say so."""
    for main, reason in ((True, Reject.FATAL_CONFLICT), (False, None)):
        bench = brought_to(State.NORMAL, main)
        lease = grant(bench)
        ack = bench.update(news(Status.ACTIVE, when=NOW - 60, hardware=OTHER))
        assert ack.reject == reason
        assert lease.hardware == (MAC if main else OTHER)
        (trap,) = [trap for trap in bench.traps if trap.kind == "address-conflict"]
        fields = dict(trap.fields)
        assert (fields["address"], fields["ours"], fields["theirs"]) == (FIRST, MAC.hex(":"), OTHER.hex(":"))
        assert any(line.id == 18109 for line in bench.log)


def test_an_address_that_is_offered_here_is_not_taken_away() -> None:
    """The main takes back what the backup is about to lease; refused as outdated."""
    bench = brought_to(State.NORMAL, False)
    assert bench.update(news(Status.BACKUP, hardware=b"")).reject is None
    bench.book.offer(FIRST, bench.book.pools["scope"], client_key(None, MAC), bench.now + 60)
    assert bench.update(news(Status.FREE, when=NOW + 1, hardware=b"")).reject == Reject.OUTDATED
    assert lease_of(bench.book).status is Status.BACKUP
    grant(bench)
    later = news(Status.FREE, when=NOW + 30, hardware=b"")
    assert bench.update(later).reject == Reject.OUTDATED, "leased now, and the partner is told"
    assert [update.status for update in bench.take(BindingUpdate)] == [Status.ACTIVE]


@pytest.mark.parametrize("bootp", [False, True])
def test_a_client_with_two_addresses_is_reported_and_known_by_the_later_one(bootp: bool) -> None:
    """Each server gave it one; nobody else gets either, and an operator reads of it once."""
    bench = brought_to(State.NORMAL)
    ours = grant(bench, 0)
    ours.bootp = bootp
    bench.answer_all()
    for when in (NOW + 5, NOW + 8):
        assert bench.update(news(Status.ACTIVE, FIRST + 1, when=when)).reject is None
    lines = [line.text for line in bench.log if line.id == 18123]
    assert len(lines) == 1
    assert "10.0.0.1 and 10.0.0.2 of scope scope; it last used 10.0.0.2" in lines[0]
    assert ("BOOTP" in lines[0]) is bootp
    assert ours.status is lease_of(bench.book, FIRST + 1).status is Status.ACTIVE
    key = client_key(None, MAC)
    assert max(bench.book.of_client(key), key=lambda lease: lease.cltt).address == FIRST + 1


# Refused, and crossed


def test_a_refused_update_is_logged_and_sent_again_by_the_scan_alone() -> None:
    """No storm; the mark stays, also over a restart."""
    bench = brought_to(State.NORMAL)
    lease = grant(bench)
    (update,) = bench.take(BindingUpdate)
    bench.answer(update, Reject.OUTDATED)
    assert any(line.id == 18107 and line.level == "Warning" and "rejected 15" in line.text for line in bench.log)
    assert lease.needs_update
    assert bench.core.view(bench.now).updates_resting == 1
    bench.wait(550, alive=True)
    assert bench.take(BindingUpdate) == []
    bench.wait(60, alive=True)
    assert [again.address for again in bench.take(BindingUpdate)] == [lease.address]


def test_an_outdated_refusal_tells_the_partner_what_it_lacks_once() -> None:
    """Sent after the acknowledgement, and not again for every update that is refused meanwhile."""
    bench = brought_to(State.NORMAL)
    grant(bench)
    bench.answer_all()
    old = news(Status.RELEASED, when=NOW - 60)
    assert bench.update(old).reject == Reject.OUTDATED
    (told,) = bench.take(BindingUpdate)
    assert told.status == Status.ACTIVE
    assert bench.update(old).reject == Reject.OUTDATED
    assert bench.take(BindingUpdate) == []
    bench.answer(told)
    assert bench.take(BindingUpdate) == []


@pytest.mark.parametrize("foreign", [False, True])
@pytest.mark.parametrize("main", [True, False])
def test_updates_of_one_lease_that_cross_settle_on_the_later_one(main: bool, foreign: bool) -> None:
    """Dueling: the client released here and had renewed at the partner a minute before, or after.

    ISC dhcpd refuses what crosses a better one of its own with 16; nothing is sent again because of that.
    """
    seconds = 60 if not foreign else 120
    for ours_later in (True, False):
        bench = brought_to(State.NORMAL, main, foreign=foreign)
        bench.update(news(Status.ACTIVE, end=NOW + DAY))
        lease = lease_of(bench.book)
        bench.wait(300, alive=True)
        bench.sent.clear()
        release(bench, lease)
        (ours,) = bench.take(BindingUpdate)
        when = int(bench.now) + (-seconds if ours_later else seconds)
        ack = bench.update(news(Status.ACTIVE, when=when, end=NOW + DAY))
        if ours_later:
            assert ack.reject == Reject.OUTDATED
            bench.answer(ours)
            assert (lease.status, lease.needs_update) == (Status.FREE, False)
        else:
            assert ack.reject is None
            bench.answer(ours, Reject.LESS_CRITICAL if foreign else Reject.OUTDATED)
            assert (lease.status, lease.needs_update) == (Status.ACTIVE, False)
        assert bench.take(BindingUpdate) == []
        assert bench.core.view(bench.now).updates_resting == 0


def test_both_renewed_the_same_lease_and_keep_the_later_end() -> None:
    """The client renewed here and rebound there: whichever told it more counts (I2)."""
    for end in (NOW + HOUR // 2, NOW + 2 * HOUR):
        bench = brought_to(State.NORMAL)
        lease = grant(bench)
        assert bench.update(news(Status.ACTIVE, when=NOW + 1, end=end)).reject is None
        assert lease.state_exp == max(NOW + HOUR, end)
        assert lease.cltt == NOW + 1


# How many, and what first


def test_no_more_are_in_flight_than_the_partner_accepts() -> None:
    """R-155: counted on the wire, through acknowledgements in any order; 10 is what this partner said."""
    bench = brought_to(State.NORMAL, subject=book(100))
    for number in range(60):
        grant(bench, number, hardware=MAC[:-1] + bytes([number]))
    flying = bench.take(BindingUpdate)
    answered = 0
    while flying:
        assert len(flying) <= 10
        bench.answer(flying.pop(answered % len(flying)))
        answered += 1
        flying += bench.take(BindingUpdate)
    assert answered == 60
    assert not any(lease.needs_update for lease in bench.book.leases.values())


def test_a_mark_and_what_was_announced_are_stored_before_the_update_leaves() -> None:
    """PARTNER-DOWN must know of it even if it is never acknowledged."""
    bench = brought_to(State.NORMAL)
    lease = grant(bench, desired=3 * DAY)
    (update,) = bench.take(BindingUpdate)
    assert bench.stored == [lease]
    assert lease.needs_update
    assert update.potential == lease.sent_pl == NOW + 3 * DAY + 3 * DAY // 2
    assert lease.acked_pl == 0
    bench.answer(update)
    assert bench.stored == [lease]
    assert lease.acked_pl == lease.sent_pl


def test_nothing_of_a_bindings_promises_ever_goes_back() -> None:
    """I7: shorter leases and older updates do not take back what was said."""
    bench = brought_to(State.NORMAL)
    lease = grant(bench, desired=3 * DAY)
    bench.answer_all()
    before = (lease.sent_pl, lease.acked_pl)
    bench.wait(10)
    grant(bench, desired=HOUR)
    bench.answer_all()
    assert (lease.sent_pl, lease.acked_pl) == before
    bench.update(news(Status.ACTIVE, when=NOW + 11, end=NOW + 5 * HOUR))
    received = lease.recv_pl
    bench.update(news(Status.ACTIVE, when=NOW + 12, end=NOW + 3 * HOUR))
    assert lease.recv_pl == received


def test_the_flag_of_a_bootp_lease_travels() -> None:
    bench = brought_to(State.NORMAL)
    update = news(Status.ACTIVE, end=FOREVER)
    update.flags = BOOTP_FLAG
    assert bench.update(update).reject is None
    lease = lease_of(bench.book)
    assert lease.bootp
    assert bench.book.next_due() is None, "it does not end"
    grant(bench, desired=FOREVER)
    (told,) = bench.take(BindingUpdate)
    assert told.flags == BOOTP_FLAG


def test_a_lease_of_another_server_is_kept_over_a_shorter_update() -> None:
    """An older update of the same client shortens nothing that was given since."""
    subject = book()
    lease = bound(subject, 0)
    lease.needs_update = True
    bench = brought_to(State.NORMAL, subject=subject)
    bench.update(news(Status.ACTIVE, when=NOW - 100, hardware=MAC[:-1] + b"\0", end=NOW + 10))
    assert lease.state_exp == NOW + HOUR
