"""A partner that sends too much: clients are served, memory is bounded, and the log has what happened."""

import time
from collections.abc import Iterator

import pytest

from dhcpserver.failover.effects import Close, Transmit
from dhcpserver.failover.link.connection import MESSAGES_PER_TURN
from dhcpserver.failover.link.session import MAXIMUM_CONNECTIONS
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.service.turn import LinkData, LinkUp
from dhcpserver.wire.failover4 import (
    Disconnect,
    PoolRequest,
    PoolResponse,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
    encode,
)
from dhcpserver.wire.failover4_bindings import BindingUpdate, encode_update
from dhcpserver.wire.framing import Framer
from dhcpserver.wire.options4 import MessageType
from tests.failover.bindings.test_requests import filled
from tests.failover.books import FIRST, NOW, book
from tests.failover.paired import CONFIGURATION, Site, normal
from tests.failover.scripted import Bench, bench_in

LARGE_SCOPE = """
[[scope]]
name = "large"
subnet = "10.0.0.0/8"
ranges = ["10.0.0.1-10.1.134.160"]
"""


def answers(bench: Bench) -> Iterator[BindingUpdate]:
    while updates := bench.take(BindingUpdate):
        for update in updates:
            yield update
            bench.acknowledge(update)


# Update requests


def test_one_answer_absorbs_further_requests_of_the_same_kind() -> None:
    """5,000 UPDREQALL in a row: one answer, one UPDDONE, which has the last transaction id."""
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=filled(1200))
    bench.deliver_octets(b"".join(encode(UpdateRequestAll(xid), NOW) for xid in range(1, 5001)))
    for _ in range(10):
        bench.turn(lambda now: None)
    sent = list(answers(bench))
    assert len(sent) == len({update.address for update in sent}) == 1200
    assert [done.xid for done in bench.take(UpdateDone)] == [5000]
    assert len([line for line in bench.log if "the partner's UPDREQALL started" in line.text]) == 1


@pytest.mark.parametrize("everything_first", [True, False])
def test_a_request_for_all_is_answered_beside_one_for_the_marked(everything_first: bool) -> None:
    subject = filled(30)
    next(iter(subject.leases.values())).needs_update = True
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=subject)
    requests: list[UpdateRequest | UpdateRequestAll] = [UpdateRequestAll(1), UpdateRequest(2)]
    for request in requests if everything_first else requests[::-1]:
        bench.deliver(request)
    assert len({update.address for update in answers(bench)}) == 30
    assert [done.xid for done in bench.take(UpdateDone)] == [2 if everything_first else 1]


def test_a_later_request_is_answered_again() -> None:
    bench = bench_in(State.COMMUNICATIONS_INTERRUPTED, subject=filled(30))
    for xid in (1, 2):
        bench.deliver(UpdateRequestAll(xid))
        assert len(list(answers(bench))) == 30
        assert [done.xid for done in bench.take(UpdateDone)] == [xid]


def test_reconnections_leave_at_most_one_sweep_of_a_kind() -> None:
    """Every reconnection of a partner with older records queued a list of all leases: 300 of them took 650 MB."""
    bench = bench_in(State.NORMAL, subject=filled(2000))
    for _ in range(300):
        bench.lose_connection()
        bench.now += 1
        bench.connect(uid=b"n" * 16, last_contact=1)
        bench.deliver(UpdateRequestAll(7))
    sweeps = bench.core._exchange.sweeps
    assert len(sweeps._queue) <= 3
    bench.report(State.COMMUNICATIONS_INTERRUPTED)
    assert len({update.address for update in answers(bench)}) == 2000
    bench.turn(lambda now: None)
    assert not sweeps


def test_pool_requests_in_a_row_are_answered_and_checked_once() -> None:
    bench = bench_in(State.NORMAL, subject=book(100), backup_pct=50)
    bench.deliver_octets(b"".join(encode(PoolRequest(xid), NOW) for xid in range(1, 200)))
    responses = bench.take(PoolResponse)
    assert len(responses) == 199
    assert sum(response.transferred or 0 for response in responses) <= 50


# A bounded turn


def test_a_turn_handles_a_bounded_number_of_messages() -> None:
    bench = bench_in(State.NORMAL)
    bench.deliver_octets(b"".join(encode(PoolRequest(xid), NOW) for xid in range(1, 2501)))
    assert len(bench.take(PoolResponse)) == MESSAGES_PER_TURN
    assert bench.core.waiting == 1500 * 12
    assert bench.core.next_deadline() <= bench.now
    bench.turn(lambda now: None)
    assert len(bench.take(PoolResponse)) == MESSAGES_PER_TURN
    bench.turn(lambda now: None)
    assert len(bench.take(PoolResponse)) == 500
    assert bench.core.waiting == 0
    assert bench.core.next_deadline() > bench.now


