"""One endpoint on virtual time, with a scripted partner.

The partner has no rules of its own: it connects correctly, and then sends what a test requests. The endpoint's messages
and records are collected.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from dhcpserver.failover.effects import Close, Dial, LogLine, SendTrap, Transmit
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.link.handshake import vendor_options
from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import Connect, ConnectAck, Control, Message, StateReport, Vendor
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate, encode_ack, encode_update
from dhcpserver.wire.framing import Framer
from tests.failover.books import NOW, book
from tests.settings import pair_settings

M = TypeVar("M")


class Bench:
    """The endpoint and its partner. No addresses are moved to the backup unless the settings have a `backup_pct`.

    Attributes:
        core, book: the endpoint under test and its leases.
        sent: the messages that it sent and that no test has taken yet.
        records: the records that it stored, in order.
        log, traps, dials: its log lines and notifications, and how often it dialled.
        stored: the leases that the last turn stored.
    """

    def __init__(
        self,
        main: bool = True,
        record: FailoverRecord | None = None,
        subject: Book | None = None,
        *,
        foreign: bool = False,
        **settings: object,
    ) -> None:
        self.now = float(NOW)
        self.book = subject or book()
        self.foreign = foreign
        common = pair_settings("pair", main, backup_pct=0, server_uid=b"o" * 16)
        self.settings = replace(common, **settings)  # type: ignore[arg-type]
        self.core = Endpoint(self.settings, self.book, record, self.now, random.Random(1), frozenset())
        self.sent: list[Message] = []
        self.records: list[FailoverRecord] = []
        self.log: list[LogLine] = []
        self.traps: list[SendTrap] = []
        self.dials = 0
        self.stored: list[Lease] = []
        self._framer = Framer()
        self._connection = 0
        self._xid = 0
        self.turn(self.core.start)

    @property
    def state(self) -> State:
        return self.core.state

    @property
    def path(self) -> list[State]:
        return [transition.to for transition in self.core.view(self.now).transitions]

    def state_records(self) -> list[FailoverRecord]:
        """The stored records without the numbers of starts, which every start stores."""
        return [replace(record, start=0, contact_start=0, contact_number=0) for record in self.records]

    def turn(self, action: Callable[[float], object]) -> None:
        """Take one turn of the core: the action, what is due, the end of the turn, and the effects."""
        action(self.now)
        for lease in self.book.due(self.now, 1000):
            self.core.due(lease, self.now)
        self.book.expire_offers(self.now)
        self.core.tick(self.now)
        self.core.flush(self.now)
        self.stored = self.book.take_changes()
        for effect in self.core.take_effects():
            if isinstance(effect, Transmit):
                self.sent += self._framer.feed(effect.data)
            elif isinstance(effect, Store):
                self.records.append(effect.record)
            elif isinstance(effect, LogLine):
                self.log.append(effect)
            elif isinstance(effect, SendTrap):
                self.traps.append(effect)
            elif isinstance(effect, Dial):
                self.dials += 1
            else:
                assert isinstance(effect, Close)

    def wait(self, seconds: float, *, alive: bool = False) -> None:
        """Let time pass and take every turn that is due. `alive`: the partner sends CONTACT every 20 s."""
        end = self.now + seconds
        contact = self.now + 20
        while True:
            due = min(self.core.next_deadline(), self.book.next_due() or float("inf"), contact if alive else end)
            if due >= end:
                break
            self.now = max(self.now, due)
            if alive and self.now >= contact:
                contact = self.now + 20
                self.deliver(failover4.Contact(xid=1))
            else:
                self.turn(lambda now: None)
        self.now = end
        self.turn(lambda now: None)

    # The partner

    def connect(self, **vendor: object) -> None:
        """Connect, with CONNECT and CONNECTACK. `vendor` replaces vendor options of the partner."""
        self._connection += 1
        self._framer = Framer()
        main, foreign = self.settings.main, self.foreign
        theirs = replace(self.settings, main=not main, server_uid=b"t" * 16)
        block: Vendor | None = replace(vendor_options(theirs, True, self.now, None), **vendor)  # type: ignore[arg-type]
        kind = "isc-4.4.3" if foreign else failover4.VENDOR_PREFIX + "1"
        self.turn(
            lambda now: self.core.link_up(self._connection, now, outbound=main, transport="ipv4", local="a", remote="b")
        )
        if main:
            ack = ConnectAck(xid=1, relationship="pair", max_unacked=10, receive_timer=60, vendor_class=kind)
            self.deliver(replace(ack, protocol_version=1, vendor=None if foreign else block))
        else:
            request = Connect(xid=1, relationship="pair", max_unacked=10, receive_timer=60, vendor_class=kind)
            buckets = b"\xff" * 16 + bytes(16) if self.settings.load_balancing else b"\xff" * 32
            request = replace(request, protocol_version=1, mclt=self.settings.mclt, hash_buckets=buckets)
            self.deliver(replace(request, tls_request=failover4.NO_TLS, vendor=None if foreign else block))

    def deliver(self, message: Control) -> None:
        self.deliver_octets(failover4.encode(message, int(self.now)))

    def deliver_octets(self, data: bytes) -> None:
        self.turn(lambda now: self.core.link_data(self._connection, data, now))

    def report(self, state: State, *, starting: bool = False, since: float | None = None) -> None:
        """Deliver the partner's STATE."""
        self._xid += 1
        flags = failover4.STARTUP_FLAG if starting else 0
        began = int(self.now if since is None else since)
        self.deliver(StateReport(self._xid, int(self.now), state.number, flags, began, None))

    def lose_connection(self) -> None:
        self.turn(lambda now: self.core.link_down(self._connection, now, "connection reset"))

    def update(self, update: BindingUpdate) -> BindingAck:
        """The partner's BNDUPD; how it was answered."""
        self._xid += 1
        update.xid = self._xid
        self.deliver_octets(
            encode_update(
                update.xid,
                int(self.now),
                update.address,
                update.status,
                update.client_id,
                update.hardware,
                update.state_exp,
                update.potential,
                update.sos,
                update.cltt,
                update.flags,
                update.relay_info,
            )
        )
        (ack,) = [ack for ack in self.take(BindingAck) if ack.xid == update.xid]
        return ack

    def acknowledge(self, update: BindingUpdate, reject: int | None = None) -> None:
        """Deliver the partner's BNDACK to an update of the endpoint."""
        ack = BindingAck(update.xid)
        for name in ("address", "status", "client_id", "hardware", "state_exp", "potential", "sos", "cltt", "flags"):
            setattr(ack, name, getattr(update, name))
        ack.reject = reject
        self.deliver_octets(encode_ack(ack, int(self.now)))

    def acknowledge_all(self) -> int:
        """Acknowledge updates until no more are sent; return how many."""
        count = 0
        while updates := self.take(BindingUpdate):
            for update in updates:
                self.acknowledge(update)
            count += len(updates)
        return count

    # The endpoint

    def take(self, kind: type[M]) -> list[M]:
        """Take the messages of exactly one kind that were sent and not taken yet."""
        found: list[M] = [message for message in self.sent if type(message) is kind]
        self.sent = [message for message in self.sent if type(message) is not kind]
        return found

    def reported(self) -> list[tuple[State | None, bool]]:
        """Take the states that were reported, and whether with the STARTUP flag."""
        return [
            (by_number(report.state), bool((report.flags or 0) & failover4.STARTUP_FLAG))
            for report in self.take(StateReport)
        ]

    def trap_kinds(self) -> list[str]:
        return [trap.kind for trap in self.traps]


