"""Binding updates at a real endpoint: accepted, refused, crossing each other, retried, limited by the window."""

import pytest

from dhcpserver.failover.settings import PoolSettings
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import FOREVER, Status, client_key
from dhcpserver.wire.failover4 import Reject, UpdateRequestAll
from dhcpserver.wire.failover4_bindings import BOOTP_FLAG, RESERVED_FLAG, BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, book, bound, lease_of
from tests.failover.inputs import OTHER, grant, partner_update, release
from tests.failover.scripted import Bench, bench_in

# Accepted


def test_stores_an_accepted_update_with_the_turn_that_acknowledges_it() -> None:
    """R-008: all its options are stored, and the acknowledgement repeats them."""
    bench = bench_in(State.NORMAL)
    update = partner_update(Status.ACTIVE, end=NOW + 900)
    update.potential, update.client_id, update.relay_info = NOW + 5000, b"\1abc", b"\1\4port"
    ack = bench.update(update)
    (lease,) = bench.stored
    assert (lease.address, lease.status, lease.state_exp) == (FIRST, Status.ACTIVE, NOW + 900)
    assert (lease.recv_pl, lease.cltt, lease.sos) == (NOW + 5000, NOW, NOW)
    assert (lease.client_id, lease.hardware, lease.relay_info) == (b"\1abc", MAC, b"\1\4port")
    assert not lease.needs_update, "a binding from the partner is not sent back"
    assert ack.reject is None
    assert (ack.address, ack.status, ack.state_exp, ack.potential) == (FIRST, Status.ACTIVE, NOW + 900, NOW + 5000)
    assert bench.take(BindingUpdate) == []


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.RELEASED, Status.RESET])
def test_frees_an_ended_lease_on_receipt(status: Status) -> None:
    """It is free at the receiver when the update is accepted, at the sender when that is acknowledged."""
    bench = bench_in(State.NORMAL)
    bench.update(partner_update(Status.ACTIVE, end=NOW + 60))
    bench.wait(100, alive=True)
    assert bench.update(partner_update(status, when=int(bench.now))).reject is None
    lease = lease_of(bench.book)
    assert lease.status is Status.FREE
    assert (lease.sent_pl, lease.acked_pl, lease.recv_pl) == (0, 0, 0)
    assert lease.key == client_key(None, MAC), "its last client gets it again when it returns"


def test_retries_an_unavailable_address_of_the_partner() -> None:
    """The partner sent a declined address. If the partner is lost, this server makes it available again."""
    bench = bench_in(State.NORMAL)
    update = partner_update(Status.ABANDONED, hardware=b"")
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
def test_refuses_an_invalid_update_with_a_reason(change: dict[str, object], reason: Reject) -> None:
    """Missing options, an address of no scope, reserved on one server only; nothing is stored."""
    bench = bench_in(State.NORMAL)
    update = partner_update(Status.ACTIVE)
    for name, value in change.items():
        setattr(update, name, value)
    ack = bench.update(update)
    assert ack.reject == reason
    assert ack.message
    assert bench.stored == []


def test_refuses_an_address_that_is_reserved_here_only() -> None:
    """ISC dhcpd marks only its own kind of reservation, so its missing mark is accepted."""
    for foreign, expected in ((False, Reject.NOT_RESERVED), (True, None)):
        subject = book(reserved=frozenset({FIRST}))
        bench = Bench(False, None, subject, foreign=foreign)
        bench.connect(communicated=0)
        bench.report(State.PARTNER_DOWN)
        assert bench.update(partner_update(Status.BACKUP, hardware=b"")).reject == expected


def test_sends_a_reserved_address_as_the_partners_share() -> None:
    """Either server may serve the client of the reservation."""
    for main, announced in ((True, Status.BACKUP), (False, Status.FREE)):
        bench = bench_in(State.NORMAL, main, subject=book(reserved=frozenset({FIRST})))
        lease = lease_of(bench.book)
        bench.update(partner_update(Status.ACTIVE, end=NOW + 60))
        bench.wait(430, alive=True)
        bench.acknowledge_all()
        assert lease.status is Status.FREE
        bench.deliver(UpdateRequestAll(5))
        (update,) = [update for update in bench.take(BindingUpdate) if update.address == FIRST]
        assert (update.status, update.flags) == (announced, RESERVED_FLAG)
        assert bench.core.may_give(lease, client_key(None, MAC), bench.now)


