"""Times and sizes of the partner: what is refused, what is limited, and what is never stored."""

from dataclasses import replace

import pytest

from dhcpserver.failover.link.handshake import ALL_BUCKETS, MAXIMUM_RECEIVE_TIMER, MAXIMUM_WINDOW, peer_of
from dhcpserver.failover.settings import PoolSettings
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import FOREVER, Status
from dhcpserver.wire.failover4 import Connect, Disconnect, PoolRequest, Reject, StateReport, UpdateRequest, encode
from dhcpserver.wire.failover4_bindings import BOOTP_FLAG, BindingAck, BindingUpdate, encode_ack, encode_update
from tests.failover.books import DAY, FIRST, HOUR, NOW, book, lease_of
from tests.failover.inputs import grant, partner_update, release
from tests.failover.scripted import Bench, bench_in

LATEST = 2**32 - 1
LONGEST = 7 * DAY
"""The longest lease of the policies of a bench."""


@pytest.mark.parametrize("foreign", [False, True])
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("name", ["cltt", "sos"])
def test_a_time_ahead_of_the_clock_is_refused_and_not_stored(name: str, status: Status, foreign: bool) -> None:
    """Case F1: every honest update of the lease was refused as older, for ever."""
    bench = bench_in(State.NORMAL, foreign=foreign)
    limit = 60 if foreign else 5
    for when in (NOW + limit + 2, LATEST):
        update = partner_update(status)
        setattr(update, name, when)
        ack = bench.update(update)
        assert ack.reject == Reject.TIME_MISMATCH
        assert str(when - NOW) in ack.message
        assert not [lease for lease in bench.stored if when in (lease.cltt, lease.sos)]
    honest = partner_update(Status.ACTIVE)
    assert bench.update(honest).reject is None
    lines = [line for line in bench.log if line.id == 18129]
    assert len(lines) == 1, "once a minute"
    bench.now += 61
    update = partner_update(status)
    setattr(update, name, LATEST)
    bench.update(update)
    assert len([line for line in bench.log if line.id == 18129]) == 2


def test_a_time_within_the_skew_is_accepted() -> None:
    bench = bench_in(State.NORMAL)
    assert bench.update(partner_update(Status.ACTIVE, when=NOW + 5)).reject is None


def test_the_time_of_the_update_itself_is_checked_too() -> None:
    bench = bench_in(State.NORMAL)
    update = partner_update(Status.ACTIVE)
    octets = encode_update(9, NOW + 100, FIRST, 2, None, update.hardware, NOW + HOUR, NOW + HOUR, NOW, NOW, 0, None)
    bench.deliver_octets(octets)
    (ack,) = bench.take(BindingAck)
    assert ack.reject == Reject.TIME_MISMATCH
    assert lease_of(bench.book).status is Status.FREE


@pytest.mark.parametrize("message", [PoolRequest(3), UpdateRequest(3)])
@pytest.mark.parametrize(("ahead", "ok"), [(4, True), (7, False)])
def test_any_other_message_with_a_time_ahead_ends_the_connection(
    message: PoolRequest | UpdateRequest, ahead: int, ok: bool
) -> None:
    bench = bench_in(State.NORMAL)
    bench.deliver_octets(encode(message, NOW + ahead))
    assert bench.core.communications_ok is ok
    if ok:
        return
    (disconnect,) = bench.take(Disconnect)
    assert disconnect.reject == Reject.TIME_MISMATCH
    assert any(line.id == 18115 for line in bench.log)


def test_an_acknowledgement_with_a_time_ahead_ends_the_connection() -> None:
    bench = bench_in(State.NORMAL)
    grant(bench)
    (update,) = bench.take(BindingUpdate)
    ack = BindingAck(update.xid)
    ack.address, ack.status = update.address, update.status
    bench.deliver_octets(encode_ack(ack, NOW + 600))
    assert not bench.core.communications_ok
    assert lease_of(bench.book).needs_update


def test_a_shutdown_of_the_year_2106_is_not_believed() -> None:
    """It led to PARTNER-DOWN with an MCLT that never ends."""
    bench = bench_in(State.NORMAL)
    bench.deliver(StateReport(1, NOW, State.SHUTDOWN.number, 0, LATEST, None))
    assert bench.state is State.COMMUNICATIONS_INTERRUPTED
    (disconnect,) = bench.take(Disconnect)
    assert disconnect.reject == Reject.TIME_MISMATCH
    assert all(record.partner_since < LATEST for record in bench.records)


