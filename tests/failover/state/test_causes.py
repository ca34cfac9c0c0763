"""The causes of states and of failed connections, as words: no rule has to read a text."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dhcpserver.contract.words import LinkFailureCause, StateCause
from dhcpserver.failover.states import State
from dhcpserver.wire.failover4 import (
    ConnectAck,
    Disconnect,
    Reject,
    StateReport,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
)
from tests.failover.books import NOW, book
from tests.failover.inputs import grant
from tests.failover.scripted import Bench, bench_in, stored_record

NORMAL, INTERRUPTED, DOWN, RECOVER = (
    State.NORMAL,
    State.COMMUNICATIONS_INTERRUPTED,
    State.PARTNER_DOWN,
    State.RECOVER,
)


def cause(bench: Bench) -> str:
    """Return the cause of the present state, which the last transition and the record have too."""
    view = bench.core.view(bench.now)
    assert view.transitions[-1].cause == view.state_cause
    assert view.transitions[-1].to is view.state
    if view.state not in (State.PAUSED, State.SHUTDOWN):
        assert bench.records[-1].cause == view.state_cause
    return view.state_cause


def failure(bench: Bench) -> str:
    found = bench.core.view(bench.now).last_failure
    assert found is not None
    return found.cause


# States


def test_a_server_that_starts_has_the_start_as_its_cause() -> None:
    assert Bench(True, None).core.view(NOW).state_cause == StateCause.START


def test_the_end_of_startup_with_and_without_contact() -> None:
    without = Bench(True, stored_record(NORMAL))
    without.wait(11)
    assert cause(without) == StateCause.STARTUP_OVER
    contact = Bench(True, stored_record(NORMAL))
    contact.connect()
    contact.report(State.NORMAL, starting=True)
    assert cause(contact) == StateCause.CONTACT


def test_contact_and_the_partners_state() -> None:
    bench = bench_in(NORMAL)
    assert cause(bench) == StateCause.PARTNER_STATE
    bench.lose_connection()
    assert cause(bench) == StateCause.CONTACT_LOST


@pytest.mark.parametrize("reason", ["ordinary", "is the partner safe period over?"])
def test_an_operator_is_an_operator_whatever_is_in_the_text(reason: str) -> None:
    bench = bench_in(INTERRUPTED)
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator=reason, expert=False))
    assert cause(bench) == StateCause.OPERATOR
    assert failure(bench) == LinkFailureCause.OPERATOR
    again = Bench(True, bench.records[-1])
    again.wait(11)
    assert again.state is DOWN
    assert cause(again) == StateCause.OPERATOR, "a restart does not change what led to it"


def test_the_safe_period_stays_the_cause_after_a_restart() -> None:
    bench = Bench(True, stored_record(NORMAL), use_safe_period=True, safe_period=600)
    bench.wait(700)
    assert bench.state is DOWN
    assert cause(bench) == StateCause.SAFE_PERIOD
    for record in (bench.records[-1], replace(bench.records[-1], cause="")):
        again = Bench(True, record)
        again.wait(11)
        assert cause(again) == StateCause.SAFE_PERIOD


def test_a_shutdown_of_the_partner() -> None:
    bench = bench_in(NORMAL)
    bench.report(State.SHUTDOWN)
    assert bench.state is DOWN
    assert cause(bench) == StateCause.PARTNER_STATE


def test_a_recovery() -> None:
    bench = Bench(True, stored_record(RECOVER, time_of_failure=NOW - 3000))
    bench.connect()
    bench.report(INTERRUPTED)
    (request,) = bench.take(UpdateRequest)
    bench.deliver(UpdateDone(request.xid))
    assert cause(bench) == StateCause.UPDATES_DONE
    bench.wait(700, alive=True)
    assert bench.path[-1] is State.RECOVER_DONE
    assert cause(bench) == StateCause.WAIT_OVER


def test_a_lost_record_an_older_copy_and_the_configuration() -> None:
    lost = Bench(True)
    lost.connect(communicated=1)
    lost.report(INTERRUPTED)
    assert len(lost.take(UpdateRequestAll)) == 1
    assert cause(lost) == StateCause.LOST_RECORD
    old = Bench(True, stored_record(NORMAL, start=7), book())
    old.connect(seen_start=7, seen_number=3)
    old.report(INTERRUPTED)
    assert cause(old) == StateCause.RESTORED_COPY
    configured = Bench(True, stored_record(NORMAL), failover_recover=NOW - 60)
    configured.connect()
    configured.report(INTERRUPTED)
    assert cause(configured) == StateCause.CONFIGURATION


def test_a_stop() -> None:
    bench = bench_in(NORMAL)
    bench.turn(lambda now: bench.core.stop(now, long=False))
    assert cause(bench) == StateCause.STOP
    assert failure(bench) == LinkFailureCause.STOPPED


# Failed connections


REASONS = [
    (Reject.TIME_MISMATCH, LinkFailureCause.SKEW),
    (Reject.VERSION_MISMATCH, LinkFailureCause.VERSION),
    (Reject.INVALID_PARTNER, LinkFailureCause.RELATIONSHIP),
    (Reject.INVALID_MCLT, LinkFailureCause.MCLT),
    (Reject.HASH_BUCKETS, LinkFailureCause.BUCKETS),
    (Reject.TLS_REQUIRED, LinkFailureCause.TLS),
    (Reject.MISSING_DIGEST, LinkFailureCause.DIGEST),
    (Reject.NO_TRAFFIC, LinkFailureCause.NO_TRAFFIC),
    (Reject.OTHER, LinkFailureCause.CLOSED),
    (77, LinkFailureCause.CLOSED),
]


@pytest.mark.parametrize(("reason", "expected"), REASONS)
@pytest.mark.parametrize("text", ["", "time skew of the safe digest"])
def test_a_refusal_by_the_partner(reason: int, expected: LinkFailureCause, text: str) -> None:
    """By its reject reason; the text of the partner does not count."""
    bench = Bench(True, stored_record(NORMAL))
    bench.turn(lambda now: bench.core.link_up(1, now, outbound=True, transport="ipv4", local="a", remote="b"))
    bench._connection = 1
    bench.deliver(ConnectAck(xid=1, relationship="pair", reject=reason, message=text))
    assert failure(bench) == expected
    connected = bench_in(NORMAL)
    connected.deliver(Disconnect(reject=reason, message=text))
    assert failure(connected) == expected


def test_a_partner_that_stops() -> None:
    bench = bench_in(NORMAL)
    bench.deliver(StateReport(1, NOW, State.PAUSED.number, 0, NOW, None))
    bench.deliver(Disconnect(reject=Reject.OTHER, message="server paused"))
    assert failure(bench) == LinkFailureCause.PARTNER_STOPPED
    bench.connect()
    bench.report(INTERRUPTED)
    bench.lose_connection()
    assert failure(bench) == LinkFailureCause.CLOSED


def leave_unanswered(bench: Bench) -> None:
    """Send an update, and receive no acknowledgement."""
    grant(bench)
    bench.wait(140, alive=True)


ENDS: list[tuple[Callable[[Bench], object], LinkFailureCause]] = [
    (lambda bench: bench.lose_connection(), LinkFailureCause.CLOSED),
    (lambda bench: bench.wait(61), LinkFailureCause.NO_TRAFFIC),
    (lambda bench: bench.deliver_octets(b"\0\0\x7f\0"), LinkFailureCause.PROTOCOL),
    (lambda bench: bench.deliver(StateReport(1, NOW, 2, 0, NOW + 99, None)), LinkFailureCause.SKEW),
    (leave_unanswered, LinkFailureCause.ACK_TIMEOUT),
]


@pytest.mark.parametrize(("act", "expected"), ENDS)
def test_the_end_of_an_open_connection(act: Callable[[Bench], object], expected: LinkFailureCause) -> None:
    bench = bench_in(NORMAL)
    act(bench)
    assert not bench.core.communications_ok
    assert failure(bench) == expected


def test_attempts_that_fail() -> None:
    bench = Bench(True, stored_record(NORMAL))
    for expected in (LinkFailureCause.UNREACHABLE, LinkFailureCause.TLS, LinkFailureCause.TIMEOUT):
        bench.core.dial_failed(bench.now, "any text", expected)
        assert failure(bench) == expected
    bench.turn(lambda now: bench.core.link_up(1, now, outbound=True, transport="ipv4", local="a", remote="b"))
    bench.wait(16)
    assert failure(bench) == LinkFailureCause.TIMEOUT


def test_a_backup_that_gets_a_second_connection() -> None:
    bench = bench_in(NORMAL, False)
    bench.connect()
    assert failure(bench) == LinkFailureCause.REPLACED