def test_reports_two_clients_of_one_address() -> None:
    """R-185: the main keeps its client, the backup accepts the main's; both report the conflict."""
    for main, reason in ((True, Reject.FATAL_CONFLICT), (False, None)):
        bench = bench_in(State.NORMAL, main)
        lease = grant(bench)
        ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 60, hardware=OTHER))
        assert ack.reject == reason
        assert lease.hardware == (MAC if main else OTHER)
        (trap,) = [trap for trap in bench.traps if trap.kind == "address-conflict"]
        fields = dict(trap.fields)
        assert (fields["address"], fields["ours"], fields["theirs"]) == (FIRST, MAC.hex(":"), OTHER.hex(":"))
        assert any(line.id == 18109 for line in bench.log)


def test_refuses_to_give_back_an_offered_address() -> None:
    """The main takes back an address that the backup offers to a client; refused as outdated."""
    bench = bench_in(State.NORMAL, False)
    assert bench.update(partner_update(Status.BACKUP, hardware=b"")).reject is None
    bench.book.offer(FIRST, bench.book.pools["scope"], client_key(None, MAC), bench.now + 60)
    assert bench.update(partner_update(Status.FREE, when=NOW + 1, hardware=b"")).reject == Reject.OUTDATED
    assert lease_of(bench.book).status is Status.BACKUP
    grant(bench)
    bench.now += 30
    later = partner_update(Status.FREE, when=NOW + 30, hardware=b"")
    assert bench.update(later).reject == Reject.OUTDATED, "leased now, and the lease is sent"
    assert [update.status for update in bench.take(BindingUpdate)] == [Status.ACTIVE]


@pytest.mark.parametrize("bootp", [False, True])
def test_reports_a_client_with_two_addresses_and_prefers_the_one_it_used_last(bootp: bool) -> None:
    """Each server leased one to it. No other client gets either, and the log has one line."""
    bench = bench_in(State.NORMAL)
    ours = grant(bench, 0)
    ours.bootp = bootp
    bench.acknowledge_all()
    bench.now += 5
    for when in (NOW + 5, NOW + 8):
        assert bench.update(partner_update(Status.ACTIVE, FIRST + 1, when=when)).reject is None
    lines = [line.text for line in bench.log if line.id == 18123]
    assert len(lines) == 1
    assert "10.0.0.1 and 10.0.0.2 of scope scope; it last used 10.0.0.2" in lines[0]
    assert ("BOOTP" in lines[0]) is bootp
    assert ours.status is lease_of(bench.book, FIRST + 1).status is Status.ACTIVE
    key = client_key(None, MAC)
    assert max(bench.book.of_client(key), key=lambda lease: lease.cltt).address == FIRST + 1


# Refused, and crossing


def test_sends_a_rejected_update_again_only_at_the_retry() -> None:
    """The rejection is logged. The mark stays, also over a restart."""
    bench = bench_in(State.NORMAL)
    lease = grant(bench)
    (update,) = bench.take(BindingUpdate)
    bench.acknowledge(update, Reject.OUTDATED)
    assert any(line.id == 18107 and line.level == "Warning" and "rejected 15" in line.text for line in bench.log)
    assert lease.needs_update
    assert bench.core.view(bench.now).updates_resting == 1
    bench.wait(550, alive=True)
    assert bench.take(BindingUpdate) == []
    bench.wait(60, alive=True)
    assert [again.address for again in bench.take(BindingUpdate)] == [lease.address]


def test_sends_the_lease_once_after_it_refuses_an_outdated_update() -> None:
    """It is sent after the acknowledgement, and not again for each update that is refused meanwhile."""
    bench = bench_in(State.NORMAL)
    grant(bench)
    bench.acknowledge_all()
    old = partner_update(Status.RELEASED, when=NOW - 60)
    assert bench.update(old).reject == Reject.OUTDATED
    (sent,) = bench.take(BindingUpdate)
    assert sent.status == Status.ACTIVE
    assert bench.update(old).reject == Reject.OUTDATED
    assert bench.take(BindingUpdate) == []
    bench.acknowledge(sent)
    assert bench.take(BindingUpdate) == []


