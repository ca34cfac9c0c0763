"""The connection to the partner on virtual time: dialling, keepalive, closing, clocks, a second connection."""

import random

import pytest

from dhcpserver.contract.words import LinkFailureCause
from dhcpserver.failover.effects import Close, Dial, LogLine, Transmit
from dhcpserver.failover.link.connection import ConnectionLost, ConnectionOpened, SessionEvent
from dhcpserver.failover.link.handshake import CONTACTS_PER_KEEPALIVE, FOREIGN_SKEW, SKEW
from dhcpserver.failover.link.session import HANDSHAKE_SECONDS, REFUSED_RETRY, Session
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.states import State
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import Connect, ConnectAck, Contact, Control, Disconnect, Message, Reject, StateReport
from dhcpserver.wire.framing import Framer
from tests.settings import pair_settings

START = 1_700_000_000.0
KEEPALIVE = 60


class Side:
    """One session, and the effects that it has produced."""

    def __init__(self, main: bool, seed: int = 1, load_balancing: bool = False) -> None:
        settings = pair_settings(
            "pair", main, mclt=3600, keepalive=KEEPALIVE, connect_retry=5.0, load_balancing=load_balancing
        )
        self.outbox = Outbox(frozenset())
        self.session = Session(settings, self.outbox, random.Random(seed))
        self.closed: list[int] = []
        self.dials = 0
        self.log: list[LogLine] = []

    def sent(self, now: float) -> list[tuple[int, Message]]:
        self.session.flush(now)
        out: list[tuple[int, Message]] = []
        for effect in self.outbox.take():
            if isinstance(effect, Transmit):
                out += [(effect.connection, message) for message in Framer().feed(effect.data)]
            elif isinstance(effect, Close):
                self.closed.append(effect.connection)
            elif isinstance(effect, Dial):
                self.dials += 1
            elif isinstance(effect, LogLine):
                self.log.append(effect)
        return out

    def up(self, connection: int, now: float, *, outbound: bool) -> None:
        self.session.link_up(connection, now, outbound, "ipv4", "a", "b", False)

    def receive(self, connection: int, message: Control, now: float, clock: float | None = None) -> list[SessionEvent]:
        octets = failover4.encode(message, int(now if clock is None else clock))
        return self.session.receive(connection, octets, now)


def connect_message(vendor_class: str = "pairwatch-test") -> Connect:
    side = Side(main=True)
    side.up(1, START, outbound=True)
    ((_, connect),) = side.sent(START)
    assert isinstance(connect, Connect)
    return Connect(**{name: getattr(connect, name) for name in Connect.__slots__} | {"vendor_class": vendor_class})


def open_backup(vendor_class: str = "pairwatch-test", connection: int = 1) -> Side:
    """A backup with an open connection."""
    side = Side(main=False)
    side.up(connection, START, outbound=False)
    assert [type(event) for event in side.receive(connection, connect_message(vendor_class), START)] == [
        ConnectionOpened
    ]
    side.sent(START)
    return side


def test_the_main_dials_again_for_ever_at_times_that_vary_by_a_fifth() -> None:
    """Every five seconds, plus or minus one second, so that servers do not dial at the same times."""
    waits = []
    for seed in range(50):
        side = Side(main=True, seed=seed)
        side.session.start(START)
        now = START
        for number in range(20):
            side.session.tick(now)
            side.sent(now)
            assert side.dials == number + 1
            side.session.dial_failed(now, "connection refused", LinkFailureCause.UNREACHABLE)
            waits.append(side.session.next_deadline() - now)
            now = side.session.next_deadline()
    assert min(waits) >= 4.0
    assert max(waits) <= 6.0
    assert max(waits) - min(waits) > 1.8


def test_the_backup_never_dials() -> None:
    side = Side(main=False)
    side.session.start(START)
    assert side.session.next_deadline() == float("inf")


def test_the_main_waits_a_minute_after_a_refusal() -> None:
    side = Side(main=True)
    side.up(1, START, outbound=True)
    side.sent(START)
    side.receive(1, ConnectAck(1, reject=Reject.INVALID_MCLT, message="mclt: ours 60, partner 3600"), START)
    wait = side.session.next_deadline() - START
    assert 0.8 * REFUSED_RETRY <= wait <= 1.2 * REFUSED_RETRY


@pytest.mark.parametrize(("state", "soon"), [(State.PAUSED, True), (State.SHUTDOWN, True), (State.NORMAL, False)])
def test_the_main_dials_soon_after_its_partner_has_stopped(state: State, soon: bool) -> None:
    """A stop is often a restart, and a minute without contact is long; only a refusal is worth that wait."""
    side = Side(main=True)
    side.up(1, START, outbound=True)
    side.sent(START)
    accepted = ConnectAck(1, relationship="pair", max_unacked=10, receive_timer=60, vendor_class="pairwatch-test")
    side.receive(1, accepted, START)
    side.receive(1, StateReport(2, 0, state.number, 0, int(START)), START)
    side.receive(1, Disconnect(reject=Reject.OTHER, message="server paused"), START)
    wait = side.session.next_deadline() - START
    assert (4.0 <= wait <= 6.0) if soon else (0.8 * REFUSED_RETRY <= wait <= 1.2 * REFUSED_RETRY)