def test_octets_that_arrive_meanwhile_keep_their_order() -> None:
    bench = bench_in(State.NORMAL)
    octets = b"".join(encode(PoolRequest(xid), NOW) for xid in range(1, 3001))
    for start in range(0, len(octets), 9001):
        bench.deliver_octets(octets[start : start + 9001])
    while bench.core.waiting:
        bench.turn(lambda now: None)
    assert [response.xid for response in bench.take(PoolResponse)] == list(range(1, 3001))


def test_the_partner_may_send_max_unacked_updates_and_no_more() -> None:
    """R-155: further ones end the connection."""
    for count, ok in ((100, True), (101, False)):
        bench = bench_in(State.NORMAL, subject=book(200), max_unacked=100)
        octets = b"".join(
            encode_update(
                xid, NOW, FIRST + xid, 2, None, b"\1" + xid.to_bytes(6, "big"), NOW + 60, NOW + 90, NOW, NOW, 0, None
            )
            for xid in range(count)
        )
        bench.deliver_octets(octets)
        assert bench.core.communications_ok is ok
        assert len(bench.take(Disconnect)) == (not ok)
        if ok:
            bench.deliver_octets(octets)
            assert bench.core.communications_ok, "they were acknowledged in between"


def test_clients_are_served_while_the_partner_sends_requests_without_end() -> None:
    """Case F3: 100,000 leases and 5,000 UPDREQALL in a row; no client was served for 15 s."""
    text = CONFIGURATION + LARGE_SCOPE
    site = normal(text)
    fill(site, 100_000)
    flood = b"".join(encode(UpdateRequestAll(xid), int(site.now)) for xid in range(1, 5001))
    site.turn(link=[LinkData(1, flood)])
    longest = 0.0
    for number in range(20):
        began = time.perf_counter()
        offer = site.client(5000 + number, MessageType.DISCOVER)
        longest = max(longest, time.perf_counter() - began)
        assert offer is not None
    assert longest < 0.5, "a client waited for the whole answer"


def fill(site: Site, count: int) -> None:
    site_book = site.core.book
    for number in range(count):
        lease = site_book.record(0x0A000001 + number)
        assert lease is not None
        site_book.set_client(lease, None, b"\1" + number.to_bytes(6, "big"))
        site_book.set_status(lease, Status.ACTIVE, int(site.now))
        lease.cltt, lease.state_exp = int(site.now), int(site.now) + 86_400
    site_book.take_changes()


# Before CONNECT


def test_errors_before_connect_are_logged_once_a_minute_with_their_number() -> None:
    bench = Bench(False)
    for number in range(1, 41):
        bench.turn(
            lambda now, number=number: bench.core.link_up(  # type: ignore[misc]
                number, now, outbound=False, transport="ipv4", local="a", remote="10.9.9.9:4000"
            )
        )
        bench.turn(lambda now, number=number: bench.core.link_data(number, b"GET / HTTP/1.1\r\n\r\n", now))  # type: ignore[misc]
    (line,) = [line for line in bench.log if line.id == 18130]
    assert "10.9.9.9:4000" in line.text
    assert "message type" in line.text
    bench.now += 61
    bench._connection = 60
    bench.turn(
        lambda now: bench.core.link_up(61, now, outbound=False, transport="ipv4", local="a", remote="10.9.9.9:4001")
    )
    bench.turn(lambda now: bench.core.link_data(61, encode(UpdateRequestAll(1), int(now)), now))
    _, second = [line for line in bench.log if line.id == 18130]
    assert "UpdateRequestAll while waiting for CONNECT" in second.text
    assert "39 more" in second.text


def test_connections_without_connect_are_limited() -> None:
    bench = Bench(False)
    closed = 0

    def open_one(number: int) -> int:
        bench.core.link_up(number, bench.now, outbound=False, transport="ipv4", local="a", remote="b")
        return sum(isinstance(effect, Close) for effect in bench.core.take_effects())

    for number in range(1, 101):
        closed += open_one(number)
    assert closed == 100 - MAXIMUM_CONNECTIONS


def test_an_open_connection_is_not_replaced_by_connections_without_connect() -> None:
    bench = bench_in(State.NORMAL, False)
    for number in range(100, 140):
        bench.core.link_up(number, bench.now, outbound=False, transport="ipv4", local="a", remote="b")
    assert bench.core.communications_ok
    assert bench.core.view(bench.now).link is not None


def test_a_site_reports_how_many_octets_wait() -> None:
    """The shell reads no more from the partner while too much waits."""
    site = normal()
    flood = b"".join(encode(PoolRequest(xid), int(site.now)) for xid in range(1, 9001))
    out = site.turn(link=[LinkData(1, flood), LinkUp(2, True, "ipv4", "a", "b")])
    assert site.core.waiting_octets == 8000 * 12
    octets = b"".join(effect.data for effect in out.link if isinstance(effect, Transmit))
    assert len([each for each in Framer().feed(octets) if isinstance(each, PoolResponse)]) == MESSAGES_PER_TURN