@pytest.mark.parametrize("foreign", [False, True])
@pytest.mark.parametrize("main", [True, False])
def test_crossing_updates_of_one_lease_end_with_the_later_one(main: bool, foreign: bool) -> None:
    """The client released here, and renewed at the partner a minute before or after.

    ISC dhcpd rejects an update that crosses a better one of its own with reason 16. Nothing is sent again then.
    """
    seconds = 60 if not foreign else 120
    for ours_later in (True, False):
        bench = bench_in(State.NORMAL, main, foreign=foreign)
        bench.update(partner_update(Status.ACTIVE, end=NOW + DAY))
        lease = lease_of(bench.book)
        bench.wait(300, alive=True)
        bench.sent.clear()
        release(bench, lease)
        (ours,) = bench.take(BindingUpdate)
        when = int(bench.now) + (-seconds if ours_later else seconds)
        bench.now = max(bench.now, when)
        ack = bench.update(partner_update(Status.ACTIVE, when=when, end=NOW + DAY))
        if ours_later:
            assert ack.reject == Reject.OUTDATED
            bench.acknowledge(ours)
            assert (lease.status, lease.needs_update) == (Status.FREE, False)
        else:
            assert ack.reject is None
            bench.acknowledge(ours, Reject.LESS_CRITICAL if foreign else Reject.OUTDATED)
            assert (lease.status, lease.needs_update) == (Status.ACTIVE, False)
        assert bench.take(BindingUpdate) == []
        assert bench.core.view(bench.now).updates_resting == 0


def test_keeps_the_later_end_of_a_lease_that_both_servers_renewed() -> None:
    """The client renewed here and rebound there: the later end counts (I2)."""
    for end in (NOW + HOUR // 2, NOW + 2 * HOUR):
        bench = bench_in(State.NORMAL)
        lease = grant(bench)
        assert bench.update(partner_update(Status.ACTIVE, when=NOW + 1, end=end)).reject is None
        assert lease.state_exp == max(NOW + HOUR, end)
        assert lease.cltt == NOW + 1


# The window, and what is stored first


def test_sends_no_more_than_the_partner_accepts_unacknowledged() -> None:
    """R-155: counted on the wire, with acknowledgements in any order; this partner accepts 10."""
    bench = bench_in(State.NORMAL, subject=book(100))
    for number in range(60):
        grant(bench, number, hardware=MAC[:-1] + bytes([number]))
    in_flight = bench.take(BindingUpdate)
    answered = 0
    while in_flight:
        assert len(in_flight) <= 10
        bench.acknowledge(in_flight.pop(answered % len(in_flight)))
        answered += 1
        in_flight += bench.take(BindingUpdate)
    assert answered == 60
    assert not any(lease.needs_update for lease in bench.book.leases.values())


def test_stores_the_mark_and_the_potential_expiration_before_it_sends_the_update() -> None:
    """PARTNER-DOWN needs it even if the update is never acknowledged."""
    bench = bench_in(State.NORMAL)
    lease = grant(bench, desired=3 * DAY)
    (update,) = bench.take(BindingUpdate)
    assert bench.stored == [lease]
    assert lease.needs_update
    assert update.potential == lease.sent_pl == NOW + 3 * DAY + 3 * DAY // 2
    assert lease.acked_pl == 0
    bench.acknowledge(update)
    assert bench.stored == [lease]
    assert lease.acked_pl == lease.sent_pl


def test_potential_expirations_never_decrease() -> None:
    """I7: shorter leases and older updates do not reduce them."""
    bench = bench_in(State.NORMAL)
    lease = grant(bench, desired=3 * DAY)
    bench.acknowledge_all()
    before = (lease.sent_pl, lease.acked_pl)
    bench.wait(10)
    grant(bench, desired=HOUR)
    bench.acknowledge_all()
    assert (lease.sent_pl, lease.acked_pl) == before
    bench.update(partner_update(Status.ACTIVE, when=NOW + 11, end=NOW + 5 * HOUR))
    received = lease.recv_pl
    bench.update(partner_update(Status.ACTIVE, when=NOW + 12, end=NOW + 3 * HOUR))
    assert lease.recv_pl == received


def test_sends_and_accepts_the_flag_of_a_bootp_lease() -> None:
    bench = bench_in(State.NORMAL, pools={"scope": PoolSettings(dynamic_bootp=True)})
    update = partner_update(Status.ACTIVE, end=FOREVER)
    update.flags = BOOTP_FLAG
    assert bench.update(update).reject is None
    lease = lease_of(bench.book)
    assert lease.bootp
    assert bench.book.next_due() is None, "it does not end"
    grant(bench, desired=FOREVER)
    (sent,) = bench.take(BindingUpdate)
    assert sent.flags == BOOTP_FLAG


def test_an_older_update_does_not_shorten_a_lease() -> None:
    """The same client; the lease was granted since."""
    subject = book()
    lease = bound(subject, 0)
    lease.needs_update = True
    bench = bench_in(State.NORMAL, subject=subject)
    bench.update(partner_update(Status.ACTIVE, when=NOW - 100, hardware=MAC[:-1] + b"\0", end=NOW + 10))
    assert lease.state_exp == NOW + HOUR