def by_number(number: int | None) -> State | None:
    return next((state for state in State if state.number == number), None)


def stored_record(state: State, main: bool = True, **values: object) -> FailoverRecord:
    """Return a record of a server that ran until ten seconds ago and has communicated with its partner."""
    common = FailoverRecord(
        state,
        NOW - 5000,
        main,
        ever_communicated=True,
        partner_uid=b"t" * 16,
        last_contact=NOW - 10,
        last_operational=NOW - 10,
        mclt=3600,
    )
    return replace(common, **values)  # type: ignore[arg-type]


def bench_in(state: State, main: bool = True, subject: Book | None = None, **settings: Any) -> Bench:
    """Return a bench with an open connection whose endpoint is in a state.

    The partner's last report changes nothing in that state; it has the STARTUP flag where any other report would.
    """
    resumed = {State.NORMAL: State.COMMUNICATIONS_INTERRUPTED, State.POTENTIAL_CONFLICT: State.RESOLUTION_INTERRUPTED}
    start = resumed.get(state, state)
    down = NOW - 100 if start is State.PARTNER_DOWN else 0
    bench = Bench(
        main, stored_record(start, main, partner_down_time=down, partner_down_entered=down), subject, **settings
    )
    if state in (State.RECOVER, State.RECOVER_WAIT):
        bench = Bench(main, stored_record(start, main, time_of_failure=NOW - 60), subject, **settings)
    bench.connect()
    bench.report(State.COMMUNICATIONS_INTERRUPTED, starting=True)
    if state is State.NORMAL:
        bench.report(State.NORMAL)
    elif state is State.POTENTIAL_CONFLICT:
        bench.report(State.RESOLUTION_INTERRUPTED)
    bench.acknowledge_all()
    assert bench.state is state, f"{bench.state} by {bench.path}"
    bench.sent.clear()
    return bench