# Ends


def test_ends_are_limited_to_what_the_policies_can_lead_to() -> None:
    bench = bench_in(State.NORMAL)
    latest = NOW + 5 + LONGEST * 3 // 2 + HOUR
    update = partner_update(Status.ACTIVE, end=LATEST)
    assert bench.update(update).reject is None
    lease = lease_of(bench.book)
    assert (lease.state_exp, lease.recv_pl) == (latest, latest)
    ordinary = partner_update(Status.ACTIVE, FIRST + 1, end=NOW + LONGEST)
    ordinary.potential = NOW + LONGEST * 3 // 2
    assert bench.update(ordinary).reject is None
    other = lease_of(bench.book, FIRST + 1)
    assert (other.state_exp, other.recv_pl) == (NOW + LONGEST, NOW + LONGEST * 3 // 2)


def test_an_end_that_is_stored_already_is_not_shortened() -> None:
    """The policy was changed to a shorter time."""
    subject = book()
    bench = bench_in(State.NORMAL, subject=subject, longest_lease=100 * DAY)
    assert bench.update(partner_update(Status.ACTIVE, end=NOW + 90 * DAY)).reject is None
    shorter = Bench(True, bench.records[-1], subject, longest_lease=DAY)
    shorter.connect()
    shorter.report(State.NORMAL)
    assert shorter.update(partner_update(Status.ACTIVE, end=NOW + 90 * DAY)).reject is None
    assert lease_of(subject).state_exp == NOW + 90 * DAY


@pytest.mark.parametrize(
    ("flags", "dynamic", "longest", "infinite"),
    [
        (BOOTP_FLAG, True, LONGEST, True),
        (BOOTP_FLAG, False, LONGEST, False),
        (0, True, LONGEST, False),
        (0, False, FOREVER, True),
    ],
)
def test_a_lease_is_infinite_only_where_this_server_could_give_one(
    flags: int, dynamic: bool, longest: int, infinite: bool
) -> None:
    pools = {"scope": PoolSettings(dynamic_bootp=dynamic)}
    bench = bench_in(State.NORMAL, pools=pools, longest_lease=longest)
    update = partner_update(Status.ACTIVE, end=FOREVER)
    update.flags = flags
    assert bench.update(update).reject is None
    assert (lease_of(bench.book).state_exp == FOREVER) is infinite


def test_the_window_and_the_receive_timer_are_limited() -> None:
    common = {"relationship": "pair", "vendor_class": "pairwatch-1", "protocol_version": 1, "mclt": HOUR}
    request = Connect(1, NOW, max_unacked=LATEST, receive_timer=LATEST, hash_buckets=ALL_BUCKETS, **common)  # type: ignore[arg-type]
    peer = peer_of(request)
    assert (peer.max_unacked, peer.receive_timer) == (MAXIMUM_WINDOW, MAXIMUM_RECEIVE_TIMER)
    assert peer_of(replace(request, max_unacked=10, receive_timer=30)).max_unacked == 10


# Sizes


@pytest.mark.parametrize(
    ("name", "most", "far"), [("hardware", 21, 300), ("client_id", 510, 1000), ("relay_info", 1020, 1500)]
)
def test_a_value_that_is_too_long_is_refused_and_not_stored(name: str, most: int, far: int) -> None:
    """Case F2."""
    bench = bench_in(State.NORMAL)
    for length in (most + 1, far):
        update = partner_update(Status.ACTIVE)
        setattr(update, name, bytes(length))
        ack = bench.update(update)
        assert ack.reject == Reject.MISSING_BINDING
        assert str(length) in ack.message
        assert bench.stored == []
    update = partner_update(Status.ACTIVE)
    setattr(update, name, b"\1" * most)
    assert bench.update(update).reject is None
    assert getattr(lease_of(bench.book), name) == b"\1" * most


# This server's own times


def test_times_of_a_clock_that_was_wrong_are_not_sent() -> None:
    """The client released while this server's clock was a day ahead; the partner would refuse the time for a day."""
    bench = bench_in(State.NORMAL)
    lease = grant(bench)
    bench.acknowledge_all()
    bench.lose_connection()
    release(bench, lease)
    lease.cltt = lease.sos = NOW + DAY
    bench.connect()
    bench.report(State.COMMUNICATIONS_INTERRUPTED)
    (update,) = bench.take(BindingUpdate)
    assert (update.cltt, update.sos) == (NOW, NOW)