def test_closes_a_connection_on_which_no_connect_arrives() -> None:
    side = Side(main=False)
    side.up(1, START, outbound=False)
    side.session.tick(START + HANDSHAKE_SECONDS - 0.1)
    side.sent(START)
    assert not side.closed
    side.session.tick(START + HANDSHAKE_SECONDS)
    side.sent(START)
    assert side.closed == [1]


def test_sends_four_contacts_in_a_keepalive_time_unless_it_sends_something_else() -> None:
    side = open_backup()
    contacts, now = 0, START
    for second in range(1, KEEPALIVE):
        now = START + second
        side.receive(1, Contact(9), now)
        if second == 20:
            side.session.send(StateReport(5, 0, 2, 0, int(START)), now)
        side.session.tick(now)
        contacts += sum(isinstance(message, Contact) for _, message in side.sent(now))
    interval = KEEPALIVE / CONTACTS_PER_KEEPALIVE
    assert contacts == 3, f"at 15, 35 and 50 s, since the STATE at 20 s counts; every {interval} s"


def test_closes_a_silent_connection_after_the_keepalive_time() -> None:
    """A half-open connection: no octets and no end arrive (R-176)."""
    side = open_backup()
    side.receive(1, Contact(2), START + 7)
    assert side.session.tick(START + 7 + KEEPALIVE - 0.01) == []
    (lost,) = side.session.tick(START + 7 + KEEPALIVE)
    assert lost == ConnectionLost("no traffic")
    (disconnect,) = [message for _, message in side.sent(START + 67) if isinstance(message, Disconnect)]
    assert disconnect.reject == Reject.NO_TRAFFIC
    assert side.closed == [1]


def test_a_new_connection_replaces_the_old_one_at_the_backup() -> None:
    """The main dials again only after it has closed the old one, of which the backup may not have received the end."""
    side = open_backup()
    side.up(2, START + 30, outbound=False)
    events = side.receive(2, connect_message(), START + 30, START + 30)
    assert [type(event) for event in events] == [ConnectionLost, ConnectionOpened]
    side.sent(START + 30)
    assert side.closed == [1]
    assert side.session.connection is not None
    assert side.session.connection.number == 2


def test_a_refused_second_connection_does_not_change_the_first() -> None:
    side = open_backup()
    side.up(2, START + 30, outbound=False)
    assert side.receive(2, Connect(1, relationship="another pair"), START + 30) == []
    side.sent(START + 30)
    assert side.closed == [2]
    assert side.session.connection is not None
    assert side.session.connection.number == 1


def test_reports_a_foreign_main_that_divides_the_clients_differently() -> None:
    """R-162: it is not refused; its administrator must configure an even split."""
    for buckets, reported in ((bytes([255] * 16 + [0] * 16), []), (bytes([255] * 32), ["hba-error"])):
        side = Side(main=False, load_balancing=True)
        side.up(1, START, outbound=False)
        connect = connect_message("isc-4.4.3")
        connect = Connect(**{name: getattr(connect, name) for name in Connect.__slots__} | {"hash_buckets": buckets})
        assert [type(event) for event in side.receive(1, connect, START)] == [ConnectionOpened]
        side.sent(START)
        assert [word for line in side.log for word in line.text.split() if word == "hba-error"] == reported


def test_a_main_uses_one_connection() -> None:
    """A foreign backup may dial too. While one connection is open or being established, others are closed at once."""
    side = Side(main=True)
    side.up(1, START, outbound=True)
    side.up(2, START, outbound=False)
    side.sent(START)
    assert side.closed == [2]


@pytest.mark.parametrize(("vendor_class", "limit"), [("pairwatch-test", SKEW), ("isc-4.4.3", FOREIGN_SKEW)])
def test_a_clock_that_is_ahead_ends_the_connection(vendor_class: str, limit: float) -> None:
    """The log line is an error: both servers run, and their safe periods start."""
    side = open_backup(vendor_class)
    assert not any(
        isinstance(event, ConnectionLost) for event in side.receive(1, Contact(2), START + 1, START + 1 + limit)
    )
    events = side.receive(1, Contact(3), START + 2, START + 2 + limit + 1)
    assert [type(event) for event in events][-1] is ConnectionLost
    (disconnect,) = [message for _, message in side.sent(START + 2) if isinstance(message, Disconnect)]
    assert disconnect.reject == Reject.TIME_MISMATCH
    assert [line.id for line in side.log] == [18115]


def test_a_clock_that_is_behind_ends_the_connection_and_a_slow_network_does_not() -> None:
    """It counts only if no better time arrives for a keepalive time."""
    side = open_backup()
    now = START
    for second in range(1, 3 * KEEPALIVE):
        now = START + second
        events = side.receive(1, Contact(second), now, now - 30)
        side.session.tick(now)
        if any(isinstance(event, ConnectionLost) for event in events):
            break
        if second == 20:
            side.receive(1, Contact(1), now, now)  # A fast message: the clock is right.
    assert KEEPALIVE + 20 <= now - START <= 2 * KEEPALIVE + 1
    side.sent(now)
    assert [line.id for line in side.log] == [18115]


def test_octets_that_are_not_a_message_end_the_connection_with_a_reason() -> None:
    side = open_backup()
    events = side.session.receive(1, b"\0\x20\x63" + bytes(40), START + 1)
    assert isinstance(events[-1], ConnectionLost)
    assert "unreadable" in events[-1].cause
    (disconnect,) = [message for _, message in side.sent(START + 1) if isinstance(message, Disconnect)]
    assert disconnect.message is not None
    assert "message type 99" in disconnect.message
